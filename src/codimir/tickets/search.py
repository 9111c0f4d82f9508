"""Search in tickets: one interface, one form for each database."""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from codimir.database.core import Transaction
from codimir.tickets.tables import tickets


class MatchesWords(sa.ColumnElement[bool]):
    """The condition that a ticket matches a search expression."""

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, ticket_id: sa.ColumnElement[str], name: str) -> None:
        self.ticket_id = ticket_id
        self.expression = sa.bindparam(name, type_=sa.Text())


@compiles(MatchesWords)
def _matches(element: MatchesWords, compiler: SQLCompiler, **kw: Any) -> str:
    return f"{compiler.process(tickets.c.title_sort, **kw)} LIKE {compiler.process(element.expression, **kw)}"


async def search_expression(tx: Transaction, text: str, workspace_ids: list[str] | None) -> str:
    """Turn what a person typed into an expression for MatchesWords."""
    return "%" + "%".join(re.findall(r"\w+", text.casefold())[:20]) + "%"


async def index_ticket(tx: Transaction, ticket_id: str) -> None:
    """Bring the search index up to date with a ticket and its comments."""
