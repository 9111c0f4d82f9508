"""How many tickets were created and completed over time, of those that the actor sees."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.database.date_functions import day_of
from codimir.database.statements import Statement
from codimir.kit.zones import stretches
from codimir.model.tickets import tickets
from codimir.tickets.listing.filters import bind_filter, conditions
from codimir.tickets.listing.shape import FilterShape
from codimir.tickets.schemas import Period, TicketStatsQuery
from codimir.tickets.statistics.numbers import one_period_before

DAYS_OF_A_STEP: dict[Period, int] = {"week": 1, "month": 1, "quarter": 7, "year": 7}


class Step(NamedTuple):
    """A day, or the seven days from it to `last`."""

    day: date
    created: int
    completed: int
    last: date


async def get_timeline(tx: Transaction, actor: Actor, query: TicketStatsQuery, timezone: tzinfo = UTC) -> list[Step]:
    """Count by days what was created and completed in the period that ends now; by weeks in a quarter and a year.

    The days are those of a time zone. Raises InvalidInput for every reference to what does not exist or is not visible.
    """
    matching = await bind_filter(tx, actor, query)
    now = tx.now.astimezone(timezone)
    today, days = now.date(), DAYS_OF_A_STEP[query.period]
    steps = -(-((today - one_period_before(now, query.period).date()).days + 1) // days)
    first = today - timedelta(days=steps * days - 1)
    begin, end = _midnight(first, timezone), _midnight(today + timedelta(days=1), timezone)
    counts = {column: [0] * steps for column in ("created_at", "completed_at")}
    for column, found in counts.items():
        for stretch in stretches(timezone, begin, end):
            values = {"begin": stretch.begin, "end": stretch.end, "ahead": int(stretch.ahead.total_seconds())}
            for day, count in await tx.fetch_all(_by_day(matching.shape, column), **matching.values, **values):
                found[(date.fromisoformat(day) - first).days // days] += count
    return [
        Step(day := first + timedelta(days=number * days), created, completed, day + timedelta(days=days - 1))
        for number, (created, completed) in enumerate(zip(*counts.values(), strict=True))
    ]


def _midnight(day: date, timezone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone).astimezone(UTC)


@lru_cache(maxsize=128)
def _by_day(shape: FilterShape, column: str) -> Statement:
    moment = tickets.c[column]
    day = day_of(moment, "ahead").label("day")
    begin, end = (sa.bindparam(name, type_=moment.type) for name in ("begin", "end"))
    return Statement(
        sa.select(day, sa.func.count())
        .select_from(tickets)
        .where(*conditions(shape), moment >= begin, moment < end)
        .group_by(sa.literal_column("1"))
    )
