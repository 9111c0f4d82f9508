"""What is due: the open tickets that the actor has, the most urgent first."""

from functools import lru_cache

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.http.paging import Page
from codimir.model.enums import OPEN_STATUSES
from codimir.model.tickets import tickets
from codimir.tickets.listing.filters import bind_filter, conditions
from codimir.tickets.listing.pages import count_matching
from codimir.tickets.listing.shape import FilterShape
from codimir.tickets.queries import IN_LIST, in_list, with_people
from codimir.tickets.schemas import TicketInList, TicketListQuery


async def list_due(tx: Transaction, actor: Actor, span: str, limit: int) -> Page[TicketInList]:
    """Return the first of the actor's open tickets that are due in a span, the earliest first, and count them all."""
    query = TicketListQuery(assignee=("me",), status=OPEN_STATUSES, due=span, limit=limit)
    matching = await bind_filter(tx, actor, query)
    total = await count_matching(tx, matching)
    rows = await tx.fetch_all(_first(matching.shape), **matching.values, limit=limit) if total else []
    return query.of(await in_list(tx, rows), total)


@lru_cache(maxsize=16)
def _first(shape: FilterShape) -> Statement:
    return Statement(
        sa.select(*IN_LIST.columns)
        .select_from(with_people(tickets))
        .where(*conditions(shape))
        .order_by(tickets.c.due_date, tickets.c.id)
        .limit(sa.bindparam("limit", type_=sa.Integer()))
    )
