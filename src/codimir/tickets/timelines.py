"""How many tickets were created and completed over time, of those that the actor sees."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa

from codimir.access.actor import Actor
from codimir.database.core import Transaction
from codimir.database.moments import day_of
from codimir.database.statements import Statement
from codimir.tickets.filters import Shape, conditions, resolve
from codimir.tickets.schemas import Period, TicketStatsQuery
from codimir.tickets.statistics import one_period_before
from codimir.tickets.tables import tickets

DAYS_OF_A_STEP: dict[Period, int] = {"week": 1, "month": 1, "quarter": 7, "year": 7}


class Step(NamedTuple):
    """A day, or the seven days that begin with it, in UTC."""

    day: date
    created: int
    completed: int


async def get_timeline(tx: Transaction, actor: Actor, query: TicketStatsQuery) -> list[Step]:
    """Count by days what was created and completed in the period that ends now; by weeks in a quarter and a year.

    Raises InvalidInput for every reference to what does not exist or is not visible.
    """
    matching = await resolve(tx, actor, query)
    first = one_period_before(tx.now, query.period).date()
    days = DAYS_OF_A_STEP[query.period]
    steps = -(-((tx.now.date() - first).days + 1) // days)
    first = tx.now.date() - timedelta(days=steps * days - 1)
    since = datetime(first.year, first.month, first.day, tzinfo=UTC)
    counts = {column: [0] * steps for column in ("created_at", "completed_at")}
    for column, found in counts.items():
        for day, count in await tx.all(_by_day(matching.shape, column), **matching.values, since=since):
            found[(date.fromisoformat(day) - first).days // days] += count
    return [
        Step(first + timedelta(days=number * days), created, completed)
        for number, (created, completed) in enumerate(zip(*counts.values(), strict=True))
    ]


@lru_cache(maxsize=128)
def _by_day(shape: Shape, column: str) -> Statement:
    moment = tickets.c[column]
    day = day_of(moment).label("day")
    since = sa.bindparam("since", type_=moment.type)
    return Statement(
        sa.select(day, sa.func.count())
        .select_from(tickets)
        .where(*conditions(shape), moment >= since)
        .group_by(sa.literal_column("1"))
    )
