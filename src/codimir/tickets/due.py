"""What is due: the open tickets that the actor has, the most urgent first."""

from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa

from codimir.access.actor import Actor
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.tickets.filters import Shape, conditions, resolve
from codimir.tickets.queries import in_list, list_columns, with_people
from codimir.tickets.schemas import TicketInList, TicketListQuery
from codimir.tickets.tables import tickets
from codimir.tickets.words import Status

OPEN: tuple[Status, ...] = ("backlog", "todo", "in_progress", "in_review")
MOST = 50


async def list_due(tx: Transaction, actor: Actor, before: datetime) -> list[TicketInList]:
    """Give at most 50 of the actor's open tickets that are due before a moment, the earliest first."""
    matching = await resolve(tx, actor, TicketListQuery(assignee=("me",), status=OPEN))
    return await in_list(tx, await tx.all(_due(matching.shape), **matching.values, before=before))


@lru_cache(maxsize=16)
def _due(shape: Shape) -> Statement:
    return Statement(
        sa.select(*list_columns())
        .select_from(with_people(tickets))
        .where(*conditions(shape), tickets.c.due_date < sa.bindparam("before", type_=tickets.c.due_date.type))
        .order_by(tickets.c.due_date, tickets.c.id)
        .limit(sa.literal_column(str(MOST)))
    )
