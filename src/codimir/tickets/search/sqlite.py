"""Search on SQLite: an FTS5 table.

It holds words that `kit.text` has cut, so its tokenizer has only to split them at the spaces: `ascii` keeps whatever is
not ASCII. The rank is not FTS5's bm25, because that weighs a word by how often all workspaces use it.
"""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from codimir.database.core import Transaction
from codimir.database.expressions import AnySelect
from codimir.database.statements import Row, Statement, is_any_of
from codimir.kit.values import Values
from codimir.model.search import search_documents
from codimir.model.tickets import PLACES_INDEX, tickets
from codimir.tickets.search.backend import NO_WORD, TITLE_MARK, Document, QueryTerm, SearchBackend, marked, tenant_term
from codimir.tickets.search.ranking import Match, needed_descriptions
from codimir.tickets.search.ranking import best_first as rank_matches

FIELDS = ("title", "key", "description", "comments")
FEW = 2_000
"""Up to so many matches it is cheaper to look up each of them than to ask of each ticket whether it is one."""
MIN_MERGED_PAGES = 16

documents = sa.table(
    "search_documents",
    *(sa.column(name, search_documents.c[name].type) for name in ("id", "workspace_id", "ticket_id")),
    *(sa.column(name, tickets.c[name].type) for name in ("container_id", "deleted_at")),
    *(sa.column(name, sa.Text()) for name in ("title", "key")),
)
"""What SQLite keeps of a ticket beside its words: where it is, which a trigger follows, and what is ranked first."""
ticket_search = sa.table("ticket_search", sa.column("rowid", sa.BigInteger()), *map(sa.column, ("place", *FIELDS)))
_MATCHES_WORDS = sa.literal_column("ticket_search").op("MATCH", is_comparison=True)(sa.bindparam("words"))


def expression(wanted: Sequence[QueryTerm], workspace_ids: Sequence[str]) -> str:
    """Write an expression of FTS5."""
    if not wanted:
        return f'"{NO_WORD}"'
    return _all_of(workspace_ids, map(_any_of, wanted))


def title_expression(wanted: Sequence[QueryTerm], workspace_ids: Sequence[str]) -> str:
    """Write an expression of FTS5 for whole words of titles, of which it reads no more than is asked for."""
    return _all_of(workspace_ids, ([f'"{TITLE_MARK}{word}"' for word in each.spellings] for each in wanted))


def _all_of(workspace_ids: Sequence[str], words: Iterable[list[str]]) -> str:
    places = [f'"{tenant_term(workspace)}"' for workspace in workspace_ids]
    return " AND ".join(f"({' OR '.join(any_of)})" for any_of in [places, *words] if any_of)


def _any_of(wanted: QueryTerm) -> list[str]:
    spelled = _spelled(wanted.spellings, wanted.longer, is_beginning=wanted.is_beginning)
    if not wanted.parts:
        return spelled
    *parts, last = wanted.parts
    any_last = " OR ".join(_spelled([last], wanted.longer_last_parts, is_beginning=wanted.is_beginning))
    return [*spelled, f"({' AND '.join([*map(_quoted, parts), f'({any_last})'])})"]


def _spelled(words: Sequence[str], longer: Sequence[str] | None, *, is_beginning: bool) -> list[str]:
    """Write what finds any of these; of whatever begins so FTS5 reads all at once, of known words what it needs."""
    if longer is None:
        return [_quoted(word) + " *" * is_beginning for word in words]
    return list(map(_quoted, dict.fromkeys((*words, *longer))))


def _quoted(word: str) -> str:
    return f'"{word}"'


async def put(tx: Transaction, new: Sequence[Document]) -> None:
    """Put documents into the index in the place of what it holds of their tickets."""
    await tx.execute_many(_NAME, list(map(_name, new)))
    numbers: dict[str, int] = dict(await tx.fetch_all(_NUMBERS, ticket_ids=[document.ticket_id for document in new]))
    await tx.execute_later(_PUT, [_row(numbers[document.ticket_id], document) for document in new], _MERGE)


async def comments_of(tx: Transaction, ticket_ids: Sequence[str]) -> dict[str, list[str]]:
    """Read which words the index has of the comments on tickets, in their order."""
    return {ticket_id: words.split() for ticket_id, words in await tx.fetch_all(_COMMENTS_OF, ticket_ids=ticket_ids)}


async def put_comments(tx: Transaction, _workspace_id: str, ticket_id: str, words: Sequence[str]) -> None:
    """Put words in the place of those that the index has of the comments on a ticket."""
    await tx.execute(_PUT_COMMENTS, ticket_ids=[ticket_id], comments=" ".join(words))
    await tx.execute(_MERGE, count=1)


async def forget(tx: Transaction, ticket_ids: Sequence[str]) -> None:
    """Take documents out of the index, and their names."""
    await tx.execute(_TAKE_OUT, ticket_ids=ticket_ids)
    await tx.execute(_FORGET_NAMES, ticket_ids=ticket_ids)


async def is_selective(tx: Transaction, asked: str) -> bool:
    """Count the matches, but not beyond what is few."""
    return int(await tx.fetch_value(_COUNT_TO_FEW, words=asked)) <= FEW


def ranking(_wanted: Sequence[QueryTerm]) -> list[str]:
    """Leave the rank to `best_first`."""
    return []


def newest(scope: Sequence[sa.ColumnElement[bool]], conditions: Sequence[sa.ColumnElement[bool]]) -> AnySelect:
    """Select the newest matches, with the words of their titles and keys.

    Most matches may be what the actor does not see, so where each is stands with its name; the ticket itself is only
    looked up for other conditions, in an index where that is enough.
    """
    number = ticket_search.c.rowid
    source = ticket_search.join(documents, documents.c.id == number)
    if conditions:
        source = source.join(tickets, tickets.c.id == documents.c.ticket_id)
    return (
        sa.select(documents.c.ticket_id, documents.c.title, documents.c.key, documents.c.id)
        .select_from(source)
        .with_hint(tickets, f"INDEXED BY {PLACES_INDEX}", "sqlite")
        .where(_MATCHES_WORDS, *scope, *conditions)
        .order_by(number.desc())
        .limit(sa.bindparam("candidates", type_=sa.Integer()))
    )


def matches_in(scope: Sequence[sa.ColumnElement[bool]]) -> AnySelect:
    """Count the matches where they are what the actor sees, without a look at their tickets."""
    source = ticket_search.join(documents, documents.c.id == ticket_search.c.rowid)
    return sa.select(sa.func.count()).select_from(source).where(_MATCHES_WORDS, *scope)


async def best_first(tx: Transaction, rows: Sequence[Row], wanted: Sequence[QueryTerm], count: int) -> list[str]:
    """Rank matches by the best place of each wanted word; of equals the newest comes first.

    Descriptions are read only of those that may come to the first so many by them.
    """
    matches = [Match(*row) for row in rows]
    needed = needed_descriptions(matches, wanted, count)
    descriptions: dict[int, str] = dict(await tx.fetch_all(_DESCRIPTIONS, numbers=needed)) if needed else {}
    return rank_matches(matches, wanted, descriptions)


_NAMED = ("workspace_id", "ticket_id", "container_id", "deleted_at", "title", "key")
_name_of = sqlite.insert(documents).values({name: sa.bindparam(name, type_=documents.c[name].type) for name in _NAMED})
_NAME = Statement(
    _name_of.on_conflict_do_update(
        index_elements=["ticket_id"], set_={name: _name_of.excluded[name] for name in _NAMED[2:]}
    )
)
_NUMBERS = Statement(
    sa.select(search_documents.c.ticket_id, search_documents.c.id).where(
        is_any_of(search_documents.c.ticket_id, "ticket_ids")
    )
)
_named = is_any_of(search_documents.c.ticket_id, "ticket_ids")
_TAKE_OUT = Statement(
    sa.delete(ticket_search).where(ticket_search.c.rowid.in_(sa.select(search_documents.c.id).where(_named)))
)
_COMMENTS_OF = Statement(
    sa.select(search_documents.c.ticket_id, ticket_search.c.comments)
    .select_from(search_documents.join(ticket_search, ticket_search.c.rowid == search_documents.c.id))
    .where(_named)
)
_PUT_COMMENTS = Statement(
    sa.update(ticket_search)
    .where(ticket_search.c.rowid.in_(sa.select(search_documents.c.id).where(_named)))
    .values(comments=sa.bindparam("comments", type_=sa.Text()))
)
_texts = sa.table("ticket_search_content", sa.column("id", sa.BigInteger()), sa.column("c3", sa.Text()))
"""Where FTS5 keeps the texts: by their numbers it reads them itself ten times as slowly."""
_DESCRIPTIONS = Statement(sa.select(_texts.c.id, _texts.c.c3).where(is_any_of(_texts.c.id, "numbers")))
_FORGET_NAMES = Statement(sa.delete(search_documents).where(_named))
_COUNT_TO_FEW = Statement(
    sa.select(sa.func.count()).select_from(
        sa.select(ticket_search.c.rowid).where(_MATCHES_WORDS).limit(FEW + 1).subquery("matches")
    )
)
_PUT = Statement(
    sa.insert(ticket_search)
    .values({column.name: sa.bindparam(column.name) for column in ticket_search.c})
    .prefix_with("OR REPLACE")
)
_MERGE = Statement(
    sa.insert(sa.table("ticket_search", sa.column("ticket_search"), sa.column("rank"))).values(
        ticket_search=sa.literal_column("'merge'"),
        rank=sa.func.max(sa.bindparam("count", type_=sa.Integer()), sa.literal_column(str(MIN_MERGED_PAGES))),
    )
)
"""Merges pieces of the index where there are eight of a size, as many pages as there are new documents.

FTS5 does it by itself when there are sixteen, all at once, which takes ten times as long as what is written then."""


def _name(document: Document) -> Values:
    words = {"title": " ".join(document.title), "key": " ".join(document.key)}
    return {name: getattr(document, name) for name in _NAMED[:4]} | words


def _row(number: int, document: Document) -> Values:
    place = " ".join([tenant_term(document.workspace_id), *marked(document.title)])
    return {"rowid": number, "place": place, **{field: " ".join(getattr(document, field)) for field in FIELDS}}


SQLITE = SearchBackend(
    matches=(
        "{ticket_id} IN (SELECT search_documents.ticket_id FROM ticket_search CROSS JOIN search_documents"
        " ON search_documents.id = ticket_search.rowid WHERE ticket_search MATCH {expression})"
    ),
    is_match=(
        "(SELECT named.id FROM search_documents AS named WHERE named.ticket_id = {ticket_id})"
        " IN (SELECT ticket_search.rowid FROM ticket_search WHERE ticket_search MATCH {expression})"
    ),
    expression=expression,
    expands_beginnings=True,
    title_expression=title_expression,
    put=put,
    forget=forget,
    comments_of=comments_of,
    put_comments=put_comments,
    keeps_order=True,
    is_selective=is_selective,
    ranking=ranking,
    scoped=documents,
    newest=newest,
    matches_in=matches_in,
    best_first=best_first,
)
