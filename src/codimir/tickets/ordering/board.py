"""Reading a board: how many tickets each column has, and its tickets in the order made by hand, a portion at a time."""

from functools import lru_cache
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.model.tickets import tickets
from codimir.tickets.fields import FIELDS
from codimir.tickets.listing.counting import select_counts
from codimir.tickets.listing.filters import bind_filter, conditions
from codimir.tickets.listing.plan import walks_by_hand
from codimir.tickets.listing.shape import FilterShape
from codimir.tickets.queries import IN_LIST, in_list, with_people
from codimir.tickets.schemas import TicketInList, TicketListQuery

By = Literal["status", "priority", "assignee"]
Counted = Literal["status", "priority", "assignee", "project"]
COLUMNS = {field.name: tickets.c[field.member] for field in FIELDS if field.groups}


class Card(msgspec.Struct, frozen=True):
    """A ticket on a board, and its place in the order."""

    ticket: TicketInList
    rank: str

    def column(self, by: By) -> str | None:
        """Name the column that it is in; None is nobody's."""
        named = {"status": self.ticket.status, "priority": self.ticket.priority, "assignee": self.ticket.assignee_id}
        return named[by]


async def count_columns(tx: Transaction, actor: Actor, query: TicketListQuery, by: Counted) -> dict[str | None, int]:
    """Count the tickets that match by the column that they are in; columns without any are left out."""
    matching = await bind_filter(tx, actor, query)
    return dict(await tx.fetch_all(_counts(matching.shape, by), **matching.values))


async def list_cards(
    tx: Transaction, actor: Actor, query: TicketListQuery, below: str = ""
) -> tuple[list[Card], str | None]:
    """Return the first tickets that match, the topmost first, and where to read on `below`: None at the end."""
    matching = await bind_filter(tx, actor, query)
    rank, _, ticket_id = below.partition(".")
    rows = await tx.fetch_all(
        _portion(matching.shape, goes_on=bool(below)),
        **{**matching.values, "below_rank": rank, "below_id": ticket_id, "limit": query.limit + 1},
    )
    cards = await _cards(tx, rows[: query.limit])
    return cards, f"{cards[-1].rank}.{cards[-1].ticket.id}" if len(rows) > query.limit else None


async def find_cards(tx: Transaction, actor: Actor, query: TicketListQuery, ids: list[str]) -> list[Card]:
    """Return those of these tickets that match."""
    matching = await bind_filter(tx, actor, query)
    return await _cards(tx, await tx.fetch_all(_these(matching.shape), **matching.values, these=ids))


async def _cards(tx: Transaction, rows: list[Any]) -> list[Card]:
    return [Card(ticket, row[-1]) for ticket, row in zip(await in_list(tx, rows), rows, strict=True)]


@lru_cache(maxsize=256)
def _counts(shape: FilterShape, by: Counted) -> Statement:
    return Statement(select_counts(shape, COLUMNS[by].name))


@lru_cache(maxsize=256)
def _portion(shape: FilterShape, *, goes_on: bool) -> Statement:
    """Walk the index that has the order, and look up only what is shown."""
    ordering = [tickets.c.rank.desc(), tickets.c.id.desc()]
    portion = (
        sa.select(tickets.c.id)
        .where(*conditions(shape, in_order=walks_by_hand(shape)))
        .order_by(*ordering)
        .limit(sa.bindparam("limit", type_=sa.Integer()))
    )
    if goes_on:
        start = sa.tuple_(sa.bindparam("below_rank", type_=sa.Text()), sa.bindparam("below_id", type_=sa.Text()))
        portion = portion.where(sa.tuple_(tickets.c.rank, tickets.c.id) < start)
    page = portion.subquery("portion")
    source = with_people(page.join(tickets, tickets.c.id == page.c.id))
    return Statement(sa.select(*IN_LIST.columns, tickets.c.rank).select_from(source).order_by(*ordering))


@lru_cache(maxsize=256)
def _these(shape: FilterShape) -> Statement:
    found = sa.select(*IN_LIST.columns, tickets.c.rank).select_from(with_people(tickets))
    return Statement(found.where(*conditions(shape), is_any_of(tickets.c.id, "these")))
