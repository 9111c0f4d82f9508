"""Search on SQLite: an FTS5 table.

It holds words that `kit.text` has cut, so its tokenizer has only to split them at the spaces: `ascii` keeps whatever is
not ASCII. The rank is not FTS5's bm25, because that weighs a word by how often all workspaces use it.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from codimir.database.core import Transaction
from codimir.database.expressions import AnySelect
from codimir.database.statements import Row, Statement, is_any_of
from codimir.kit.values import Values
from codimir.model.search import search_documents
from codimir.model.tickets import PLACES_INDEX, tickets
from codimir.tickets.search.backend import NO_WORD, Document, QueryTerm, SearchBackend, tenant_term

FIELDS = ("title", "key", "description", "comments")
WEIGHTS = (8, 4, 2, 1)
FEW = 2_000
"""Up to so many matches it is cheaper to look up each of them than to ask of each ticket whether it is one."""
WHOLE_WORD = 0.5
"""What a word counts more when it is not only the beginning of a longer one."""

ticket_search = sa.table("ticket_search", *map(sa.column, ("rowid", "place", *FIELDS)))
_MATCHES_WORDS = sa.literal_column("ticket_search").op("MATCH", is_comparison=True)(sa.bindparam("words"))


def expression(wanted: Sequence[QueryTerm], workspace_ids: Sequence[str]) -> str:
    """Write an expression of FTS5."""
    if not wanted:
        return f'"{NO_WORD}"'
    places = [f'"{tenant_term(workspace)}"' for workspace in workspace_ids]
    return " AND ".join(f"({' OR '.join(any_of)})" for any_of in [places, *map(_any_of, wanted)] if any_of)


def _any_of(wanted: QueryTerm) -> list[str]:
    spelled = [f'"{word}"' + " *" * wanted.is_beginning for word in wanted.spellings]
    if not wanted.parts:
        return spelled
    *parts, last = (f'"{part}"' for part in wanted.parts)
    return [*spelled, f"({' AND '.join([*parts, last + ' *' * wanted.is_beginning])})"]


async def put(tx: Transaction, documents: Sequence[Document]) -> None:
    """Put documents into the index in the place of what it holds of their tickets."""
    names = [{"ticket_id": document.ticket_id, "workspace_id": document.workspace_id} for document in documents]
    await tx.execute_many(_NAME, names)
    numbers: dict[str, int] = dict(
        await tx.fetch_all(_NUMBERS, ticket_ids=[document.ticket_id for document in documents])
    )
    await tx.execute_later(_PUT, [_row(numbers[document.ticket_id], document) for document in documents])


async def comments_of(tx: Transaction, ticket_ids: Sequence[str]) -> dict[str, list[str]]:
    """Read which words the index has of the comments on tickets, in their order."""
    return {ticket_id: words.split() for ticket_id, words in await tx.fetch_all(_COMMENTS_OF, ticket_ids=ticket_ids)}


async def put_comments(tx: Transaction, _workspace_id: str, ticket_id: str, words: Sequence[str]) -> None:
    """Put words in the place of those that the index has of the comments on a ticket."""
    await tx.execute(_PUT_COMMENTS, ticket_ids=[ticket_id], comments=" ".join(words))


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


def newest(conditions: Sequence[sa.ColumnElement[bool]]) -> AnySelect:
    """Select the newest matches with their words.

    Most matches may be what the actor does not see, so where each is must be cheap to tell; SQLite would read its row.
    """
    number = ticket_search.c.rowid
    source = ticket_search.join(search_documents, search_documents.c.id == number).join(
        tickets, tickets.c.id == search_documents.c.ticket_id
    )
    return (
        sa.select(search_documents.c.ticket_id, *(ticket_search.c[field] for field in FIELDS[:-1]))
        .select_from(source)
        .with_hint(tickets, f"INDEXED BY {PLACES_INDEX}", "sqlite")
        .where(_MATCHES_WORDS, *conditions)
        .order_by(number.desc())
        .limit(sa.bindparam("candidates", type_=sa.Integer()))
    )


def best_first(rows: Sequence[Row], wanted: Sequence[QueryTerm]) -> list[str]:
    """Rank matches by the best place of each wanted word; of equals the newest comes first."""
    return [row[0] for row in sorted(rows, key=lambda row: -sum(_weight(row, each) for each in wanted))]


_NAME = Statement(
    sqlite.insert(search_documents)
    .values({name: sa.bindparam(name) for name in ("workspace_id", "ticket_id")})
    .on_conflict_do_nothing()
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


def _row(number: int, document: Document) -> Values:
    fields = {field: " ".join(getattr(document, field)) for field in FIELDS}
    return {"rowid": number, "place": tenant_term(document.workspace_id), **fields}


def _weight(row: Row, wanted: QueryTerm) -> float:
    """Weigh the best place of a word; of its parts, where it does not stand itself, the least of their best places."""
    weight = _weight_of_word(row, wanted)
    if weight > WEIGHTS[-1] or not wanted.parts:
        return weight
    *parts, last = (QueryTerm((part,), is_beginning=False) for part in wanted.parts)
    return min(_weight_of_word(row, each) for each in (*parts, last._replace(is_beginning=wanted.is_beginning)))


def _weight_of_word(row: Row, wanted: QueryTerm) -> float:
    for words, weight in zip(row[1:], WEIGHTS, strict=False):
        standing = [word for word in wanted.spellings if word in words]
        if not standing:
            continue
        spaced = f" {words} "
        if any(f" {word} " in spaced for word in standing):
            return weight + WHOLE_WORD
        if wanted.is_beginning and any(f" {word}" in spaced for word in standing):
            return weight
    return WEIGHTS[-1]


SQLITE = SearchBackend(
    matches=(
        "{ticket_id} IN (SELECT search_documents.ticket_id FROM ticket_search CROSS JOIN search_documents"
        " ON search_documents.id = ticket_search.rowid WHERE ticket_search MATCH {expression})"
    ),
    expression=expression,
    put=put,
    forget=forget,
    comments_of=comments_of,
    put_comments=put_comments,
    keeps_order=True,
    is_selective=is_selective,
    ranking=ranking,
    newest=newest,
    best_first=best_first,
)
