"""What both forms of search work on: the words of a ticket, and the words that somebody asks for."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.expressions import AnySelect
from codimir.database.statements import Row

OUTSIDE_OF_WORDS = "§"
"""No word begins with it, so nobody can ask for what does."""
NO_WORD = OUTSIDE_OF_WORDS


class Document(NamedTuple):
    """The words of a ticket, by where they stand."""

    ticket_id: str
    workspace_id: str
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


class SearchBackend(NamedTuple):
    """How search is done in one database."""

    matches: str
    """SQL: that `{ticket_id}` matches `{expression}`."""
    expression: Callable[[Sequence[QueryTerm], Sequence[str]], str]
    """Write the expression that finds every wanted word in one of these places, or anywhere when none is given."""
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
    newest: Callable[[Sequence[sa.ColumnElement[bool]]], AnySelect]
    """Select the newest matches of `words`, at most so many as `candidates`; both are bound, and `ranking` too."""
    best_first: Callable[[Sequence[Row], Sequence[QueryTerm]], list[str]]
    """Turn the rows of `newest` into ids of tickets, the best match first."""


def tenant_term(workspace_id: str) -> str:
    """Return the word that every ticket of a workspace holds and that nobody can ask for."""
    return OUTSIDE_OF_WORDS + "".join(filter(str.isalnum, workspace_id)).lower()
