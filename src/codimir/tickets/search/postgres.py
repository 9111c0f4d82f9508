"""Search on PostgreSQL: a tsvector for each ticket, under a GIN index.

It holds words that `kit.text` has cut, so PostgreSQL's own parsers and dictionaries have no part in it. The position of
a word only says where it stands: in the title, the key, the description or the comments.
"""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from codimir.database.core import Transaction
from codimir.database.expressions import AnyColumn, AnySelect
from codimir.database.statements import Row, Statement, is_any_of
from codimir.database.types import ListOf
from codimir.model.search import search_documents
from codimir.model.tickets import tickets
from codimir.tickets.search.backend import NO_WORD, TITLE_MARK, Document, QueryTerm, SearchBackend, marked, tenant_term

FIELDS = (("title", "1A"), ("key", "2B"), ("description", "3C"), ("comments", "4D"))
WEIGHTS = "{0.125, 0.25, 0.5, 1}"
"""Of the comments, the description, the key and the title, in the order that ts_rank takes."""
MAX_BYTES, MAX_BYTES_OF_COMMENTS = 500_000, 500_000
"""A tsvector holds a little more than the sum; PostgreSQL refuses a longer one."""
BYTES_OF_WORD, BYTES_OF_POSITION = 3, 2
"""What a word takes beside its letters, and what each of its positions takes."""

vector: AnyColumn = sa.literal_column("search_documents.vector")


def expression(wanted: Sequence[QueryTerm], workspace_ids: Sequence[str]) -> str:
    """Write a tsquery."""
    if not wanted:
        return f"'{NO_WORD}'"
    return _all_of(workspace_ids, map(_one_of, wanted))


def title_expression(wanted: Sequence[QueryTerm], workspace_ids: Sequence[str]) -> str:
    """Write a tsquery for whole words of titles."""
    return _all_of(workspace_ids, (" | ".join(f"'{TITLE_MARK}{word}'" for word in each.spellings) for each in wanted))


def _all_of(workspace_ids: Sequence[str], words: Iterable[str]) -> str:
    places = [" | ".join(f"'{tenant_term(workspace)}'" for workspace in workspace_ids)] if workspace_ids else []
    return " & ".join(f"({any_of})" for any_of in [*places, *words])


async def is_selective(_tx: Transaction, _expression: str) -> bool:
    """Leave that to PostgreSQL, which has statistics and chooses for itself."""
    return False


def ranking(wanted: Sequence[QueryTerm]) -> list[str]:
    """Write a tsquery for each wanted word; one that may be only begun counts more when it stands there whole."""
    return [_one_of(each) for each in wanted] + [
        _one_of(each._replace(is_beginning=False)) for each in wanted if each.is_beginning
    ]


async def put(tx: Transaction, documents: Sequence[Document]) -> None:
    """Put documents into the index in the place of what it holds of their tickets."""
    rows = [
        {"workspace_id": document.workspace_id, "ticket_id": document.ticket_id, "vector": literal(document)}
        for document in documents
    ]
    await tx.execute_many(_PUT, rows)


async def comments_of(tx: Transaction, ticket_ids: Sequence[str]) -> dict[str, list[str]]:
    """Read which words the index has of the comments on tickets, in no order."""
    return dict(await tx.fetch_all(_COMMENTS_OF, ticket_ids=ticket_ids))


async def put_comments(tx: Transaction, workspace_id: str, ticket_id: str, words: Sequence[str]) -> None:
    """Put words in the place of those that the index has of the comments on a ticket."""
    positions: dict[str, list[str]] = {tenant_term(workspace_id): []}
    _place(positions, words, "1D", MAX_BYTES_OF_COMMENTS)  # behind the last of the others
    await tx.execute(_PUT_COMMENTS, ticket_ids=[ticket_id], comments=_written(positions))


async def forget(tx: Transaction, ticket_ids: Sequence[str]) -> None:
    """Take documents out of the index."""
    await tx.execute(_FORGET, ticket_ids=ticket_ids)


def literal(document: Document) -> str:
    """Write a tsvector; words beyond what it can hold are left out."""
    positions: dict[str, list[str]] = {tenant_term(document.workspace_id): []}
    free = _place(positions, marked(document.title), FIELDS[0][1], MAX_BYTES)
    for field, position in FIELDS[:-1]:
        free = _place(positions, getattr(document, field), position, free)
    _place(positions, document.comments, FIELDS[-1][1], MAX_BYTES_OF_COMMENTS)
    return _written(positions)


def _place(positions: dict[str, list[str]], words: Sequence[str], position: str, free: int) -> int:
    """Let words stand at a position, as many as there are free bytes for; return how many bytes are left."""
    for word in words:
        free -= BYTES_OF_POSITION + (0 if word in positions else len(word.encode()) + BYTES_OF_WORD)
        if free < 0:
            break
        positions.setdefault(word, []).append(position)
    return free


def _written(positions: dict[str, list[str]]) -> str:
    return " ".join(f"'{word}'" + (":" + ",".join(at) if at else "") for word, at in positions.items())


def newest(_scope: Sequence[sa.ColumnElement[bool]], conditions: Sequence[sa.ColumnElement[bool]]) -> AnySelect:
    """Select the newest matches, the best first."""
    found = (
        sa.select(search_documents.c.id, search_documents.c.ticket_id, vector.label("vector"))
        .select_from(search_documents.join(tickets, tickets.c.id == search_documents.c.ticket_id))
        .where(vector.op("@@")(_tsquery(sa.bindparam("words", type_=sa.Text()))), *conditions)
        .order_by(search_documents.c.id.desc())
        .limit(sa.bindparam("candidates", type_=sa.Integer()))
        .subquery("found")
    )
    each = sa.func.unnest(sa.bindparam("ranking", type_=ListOf(sa.Text()))).column_valued("each_word")
    rank = sa.func.ts_rank(sa.literal_column(f"CAST('{WEIGHTS}' AS real[])"), found.c.vector, _tsquery(each))
    exact: AnyColumn = sa.cast(rank, sa.Double())  # so that the order in which they are added makes no difference
    total = sa.select(sa.func.sum(exact)).correlate(found).scalar_subquery()
    return sa.select(found.c.ticket_id).order_by(total.desc(), found.c.id.desc())


async def best_first(_tx: Transaction, rows: Sequence[Row], _wanted: Sequence[QueryTerm], _count: int) -> list[str]:
    """Take the order of PostgreSQL."""
    return [row[0] for row in rows]


def _one_of(wanted: QueryTerm) -> str:
    spelled = [f"'{word}'" + ":*" * wanted.is_beginning for word in wanted.spellings]
    if wanted.parts:
        *parts, last = (f"'{part}'" for part in wanted.parts)
        spelled.append(f"({' & '.join([*parts, last + ':*' * wanted.is_beginning])})")
    return " | ".join(spelled)


def _tsquery(text: sa.ColumnElement[str]) -> AnyColumn:
    return sa.cast(text, postgresql.TSQUERY())


_documents = sa.table("search_documents", *map(sa.column, ("workspace_id", "ticket_id", "vector")))
_put = postgresql.insert(_documents).values(
    workspace_id=sa.bindparam("workspace_id", type_=sa.Text()),
    ticket_id=sa.bindparam("ticket_id", type_=sa.Text()),
    vector=sa.cast(sa.bindparam("vector", type_=sa.Text()), postgresql.TSVECTOR()),
)
_PUT = Statement(_put.on_conflict_do_update(index_elements=["ticket_id"], set_={"vector": _put.excluded.vector}))

_named = is_any_of(search_documents.c.ticket_id, "ticket_ids")
_COMMENTS_OF = Statement(
    sa.select(
        search_documents.c.ticket_id,
        sa.func.tsvector_to_array(sa.func.ts_filter(vector, sa.literal_column("CAST('{d}' AS \"char\"[])"))),
    ).where(_named)
)
_PUT_COMMENTS = Statement(
    sa.update(_documents)
    .where(_documents.c.ticket_id == sa.func.any(sa.bindparam("ticket_ids", type_=ListOf(sa.Text()))))
    .values(
        vector=sa.func.ts_filter(vector, sa.literal_column("CAST('{a,b,c}' AS \"char\"[])")).op("||")(
            sa.cast(sa.bindparam("comments", type_=sa.Text()), postgresql.TSVECTOR())
        )
    )
)
_FORGET = Statement(sa.delete(search_documents).where(_named))

_MATCHES = (
    "{ticket_id} IN (SELECT search_documents.ticket_id FROM search_documents"
    " WHERE search_documents.vector @@ CAST({expression} AS tsquery))"
)
POSTGRES = SearchBackend(
    matches=_MATCHES,
    is_match=_MATCHES,
    expression=expression,
    expands_beginnings=False,
    title_expression=title_expression,
    put=put,
    forget=forget,
    comments_of=comments_of,
    put_comments=put_comments,
    keeps_order=False,
    is_selective=is_selective,
    ranking=ranking,
    scoped=None,
    newest=newest,
    matches_in=None,
    best_first=best_first,
)
