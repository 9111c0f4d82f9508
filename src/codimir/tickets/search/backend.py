"""What both forms of search work on: the words of a ticket, and the words that somebody asks for."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.expressions import AnySelect
from codimir.database.statements import Row

OUTSIDE_OF_WORDS = "§"
"""No word begins with it, so nobody can ask for what does."""
NO_WORD = OUTSIDE_OF_WORDS
TITLE_MARK = "¶"
"""The words of titles stand in the index a second time, behind this, so that it tells alone what has them there."""


class Document(NamedTuple):
    """The words of a ticket, by where they stand."""

    ticket_id: str
    workspace_id: str
    container_id: str
    deleted_at: datetime | None
    title: Sequence[str]
    key: Sequence[str]
    description: Sequence[str]
    comments: Sequence[str]


class QueryTerm(NamedTuple):
    """A word that a ticket must hold, in one of these spellings, or the words that together are as good."""

    spellings: tuple[str, ...]
    is_beginning: bool
    """Whether a longer word that begins so is as good."""
    parts: tuple[str, ...] = ()
    """What it is made of: of `e-mail` and of `userName`"""
    longer: tuple[str, ...] | None = None
    """Every word in use that begins so, itself too, where they are known and few"""
    longer_last_parts: tuple[str, ...] | None = None
    """The same of the last of its parts"""


class SearchBackend(NamedTuple):
    """How search is done in one database."""

    matches: str
    """SQL: that `{ticket_id}` matches `{expression}`."""
    is_match: str
    """The same, where tickets are looked at one by one until enough match"""
    expression: Callable[[Sequence[QueryTerm], Sequence[str]], str]
    """Write the expression that finds every wanted word in one of these places, or anywhere when none is given."""
    expands_beginnings: bool
    """Whether a few longer words are found faster than whatever begins so."""
    title_expression: Callable[[Sequence[QueryTerm], Sequence[str]], str]
    """Write the expression that finds every wanted word, whole, in titles in one of these places, or anywhere."""
    put: Callable[[Transaction, Sequence[Document]], Awaitable[None]]
    """Put documents into the index in the place of what it holds of their tickets."""
    forget: Callable[[Transaction, Sequence[str]], Awaitable[None]]
    """Take the documents of tickets out of the index."""
    comments_of: Callable[[Transaction, Sequence[str]], Awaitable[dict[str, list[str]]]]
    """Read which words the index has of the comments on tickets."""
    put_comments: Callable[[Transaction, str, str, Sequence[str]], Awaitable[None]]
    """Put words in the place of those that the index has of the comments: of a workspace, on a ticket."""
    keeps_order: bool
    """Whether `comments_of` gives the words in the order in which they were put."""
    is_selective: Callable[[Transaction, str], Awaitable[bool]]
    """Say whether so few documents match that each of their tickets should be looked up."""
    ranking: Callable[[Sequence[QueryTerm]], list[str]]
    """Write what the database ranks matches by."""
    scoped: sa.FromClause | None
    """Where the index keeps what scopes look at beside the ids of its tickets, if it does"""
    newest: Callable[[Sequence[sa.ColumnElement[bool]], Sequence[sa.ColumnElement[bool]]], AnySelect]
    """Select the newest matches of `words`, at most so many as `candidates`; both are bound, and `ranking` too.

    The first conditions are on `scoped`, the second on tickets.
    """
    matches_in: Callable[[Sequence[sa.ColumnElement[bool]]], AnySelect] | None
    """Count the matches of `words` for which conditions on `scoped` hold, if there is that."""
    best_first: Callable[[Transaction, Sequence[Row], Sequence[QueryTerm], int], Awaitable[list[str]]]
    """Turn the rows of `newest` into ids of tickets, the best match first; at least so many are in their order."""


def tenant_term(workspace_id: str) -> str:
    """Return the word that every ticket of a workspace holds and that nobody can ask for."""
    return OUTSIDE_OF_WORDS + "".join(filter(str.isalnum, workspace_id)).lower()


def marked(title: Sequence[str]) -> list[str]:
    """Return the words of a title as they stand in the index a second time."""
    return [TITLE_MARK + word for word in title]
