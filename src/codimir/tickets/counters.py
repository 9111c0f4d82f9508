"""The counters of tickets and of their events compared with what they count, and counted anew.

Triggers keep them (`model/ticket_counters.py`); what goes past the triggers, such as a change by hand with another
tool, is found here.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.date_functions import milliseconds_between, period_of
from codimir.database.expressions import AnyColumn, AnySelect
from codimir.database.statements import Row, Statement
from codimir.model.enums import CLOSED_STATUSES
from codimir.model.events import event_counts, events
from codimir.model.ticket_counters import (
    FACETS,
    KINDS,
    TOTALS,
    ticket_counts,
    ticket_facets,
    ticket_period_counts,
    ticket_totals,
)
from codimir.model.tickets import ticket_labels, tickets
from codimir.revisions.versions import end_every_tag

TABLES = (ticket_totals, ticket_counts, ticket_period_counts, ticket_facets, event_counts)
Numbers = Mapping[Row, Row]
"""The numbers of rows by their keys, without rows that hold nothing but 0."""


async def find_wrong_counters(tx: Transaction) -> list[str]:
    """Name the counters that differ from what they count, and say by how much."""
    return [
        problem for table in TABLES for problem in _differences(table, await _kept(tx, table), await _true(tx, table))
    ]


async def recount(tx: Transaction) -> None:
    """Count all tickets anew; nobody else changes one before the transaction ends."""
    if tx.dialect == "postgresql":
        await tx.fetch_all(_LOCK)
    for table in TABLES:
        await tx.execute(_delete(table))
        await tx.execute(_count_anew(table))
    await end_every_tag(tx)  # replies that were made from wrong counters are not those of any version


async def _kept(tx: Transaction, table: sa.Table) -> Numbers:
    return _by_key(table, await tx.fetch_all(_read(table)))


async def _true(tx: Transaction, table: sa.Table) -> Numbers:
    return _by_key(table, await tx.fetch_all(_count(table)))


def _by_key(table: sa.Table, rows: list[Row]) -> Numbers:
    keys = _key_length(table)
    return {row[:keys]: row[keys:] for row in rows if any(row[keys:])}


def _differences(table: sa.Table, kept: Numbers, true: Numbers) -> Iterator[str]:
    names = list(table.c.keys())[_key_length(table) :]
    nothing = (0,) * len(names)
    for key in sorted({*kept, *true}, key=str):
        numbers = zip(names, kept.get(key, nothing), true.get(key, nothing), strict=True)
        wrong = [f"{name} is {was:,} in place of {right:,}" for name, was, right in numbers if was != right]
        if wrong:
            yield f"{table.name} of {' '.join(map(str, key[1:]))}: {', '.join(wrong)}"


def _key_length(table: sa.Table) -> int:
    return 1 + len(table.primary_key.columns)


@cache
def _read(table: sa.Table) -> Statement:
    return Statement(sa.select(table))


@cache
def _delete(table: sa.Table) -> Statement:
    return Statement(sa.delete(table))


@cache
def _count(table: sa.Table) -> Statement:
    return Statement(_SOURCES[table.name]())


@cache
def _count_anew(table: sa.Table) -> Statement:
    return Statement(sa.insert(table).from_select(list(table.c.keys()), _SOURCES[table.name]()))


_LOCK = Statement(sa.text("LOCK TABLE tickets IN SHARE ROW EXCLUSIVE MODE"))


def _totals() -> AnySelect:
    parts = [
        sa.func.sum(sa.case((tickets.c[field] == word, 1), else_=0))
        for field, names in TOTALS.items()
        for word in names
    ]
    place = (tickets.c.workspace_id, tickets.c.container_id)
    return sa.select(*place, sa.func.count(), *parts).where(_IS_LIVE).group_by(*place)


def _kinds() -> AnySelect:
    key = (tickets.c.workspace_id, tickets.c.container_id, *(tickets.c[field] for field in KINDS))
    return sa.select(*key, sa.func.count()).where(_IS_LIVE).group_by(*key)


def _periods() -> AnySelect:
    """Sum up what is created, completed and due: each in a row of its own at first, once for its day and its month."""
    completed = tickets.c.completed_at
    is_open = sa.and_(*(tickets.c.status != status for status in CLOSED_STATUSES))
    took = milliseconds_between(tickets.c.created_at, completed)
    found = sa.union_all(
        *(
            _in_period(unit, moment, *numbers).where(_IS_LIVE, condition)
            for unit in ("day", "month")
            for moment, numbers, condition in (
                (tickets.c.created_at, (1, 0, 0, 0), sa.true()),
                (completed, (0, 1, took, 0), completed.is_not(None)),
                (tickets.c.due_date, (0, 0, 0, 1), tickets.c.due_date.is_not(None) & is_open),
            )
        )
    ).subquery("found")
    key = [found.c[name] for name in ("workspace_id", "container_id", "unit", "period")]
    names = ("created", "completed", "completion_ms", "due")
    return sa.select(*key, *(sa.cast(sa.func.sum(found.c[name]), sa.BigInteger()) for name in names)).group_by(*key)


def _in_period(
    unit: str, moment: AnyColumn, created: int, completed: int, took: AnyColumn | int, due: int
) -> AnySelect:
    return sa.select(
        tickets.c.workspace_id, tickets.c.container_id,
        sa.literal_column(f"'{unit}'", sa.Text()).label("unit"), period_of(moment, unit).label("period"),
        _number(created).label("created"), _number(completed).label("completed"),
        _number(took).label("completion_ms"), _number(due).label("due"),
    )  # fmt: skip


def _facets() -> "sa.CompoundSelect[Any]":
    *of_tickets, of_labels = FACETS
    labelled = tickets.join(ticket_labels, ticket_labels.c.ticket_id == tickets.c.id)
    found = [
        _by_facet(name, sa.func.coalesce(tickets.c[name], sa.literal_column("''")), tickets) for name in of_tickets
    ]
    return sa.union_all(*found, _by_facet(of_labels, ticket_labels.c[of_labels], labelled))


def _by_facet(field: str, value: AnyColumn, source: sa.FromClause) -> AnySelect:
    key = (tickets.c.workspace_id, tickets.c.container_id, sa.literal_column(f"'{field}'", sa.Text()), value)
    counted = sa.select(*key, tickets.c.status, sa.func.count()).select_from(source).where(_IS_LIVE)
    return counted.group_by(tickets.c.workspace_id, tickets.c.container_id, value, tickets.c.status)


def _events() -> AnySelect:
    place = sa.func.coalesce(events.c.project_id, events.c.workspace_id)
    ticket_place = sa.func.coalesce(tickets.c.container_id, sa.literal_column("''"))
    source = events.outerjoin(tickets, tickets.c.id == events.c.ticket_id)
    key = (events.c.workspace_id, place, ticket_place)
    return sa.select(*key, sa.func.count()).select_from(source).group_by(*key)


def _number(value: AnyColumn | int) -> AnyColumn:
    return sa.literal_column(str(value), sa.BigInteger()) if isinstance(value, int) else value


_IS_LIVE = tickets.c.deleted_at.is_(None)
_SOURCES: "dict[str, Callable[[], AnySelect | sa.CompoundSelect[Any]]]" = {
    "ticket_totals": _totals, "ticket_counts": _kinds, "ticket_period_counts": _periods, "ticket_facets": _facets,
    "event_counts": _events,
}  # fmt: skip
