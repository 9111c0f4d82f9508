"""Statistics from counters: what they cost does not grow with the number of tickets.

Counters know whole days and months of UTC. A span that begins or ends within a day is made exact by counting the rest
of that day in the index of its moment.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.date_functions import milliseconds_between
from codimir.database.expressions import AnyColumn, AnySelect
from codimir.database.statements import Statement
from codimir.kit.values import ReadOnlyValues, Values
from codimir.model.ticket_counters import TOTALS, ticket_period_counts, ticket_totals
from codimir.model.tickets import tickets
from codimir.tickets.date_ranges import ARCHIVED, OVERDUE_NOW, span_conditions
from codimir.tickets.listing.counting import counter_conditions, total_of
from codimir.tickets.listing.plan import has_counters
from codimir.tickets.listing.shape import BoundFilter, FilterShape
from codimir.tickets.statistics.periods import Part, Whole, cut, whole_periods

NAMES = [name for names in TOTALS.values() for name in names.values()]
MOVED = ("overdue", "created", "completed", "completion_ms")
FIRST_DAY = date.min


class Numbers(NamedTuple):
    """How many tickets there are, and what moved in a period."""

    by_status: dict[str, int]
    by_priority: dict[str, int]
    by_type: dict[str, int]
    overdue: int
    created: int
    completed: int
    completion_ms: int
    """How long it took from creation to completion, all together"""


def are_in_counters(shape: FilterShape) -> bool:
    """Return whether counters tell all numbers of the tickets that match: it is only asked where these are."""
    return has_counters(shape) and all(f.field == "project" for f in shape.filters)


async def read_counters(
    tx: Transaction, matching: BoundFilter, start: datetime, end: datetime, late: ReadOnlyValues
) -> Numbers:
    """Read the numbers of the tickets that match, with what was created and completed between two moments.

    `late` are the values of the span of what is overdue.
    """
    wholes, parts = cut(start, end)
    first_late = late["due_last_inner"].replace(hour=0, minute=0, second=0, microsecond=0)
    _, *months_and_days = whole_periods(FIRST_DAY, first_late.date() - timedelta(days=1))
    values = {
        **matching.values, **late, "due_first": first_late,
        **_bound_wholes("moved", wholes), **_bound_wholes("late", months_and_days), **_bound_parts(parts),
    }  # fmt: skip
    rows = await tx.fetch_all(_numbers(matching.shape), **values)
    sums = iter([sum(column) for column in zip(*rows, strict=True)])
    by_status, by_priority, by_type = ({str(word): next(sums) for word in words} for words in TOTALS.values())
    return Numbers(by_status, by_priority, by_type, *sums)


def _bound_wholes(name: str, wholes: "list[Whole] | tuple[Whole, ...]") -> Values:
    return {f"{name}_{end}_{n}": getattr(whole, end) for n, whole in enumerate(wholes) for end in ("first", "last")}


def _bound_parts(parts: tuple[Part, ...]) -> Values:
    return {f"part_{name}_{n}": value for n, part in enumerate(parts) for name, value in part._asdict().items()}


@lru_cache(maxsize=256)
def _numbers(shape: FilterShape) -> Statement:
    """Select rows whose columns are to be summed up: the numbers of `NAMES`, then those of `MOVED`."""
    places = sa.select(ticket_totals).where(*counter_conditions(shape, ticket_totals)).cte("places")
    totals = sa.select(*(total_of(places.c[name]) for name in NAMES), *_zeros(len(MOVED)))
    return Statement(
        sa.union_all(
            totals,
            *(_moved_in_periods(places, n, unit) for n, unit in enumerate(("day", "month", "day"))),
            *(_late_in_periods(places, n, unit) for n, unit in enumerate(("month", "day"))),
            _late_in_part(places),
            *(_moved_in_part(places, n, moment) for n in range(2) for moment in ("created_at", "completed_at")),
        )
    )


def _moved_in_periods(places: sa.CTE, n: int, unit: str) -> AnySelect:
    numbers = {name: total_of(ticket_period_counts.c[name]) for name in ("created", "completed", "completion_ms")}
    return _row(**numbers).where(*_are_in_periods(places, f"moved_{{}}_{n}", unit))


def _late_in_periods(places: sa.CTE, n: int, unit: str) -> AnySelect:
    is_archived = ticket_period_counts.c.container_id.in_(ARCHIVED)
    late = _row(overdue=total_of(ticket_period_counts.c.due))
    return late.where(*_are_in_periods(places, f"late_{{}}_{n}", unit), ~is_archived)


def _are_in_periods(places: sa.CTE, name: str, unit: str) -> list[sa.ColumnElement[bool]]:
    of = ticket_period_counts.c
    return [
        of.container_id.in_(sa.select(places.c.container_id)),
        of.unit == sa.literal_column(f"'{unit}'"),
        of.period >= sa.bindparam(name.format("first")),
        of.period <= sa.bindparam(name.format("last")),
    ]


def _late_in_part(places: sa.CTE) -> AnySelect:
    begins = tickets.c.due_date >= sa.bindparam("due_first", type_=tickets.c.due_date.type)
    late = span_conditions((OVERDUE_NOW,), tickets, lambda column: column)
    return _row(overdue=sa.func.count()).where(*_are_live(places), begins, *late)


def _moved_in_part(places: sa.CTE, n: int, moment: str) -> AnySelect:
    column, sign = tickets.c[moment], sa.bindparam(f"part_sign_{n}", type_=sa.Integer())
    first, last = (sa.bindparam(f"part_{end}_{n}", type_=column.type) for end in ("first", "last"))
    numbers: dict[str, AnyColumn] = {moment.removesuffix("_at"): sign * sa.func.count()}
    if moment == "completed_at":
        took = milliseconds_between(tickets.c.created_at, tickets.c.completed_at)
        numbers["completion_ms"] = sign * total_of(took)
    return _row(**numbers).where(*_are_live(places), column >= first, column <= last)


def _are_live(places: sa.CTE) -> list[sa.ColumnElement[bool]]:
    return [tickets.c.deleted_at.is_(None), tickets.c.container_id.in_(sa.select(places.c.container_id))]


def _row(**numbers: AnyColumn) -> AnySelect:
    """Select numbers of `MOVED`, the others and those of `NAMES` being 0."""
    return sa.select(*_zeros(len(NAMES)), *(numbers.get(name, _ZERO) for name in MOVED))


_ZERO = sa.literal_column("0", sa.BigInteger())


def _zeros(count: int) -> list[AnyColumn]:
    return [_ZERO] * count
