"""Search in tickets: one interface, one form for each database.

The index is changed in the transaction that changes the ticket. What it holds of deleted tickets stays there, and the
conditions of who asks leave it out, as they leave out everything else that they must not see.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from codimir.comments.tables import comments
from codimir.database.core import Transaction
from codimir.database.statements import Row, Statement, is_any_of
from codimir.kit.text import words_asked, words_in
from codimir.tickets.search_parts import Document, Form, Wanted
from codimir.tickets.search_postgres import POSTGRES
from codimir.tickets.search_sqlite import SQLITE
from codimir.tickets.tables import tickets
from codimir.tickets.vocabulary import learn, nearest, unknown_of

FORMS: Mapping[str, Form] = {"sqlite": SQLITE, "postgresql": POSTGRES}
MOST_WORDS = 40
"""Of a longer text that somebody pastes, so many first words are looked for."""
MOST_MISTYPED = 8
MOST_PLACES = 50
"""Who searches in more workspaces than this has the whole index searched, and what they do not see left out later."""
AT_A_TIME = 500
MOST_COMMENTS = 1_000
MOST_OF_COMMENTS = 1_000_000
"""How many characters of the newest comments are indexed: a ticket is indexed anew with each comment."""


class MatchesWords(sa.ColumnElement[bool]):
    """The condition that a ticket matches a search expression."""

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, ticket_id: sa.ColumnElement[str], name: str) -> None:
        self.ticket_id = ticket_id
        self.asked = sa.bindparam(name, type_=sa.Text())

    def self_group(self, against: Any = None) -> "MatchesWords":  # noqa: ARG002 - its name is SQLAlchemy's
        """Stand among other conditions as it is, so that the database finds its index."""
        return self


@compiles(MatchesWords)
def _matches(element: MatchesWords, compiler: SQLCompiler, **kw: Any) -> str:
    return FORMS[compiler.dialect.name].matches.format(
        ticket_id=compiler.process(element.ticket_id, **kw), expression=compiler.process(element.asked, **kw)
    )


async def search_expression(tx: Transaction, text: str, workspace_ids: list[str] | None) -> str:
    """Turn what a person typed into an expression for MatchesWords; without a usable word it matches nothing.

    `workspace_ids` are those that are searched, None for all of them.
    """
    return expression_for(tx, await wanted_words(tx, text, workspace_ids), workspace_ids)


async def finds_few(tx: Transaction, expression: str) -> bool:
    """Say whether so few tickets match that each of them should be looked up."""
    return await FORMS[tx.dialect].finds_few(tx, expression)


def expression_for(tx: Transaction, wanted: Sequence[Wanted], workspace_ids: list[str] | None) -> str:
    """Write the expression that finds every wanted word."""
    places = workspace_ids if workspace_ids and len(workspace_ids) <= MOST_PLACES else []
    return FORMS[tx.dialect].expression(wanted, places)


async def wanted_words(tx: Transaction, text: str, workspace_ids: list[str] | None) -> list[Wanted]:
    """Give the words to look for: all that were typed, the last perhaps only begun, a mistyped one as it was meant."""
    words = words_asked(text)[:MOST_WORDS]
    if not words:
        return []
    meant = {
        word: await nearest(tx, word, workspace_ids)
        for word in islice(await unknown_of(tx, words, words[-1], workspace_ids), MOST_MISTYPED)
    }
    return [Wanted((word, *meant.get(word, ())), is_beginning=word == words[-1]) for word in words]


async def index_ticket(tx: Transaction, ticket_id: str) -> None:
    """Bring the index up to date with a ticket and its comments."""
    await index_tickets(tx, [ticket_id])


async def index_tickets(tx: Transaction, ticket_ids: Sequence[str]) -> None:
    """Bring the index up to date with tickets and their comments."""
    for start in range(0, len(ticket_ids), AT_A_TIME):
        documents = await _documents(tx, ticket_ids[start : start + AT_A_TIME])
        await FORMS[tx.dialect].put(tx, documents)
        words_of: dict[str, set[str]] = {}
        for document in documents:
            words = words_of.setdefault(document.workspace_id, set())
            words.update(document.title, document.description, document.comments)
        for workspace_id, words in words_of.items():
            await learn(tx, workspace_id, words)


async def forget_tickets(tx: Transaction, ticket_ids: Sequence[str]) -> None:
    """Take tickets that go for good out of the index."""
    await FORMS[tx.dialect].forget(tx, ticket_ids)


async def _documents(tx: Transaction, ticket_ids: Sequence[str]) -> list[Document]:
    """Read tickets, which nobody else can change or index until this unit ends, and then their comments."""
    rows = await tx.all(_TICKETS, ticket_ids=ticket_ids)
    texts: dict[str, list[str]] = {}
    for ticket_id, content in await tx.all(_COMMENTS, ticket_ids=ticket_ids):
        texts.setdefault(ticket_id, []).append(content)
    return [_document(row, texts.get(row[0], [])) for row in rows]


def _document(row: Row, newest_comments: list[str]) -> Document:
    ticket_id, workspace_id, title, key, description = row
    comments_text = "\n".join(newest_comments)[:MOST_OF_COMMENTS]
    return Document(
        ticket_id,
        workspace_id,
        words_in(title),
        words_in(key or ""),
        words_in(description or ""),
        words_in(comments_text),
    )


_TICKETS = Statement(
    sa.select(tickets.c.id, tickets.c.workspace_id, tickets.c.title, tickets.c.key, tickets.c.description)
    .where(is_any_of(tickets.c.id, "ticket_ids"))
    .order_by(tickets.c.created_at, tickets.c.id)
    .with_for_update()
)
_newest_comments = (
    sa.select(
        comments.c.ticket_id,
        comments.c.content,
        sa.func.row_number()
        .over(partition_by=comments.c.ticket_id, order_by=(comments.c.created_at.desc(), comments.c.id.desc()))
        .label("nth"),
    )
    .where(is_any_of(comments.c.ticket_id, "ticket_ids"), comments.c.deleted_at.is_(None))
    .subquery("newest")
)
_COMMENTS = Statement(
    sa.select(_newest_comments.c.ticket_id, _newest_comments.c.content)
    .where(_newest_comments.c.nth <= MOST_COMMENTS)
    .order_by(_newest_comments.c.ticket_id, _newest_comments.c.nth)
)
