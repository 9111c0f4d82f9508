"""On PostgreSQL, count what a statement changed at once: each counter changes once, whatever number of tickets did.

Nearly every statement changes one ticket: this is counted from its two rows, with few statements. What changes several,
moves one, or puts it into the trash or back is counted from sums over the old and the new rows. Whoever changes
counters of a place takes its totals first; so nobody waits in a circle, whatever the order of the others.
"""

from collections.abc import Iterable
from typing import NamedTuple

from alembic import op

revision = "0031"
down_revision = "0030"


class Counters(NamedTuple):
    """A table of counters: what names a row beside its workspace, and the numbers in it."""

    name: str
    key: tuple[str, ...]
    numbers: tuple[str, ...]

    def add(self, numbers: str) -> str:
        """Write the statement that adds numbers, given as rows of workspace, key and numbers."""
        columns = ", ".join(["workspace_id", *self.key, *self.numbers])
        sums = ", ".join(f"{number} = {self.name}.{number} + excluded.{number}" for number in self.numbers)
        return (
            f"INSERT INTO {self.name} ({columns}) {numbers} ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {sums};"
        )

    def add_sums(self, source: str, values: str, numbers: Iterable[str]) -> str:
        """Write the statement that adds the sums of rows, in the order of the keys, without what changes nothing."""
        sums = [f"coalesce({number}, 0)" for number in numbers]
        group = ", ".join(str(n) for n in range(1, len(self.key) + 2))
        having = " OR ".join(f"{number} <> 0" for number in sums)
        chosen = f"SELECT {values}, {', '.join(sums)} FROM {source} GROUP BY {group} HAVING {having}"
        return self.add(f"{chosen} ORDER BY {group}")


KINDS = {
    "status": ("backlog", "todo", "in_progress", "in_review", "done", "cancelled"),
    "priority": ("lowest", "low", "medium", "high", "highest"),
    "type": ("task", "bug", "feature", "improvement", "epic"),
}
PARTS = {f"{column}_{word}": f"{column} = {n}" for column, words in KINDS.items() for n, word in enumerate(words)}
"""The columns of `ticket_totals` that count a part of the tickets, and which part."""
KIND, PEOPLE = ", ".join(KINDS), ("assignee_id", "reporter_id", "group_id")
PLACE = "workspace_id, container_id"
COUNTED = f"{PLACE}, {KIND}, created_at, completed_at, due_date, {', '.join(PEOPLE)}"
TOTALS = Counters("ticket_totals", ("container_id",), ("total", *PARTS))
COUNTS = Counters("ticket_counts", ("container_id", *KINDS), ("count",))
PERIODS = Counters(
    "ticket_period_counts", ("container_id", "unit", "period"), ("created", "completed", "completion_ms", "due")
)
FACETS = Counters("ticket_facets", ("container_id", "field", "value", "status"), ("count",))
EVENTS = Counters("event_counts", ("place_id", "ticket_place_id"), ("count",))

UNITS = {"day": ("YYYY-MM-DD", "0001-01-01"), "month": ("YYYY-MM", "0001-01")}
"""How a period is written, and which one an infinite moment is in, for which `to_char` gives NULL."""
TOOK = "CAST(EXTRACT(EPOCH FROM {t}completed_at - {t}created_at) * 1000 AS bigint)"
DUE = "{t}.due_date IS NOT NULL AND {t}.status < 4"
NEW, OLD = "SELECT *, 1 AS by FROM new_rows", "SELECT *, -1 AS by FROM old_rows"
CHANGED = f"{NEW} UNION ALL {OLD}"
SEVERAL = "(SELECT count(*) FROM (SELECT FROM new_rows LIMIT 2) AS rows) <> 1"
"""Counting two rows at most: a statement that changes a thousand does not count them first."""

FORMER = (
    "count_new_ticket", "count_gone_ticket", "count_ticket", "facet_labels_of_changed", "count_events_of_moved",
    "count_events_of_gone", "count_events_of_new",
    *(f"facet_{field}_of_{rows}" for field in ("assignee", "reporter", "group") for rows in ("new", "gone", "changed")),
)  # fmt: skip
FORMER_FUNCTIONS = {name for name in FORMER if name not in ("count_new_ticket", "count_gone_ticket")}


def upgrade() -> None:
    """Put triggers of statements in the place of those of rows; SQLite has none of statements, and needs none."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for name in FORMER:
        op.execute(f"DROP TRIGGER {name} ON tickets")
    for name in sorted(FORMER_FUNCTIONS):
        op.execute(f"DROP FUNCTION {name}()")
    _make_trigger("count_new_tickets", "INSERT", "NEW TABLE AS new_rows", _count_new())
    _make_trigger("count_gone_tickets", "DELETE", "OLD TABLE AS old_rows", _count_all(OLD))
    _make_trigger(
        "count_changed_tickets", "UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows", _count_changed()
    )  # fmt: skip


def _make_trigger(name: str, event: str, rows: str, body: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE o tickets; n tickets;"
        f" BEGIN {body} RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} AFTER {event} ON tickets REFERENCING {rows} FOR EACH STATEMENT"
        f" EXECUTE FUNCTION {name}()"
    )


def _count_new() -> str:
    """Write how new tickets are counted: it is seldom that one has events already."""
    one = ["1", *(f"CAST(n.{part} AS integer)" for part in PARTS.values())]
    return (
        f"IF {SEVERAL} THEN {_count_all(NEW)} RETURN NULL; END IF; SELECT * INTO n FROM new_rows;"
        f" IF n.deleted_at IS NULL THEN {_total(one)}"
        f" {COUNTS.add(_values(_kind('n', 1)))} {_in_periods('n', 'created_at', '1, 0, 0, 0')}"
        f" {_completed('n', '')} {_due('n', '')}"
        f" {FACETS.add(_values(*(_facet('n', field, 1) for field in PEOPLE)))} END IF;"
        f" IF EXISTS (SELECT FROM events WHERE ticket_id = n.id) THEN {_move_events(NEW)} END IF;"
    )


def _count_changed() -> str:
    """Write how changed tickets are counted: first one that stays where it is, then all others."""
    every = ("deleted_at", *COUNTED.split(", "))
    stays = (
        "o.deleted_at IS NULL AND n.deleted_at IS NULL AND o.container_id = n.container_id"
        " AND o.created_at = n.created_at"
    )
    return (
        f"IF NOT {SEVERAL} THEN SELECT * INTO o FROM old_rows; SELECT * INTO n FROM new_rows;"
        f" IF NOT ({_differ(*every)}) THEN RETURN NULL; END IF;"
        f" IF {stays} THEN {_count_kind()} {_count_facets()} {_count_periods()} RETURN NULL; END IF;"
        f" ELSIF NOT EXISTS (SELECT FROM ({CHANGED}) AS rows GROUP BY id, deleted_at, {COUNTED} HAVING sum(by) <> 0)"
        f" THEN RETURN NULL; END IF;"
        " PERFORM FROM ticket_totals WHERE container_id IN (SELECT container_id FROM old_rows UNION ALL"
        " SELECT container_id FROM new_rows) ORDER BY container_id FOR NO KEY UPDATE;"
        f" {_count_all(CHANGED)}"
    )


def _count_kind() -> str:
    parts = [f"CAST(n.{part} AS integer) - CAST(o.{part} AS integer)" for part in PARTS.values()]
    return (
        f"IF {_differ(*KINDS)} THEN {_total(['0', *parts])}"
        f" {COUNTS.add(_values(_kind('o', -1), _kind('n', 1)))}"
        " ELSE PERFORM FROM ticket_totals WHERE container_id = n.container_id FOR NO KEY UPDATE; END IF;"
    )


def _count_facets() -> str:
    """Write how people, groups and labels are counted: all of them where the status is another."""
    both = [_facet(t, field, by) for field in PEOPLE for t, by in (("o", -1), ("n", 1))]
    labels = (
        "SELECT n.workspace_id, n.container_id, 'label_id', label_id, v.status, v.by FROM ticket_labels,"
        " (VALUES (o.status, -1), (n.status, 1)) AS v (status, by) WHERE ticket_id = n.id"
    )
    single = (
        f"IF {_differ(field)} THEN {FACETS.add(_values(_facet('o', field, -1), _facet('n', field, 1)))} END IF;"
        for field in PEOPLE
    )
    return (
        f"IF o.status <> n.status THEN {FACETS.add(_values(*both))} {FACETS.add(labels)}"
        f" ELSE {' '.join(single)} END IF;"
    )


def _count_periods() -> str:
    return (
        f"IF {_differ('completed_at')} THEN {_completed('o', '-')} {_completed('n', '')} END IF;"
        f" IF ({DUE.format(t='o')}) <> ({DUE.format(t='n')}) OR {_differ('due_date')}"
        f" THEN {_due('o', '-')} {_due('n', '')} END IF;"
    )


def _completed(t: str, sign: str) -> str:
    numbers = f"0, {sign}1, {sign}{TOOK.format(t=f'{t}.')}, 0"
    return f"IF {t}.completed_at IS NOT NULL THEN {_in_periods(t, 'completed_at', numbers)} END IF;"


def _due(t: str, sign: str) -> str:
    return f"IF {DUE.format(t=t)} THEN {_in_periods(t, 'due_date', f'0, 0, 0, {sign}1')} END IF;"


def _in_periods(t: str, moment: str, numbers: str) -> str:
    rows = (
        f"{t}.workspace_id, {t}.container_id, '{unit}', {_period(f'{t}.{moment}', unit)}, {numbers}" for unit in UNITS
    )
    return PERIODS.add(_values(*rows))


def _period(moment: str, unit: str) -> str:
    pattern, first = UNITS[unit]
    return f"coalesce(to_char({moment} AT TIME ZONE 'UTC', '{pattern}'), '{first}')"


def _total(numbers: list[str]) -> str:
    return TOTALS.add(_values(f"n.workspace_id, n.container_id, {', '.join(numbers)}"))


def _kind(t: str, by: int) -> str:
    return f"{', '.join(f'{t}.{name}' for name in (*PLACE.split(', '), *KINDS))}, {by}"


def _facet(t: str, field: str, by: int) -> str:
    return f"{t}.workspace_id, {t}.container_id, '{field}', coalesce({t}.{field}, ''), {t}.status, {by}"


def _values(*rows: str) -> str:
    return f"VALUES {', '.join(f'({row})' for row in rows)}"


def _differ(*columns: str) -> str:
    """Write the condition that a ticket is counted elsewhere than before; of the trash only that it is there."""
    old, new = (
        ", ".join(f"{t}.{name} IS NULL" if name == "deleted_at" else f"{t}.{name}" for name in columns)
        for t in ("o", "n")
    )
    return f"({old}) IS DISTINCT FROM ({new})"


def _count_all(rows: str) -> str:
    """Write how any number of tickets is counted, of which some rows count 1 and others -1."""
    net = (
        f"(SELECT {COUNTED}, sum(by) AS by FROM ({rows}) AS rows WHERE deleted_at IS NULL GROUP BY {COUNTED}"
        " HAVING sum(by) <> 0) AS net"
    )
    people = ", ".join(f"('{field}', coalesce({field}, ''))" for field in PEOPLE)
    valued = f"{net}, LATERAL (VALUES {people}) AS v (field, value)"
    parts = ["sum(by)", *(f"sum(by) FILTER (WHERE {part})" for part in PARTS.values())]
    labelled = (
        f"({rows}) AS rows, LATERAL (SELECT label_id FROM ticket_labels WHERE ticket_id = rows.id OFFSET 0) AS labels"
        " WHERE deleted_at IS NULL"
    )
    return " ".join([
        TOTALS.add_sums(net, PLACE, parts),
        COUNTS.add_sums(net, f"{PLACE}, {KIND}", ["sum(by)"]),
        PERIODS.add_sums(f"{net}, {_all_periods()}", f"{PLACE}, unit, period", map("sum({})".format, PERIODS.numbers)),
        FACETS.add_sums(valued, f"{PLACE}, field, value, status", ["sum(by)"]),
        FACETS.add_sums(labelled, f"{PLACE}, 'label_id', label_id, status", ["sum(by)"]),
        _move_events(rows),
    ])  # fmt: skip


def _all_periods() -> str:
    """Write the periods of a ticket of `net`, of which those of moments that it has not are left out."""
    rows = (
        f"({condition}, '{unit}', {_period(moment, unit)}, {numbers})"
        for unit in UNITS
        for moment, condition, numbers in (
            ("created_at", "true", "by, 0, 0, 0"),
            ("completed_at", "completed_at IS NOT NULL", f"0, by, by * {TOOK.format(t='')}, 0"),
            ("due_date", "due_date IS NOT NULL AND status < 4", "0, 0, 0, by"),
        )
    )
    columns = f"is_there, unit, period, {', '.join(PERIODS.numbers)}"
    return f"LATERAL (SELECT * FROM (VALUES {', '.join(rows)}) AS v ({columns}) WHERE is_there) AS periods"


def _move_events(rows: str) -> str:
    """Write how events are counted at the place where their ticket is now; of one that is nowhere, at none.

    `OFFSET 0` makes PostgreSQL ask the index for each ticket, also where it plans for few tickets and many come later.
    """
    nowhere = "" if rows == CHANGED else f" UNION ALL SELECT id, '', -by FROM ({rows}) AS rows"
    moved = (
        f"SELECT id, container_id, sum(by) AS by FROM (SELECT id, container_id, by FROM ({rows}) AS rows{nowhere})"
        " AS rows GROUP BY id, container_id HAVING sum(by) <> 0"
    )
    found = "SELECT workspace_id, coalesce(project_id, workspace_id) AS place_id FROM events WHERE ticket_id = moved.id"
    source = f"({moved}) AS moved, LATERAL ({found} OFFSET 0) AS told"
    return EVENTS.add_sums(source, "workspace_id, place_id, container_id", ["sum(by)"])
