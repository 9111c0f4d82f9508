"""Numbers about tickets, of those that the actor sees."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from codimir.access.actor import Actor
from codimir.database.core import Transaction
from codimir.database.moments import seconds_between
from codimir.database.statements import Row, Statement
from codimir.database.types import UtcDateTime
from codimir.tickets.as_of import parts_at, require_past
from codimir.tickets.filters import Shape, conditions, resolve
from codimir.tickets.schemas import Period, TicketMetrics, TicketStats, TicketStatsQuery
from codimir.tickets.tables import tickets
from codimir.tickets.words import PRIORITIES, STATUSES, TYPES

MONTHS_OF: dict[Period, int] = {"month": 1, "quarter": 3, "year": 12}
SECONDS_OF_A_DAY = 86_400
COUNT, OVERDUE, CREATED, COMPLETED, SECONDS = 3, 4, 5, 6, 7
"""Where the numbers stand in a row of `_numbers`, behind status, priority and type."""


async def get_statistics(tx: Transaction, actor: Actor, query: TicketStatsQuery) -> TicketStats:
    """Count the tickets that match, and say what moved in the period that ends now or at the moment asked for.

    Raises InvalidInput for every reference to what does not exist or is not visible, and for a moment to come.
    """
    matching = await resolve(tx, actor, query)
    end = query.as_of or tx.now
    start = one_period_before(end, query.period)
    require_past(tx, end)
    statements = [_numbers(matching.shape)] if query.as_of is None else _numbers_as_of(matching.shape)
    values = {**matching.values, "period_start": start, "period_end": end, "moment": end}
    rows = [row for statement in statements for row in await tx.all(statement, **values)]
    by_status = _counts(rows, 0, STATUSES)
    total = sum(by_status.values())
    return TicketStats(
        period=query.period,
        start_date=start,
        end_date=end,
        total=total,
        by_status=by_status,
        by_priority=_counts(rows, 1, PRIORITIES),
        by_type=_counts(rows, 2, TYPES),
        metrics=TicketMetrics(
            average_completion_time=_in_days(_sum(rows, SECONDS), _sum(rows, COMPLETED)),
            completion_rate=_percentage(by_status["done"], total - by_status["cancelled"]),
            overdue=_sum(rows, OVERDUE),
            created_this_period=_sum(rows, CREATED),
            completed_this_period=_sum(rows, COMPLETED),
        ),
    )


def one_period_before(moment: datetime, period: Period) -> datetime:
    """Go back one calendar period: to the same day of an earlier month, or to its last day where it has no such day."""
    if period == "week":
        return moment - timedelta(days=7)
    year, month = divmod(moment.year * 12 + moment.month - 1 - MONTHS_OF[period], 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


@lru_cache(maxsize=256)
def _numbers(shape: Shape) -> Statement:
    return _numbers_of(tickets, conditions(shape))


@lru_cache(maxsize=64)
def _numbers_as_of(shape: Shape) -> list[Statement]:
    return [_numbers_of(table, wanted) for table, wanted in parts_at(shape)]


def _numbers_of(table: sa.FromClause, wanted: Sequence[sa.ColumnElement[bool]]) -> Statement:
    """Count by status, priority and type at once: at most 150 rows, added up by `_counts` and `_sum`."""
    kinds = (table.c.status, table.c.priority, table.c.type)
    count = sa.func.count()
    completed = _in_period(table.c.completed_at)
    overdue = (table.c.due_date < _moment("period_end")) & _is_open(table)
    seconds = sa.func.sum(seconds_between(table.c.created_at, table.c.completed_at))
    return Statement(
        sa.select(
            *kinds,
            count,
            count.filter(overdue),
            count.filter(_in_period(table.c.created_at)),
            count.filter(completed),
            seconds.filter(completed),
        )
        .select_from(table)
        .where(*wanted)
        .group_by(*kinds)
    )


def _in_period(column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return column.between(_moment("period_start"), _moment("period_end"))


def _is_open(table: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.status != "done", table.c.status != "cancelled")


def _moment(name: str) -> "sa.BindParameter[Any]":
    return sa.bindparam(name, type_=UtcDateTime())


def _counts(rows: Sequence[Row], position: int, words: Sequence[str]) -> dict[str, int]:
    counts = dict.fromkeys(words, 0)
    for row in rows:
        counts[row[position]] += row[COUNT]
    return counts


def _sum(rows: Sequence[Row], position: int) -> Any:
    return sum(row[position] or 0 for row in rows)


def _in_days(seconds: float, completed: int) -> str:
    days = seconds / completed / SECONDS_OF_A_DAY if completed else 0.0
    return f"{days:.1f} days"


def _percentage(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0
