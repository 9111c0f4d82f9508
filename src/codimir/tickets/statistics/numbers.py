"""Numbers about tickets, of those that the actor sees."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.database.core import Database, Transaction
from codimir.database.date_functions import milliseconds_between
from codimir.database.expressions import AnyColumn, AnySelect
from codimir.database.statements import Row, Statement
from codimir.kit.values import Values
from codimir.model.enums import PRIORITIES, STATUSES, TYPES
from codimir.model.tickets import tickets
from codimir.tickets.date_ranges import OVERDUE_NOW, DateRange, bound, overdue, span_conditions
from codimir.tickets.history.as_of import parts_at, require_past
from codimir.tickets.listing.filters import bind_filter, conditions, here_of
from codimir.tickets.listing.shape import BoundFilter, FilterShape
from codimir.tickets.schemas import Period, TicketMetrics, TicketStats, TicketStatsQuery
from codimir.tickets.statistics.counters import Numbers, are_in_counters, read_counters

MONTHS_OF: dict[Period, int] = {"month": 1, "quarter": 3, "year": 12}
MILLISECONDS_OF_A_DAY = 86_400_000
COUNT, OVERDUE, CREATED, COMPLETED, MILLISECONDS = 3, 4, 5, 6, 7
"""Where the numbers stand in a row of `_numbers`, behind status, priority and type."""
CREATED_THEN, COMPLETED_THEN = (
    DateRange(field, f"{field}_at", begins=True, ends=True) for field in ("created", "completed")
)


async def read_statistics(db: Database, actor: Actor, query: TicketStatsQuery) -> TicketStats:
    """Do `get_statistics`: in place where counters tell everything, and else on a reader thread."""
    read = db.read_long if query.assignee or query.as_of is not None else db.read
    return await read(lambda tx: get_statistics(tx, actor, query))


async def get_statistics(tx: Transaction, actor: Actor, query: TicketStatsQuery) -> TicketStats:
    """Count the tickets that match, and say what moved in the period that ends now or at the moment asked for.

    Raises InvalidInput for every reference to what does not exist or is not visible, and for a moment to come.
    """
    matching = await bind_filter(tx, actor, query)
    end = query.as_of or tx.now
    start = one_period_before(end, query.period)
    require_past(tx, end)
    late = bound("due", overdue(await here_of(tx, actor, query)))
    if query.as_of is None and are_in_counters(matching.shape):
        numbers = await read_counters(tx, matching, start, end, late)
    else:
        spans = {"created_first": start, "created_last": end, "completed_first": start, "completed_last": end}
        numbers = await _count(tx, matching, {**spans, **late, "moment": end}, is_now=query.as_of is None)
    by_status = numbers.by_status
    total = sum(by_status.values())
    return TicketStats(
        period=query.period,
        start_date=start,
        end_date=end,
        total=total,
        by_status=by_status,
        by_priority=numbers.by_priority,
        by_type=numbers.by_type,
        metrics=TicketMetrics(
            average_completion_time=_in_days(numbers.completion_ms, numbers.completed),
            completion_rate=_percentage(by_status["done"], total - by_status["cancelled"]),
            overdue=numbers.overdue,
            created_this_period=numbers.created,
            completed_this_period=numbers.completed,
        ),
    )


def one_period_before(moment: datetime, period: Period) -> datetime:
    """Go back one calendar period: to the same day of an earlier month, or to its last day where it has no such day."""
    if period == "week":
        return moment - timedelta(days=7)
    year, month = divmod(moment.year * 12 + moment.month - 1 - MONTHS_OF[period], 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


async def _count(tx: Transaction, matching: BoundFilter, values: Values, *, is_now: bool) -> Numbers:
    """Count tickets, as they are or as they were at the bound `moment`."""
    statements = [_numbers(matching.shape)] if is_now else _numbers_as_of(matching.shape)
    rows = [row for statement in statements for row in await tx.fetch_all(statement, **matching.values, **values)]
    return Numbers(
        _counts(rows, 0, STATUSES),
        _counts(rows, 1, PRIORITIES),
        _counts(rows, 2, TYPES),
        *(_sum(rows, position) for position in (OVERDUE, CREATED, COMPLETED, MILLISECONDS)),
    )


@lru_cache(maxsize=256)
def _numbers(shape: FilterShape) -> Statement:
    """Count the kinds, and what moved, each in an index of its own: the rows of the tickets are long."""
    count, nothing = sa.func.count(), sa.literal_column("0", sa.Integer())
    overdue = _moved(shape, OVERDUE_NOW, nothing, count, nothing, nothing, nothing)
    created = _moved(shape, CREATED_THEN, nothing, nothing, count, nothing, nothing)
    completed = _moved(shape, COMPLETED_THEN, nothing, nothing, nothing, count, _milliseconds_of(tickets))
    return Statement(sa.union_all(_kinds(shape, count, *[nothing] * 4), overdue, created, completed))


def _kinds(shape: FilterShape, *numbers: AnyColumn) -> AnySelect:
    kinds = (tickets.c.status, tickets.c.priority, tickets.c.type)
    return sa.select(*kinds, *numbers).where(*conditions(shape)).group_by(*kinds)


def _moved(shape: FilterShape, span: DateRange, *numbers: AnyColumn) -> AnySelect:
    within = msgspec.structs.replace(shape, spans=(*shape.spans, span))
    of_any_kind: list[AnyColumn] = [sa.null()] * COUNT
    return sa.select(*of_any_kind, *numbers).where(*conditions(within))


@lru_cache(maxsize=64)
def _numbers_as_of(shape: FilterShape) -> list[Statement]:
    return [_numbers_of(table, wanted) for table, wanted in parts_at(shape)]


def _numbers_of(table: sa.FromClause, wanted: Sequence[sa.ColumnElement[bool]]) -> Statement:
    """Count by status, priority and type at once: at most 150 rows, added up by `_counts` and `_sum`."""
    kinds = (table.c.status, table.c.priority, table.c.type)
    count = sa.func.count()
    overdue, created, completed = (
        sa.and_(*span_conditions((span,), table, lambda column: column))
        for span in (OVERDUE_NOW, CREATED_THEN, COMPLETED_THEN)
    )
    return Statement(
        sa.select(
            *kinds,
            count,
            count.filter(overdue),
            count.filter(created),
            count.filter(completed),
            _milliseconds_of(table).filter(completed),
        )
        .select_from(table)
        .where(*wanted)
        .group_by(*kinds)
    )


def _milliseconds_of(table: sa.FromClause) -> "sa.Function[Any]":
    return sa.func.sum(milliseconds_between(table.c.created_at, table.c.completed_at))


def _counts(rows: Sequence[Row], position: int, words: Sequence[str]) -> dict[str, int]:
    counts = dict.fromkeys(words, 0)
    for row in rows:
        if row[COUNT]:
            counts[row[position]] += row[COUNT]
    return counts


def _sum(rows: Sequence[Row], position: int) -> Any:
    return sum(row[position] or 0 for row in rows)


def _in_days(milliseconds: int, completed: int) -> str:
    days = milliseconds / completed / MILLISECONDS_OF_A_DAY if completed else 0.0
    return f"{days:.1f} days"


def _percentage(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0
