"""Reading time logs."""

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement
from codimir.http.paging import PageQuery
from codimir.model.schemas import Person
from codimir.model.timelogs import time_logs
from codimir.model.users import users
from codimir.tickets.children import ChildKind, get_child, list_children
from codimir.tickets.queries import FoundTicket
from codimir.timelogs.schemas import TimeLog, TimeLogPage

TIME_LOGS = ChildKind(
    name="Time log",
    table=time_logs,
    owner="user_id",
    counter="time_log_count",
    order=(time_logs.c.started_at.desc(), time_logs.c.id.desc()),
    projection=Projection(TimeLog, time_logs, user=Projection(Person, users)),
)

_MINUTES = Statement(
    sa.select(sa.func.coalesce(sa.func.sum(time_logs.c.minutes), 0)).where(
        time_logs.c.ticket_id == sa.bindparam("ticket_id"), time_logs.c.deleted_at.is_(None)
    )
)


async def list_time_logs(tx: Transaction, found: FoundTicket, query: PageQuery) -> TimeLogPage:
    """Return one page of the time spent on a ticket, the newest first, and the minutes of all of it."""
    page = await list_children(tx, TIME_LOGS, found, query)
    return TimeLogPage(page.data, page.pagination, await tx.fetch_value(_MINUTES, ticket_id=found.ticket.id))


async def get_time_log(tx: Transaction, found: FoundTicket, time_log_id: str) -> TimeLog:
    """Find logged time on a ticket.

    Raises NotFound when it is not there.
    """
    return await get_child(tx, TIME_LOGS, found, time_log_id)
