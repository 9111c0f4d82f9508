"""How many tickets there are of each kind and in each period, kept by triggers."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

from codimir.database.types import sortable_text

revision = "0026"
down_revision = "0025"

KINDS = {
    "status": ("backlog", "todo", "in_progress", "in_review", "done", "cancelled"),
    "priority": ("lowest", "low", "medium", "high", "highest"),
    "type": ("task", "bug", "feature", "improvement", "epic"),
}
IS_LIVE, IS_OPEN = "{t}.deleted_at IS NULL", "{t}.status < 4"
UNITS = {"day": ("YYYY-MM-DD", "0001-01-01"), "month": ("YYYY-MM", "0001-01")}
"""How a period is written, and which one an infinite moment of PostgreSQL is in, for which `to_char` gives NULL."""
MILLISECONDS = {
    "sqlite": "CAST(round((julianday({t}.completed_at) - julianday({t}.created_at)) * 86400000.0) AS INTEGER)",
    "postgresql": "CAST(EXTRACT(EPOCH FROM {t}.completed_at - {t}.created_at) * 1000 AS bigint)",
}
DIFFER = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}


class Counter(NamedTuple):
    """Numbers in a row of a table: which row it is, and what a ticket adds to each of them.

    `{t}` stands for the ticket.
    """

    table: str
    key: dict[str, str]
    numbers: dict[str, str]
    condition: str = IS_LIVE

    def add_one(self) -> str:
        """Write the statement that counts a ticket."""
        return f"{self._insert(self.numbers.values())} WHERE {self.condition}{self._or_add()}"

    def take_one(self) -> str:
        """Write the statement that counts a ticket no more."""
        rest = ", ".join(f"{name} = {name} - {number}" for name, number in self.numbers.items())
        there = " AND ".join(f"{name} = {value}" for name, value in self.key.items())
        return f"UPDATE {self.table} SET {rest} WHERE {self.condition} AND {there}"

    def add_all(self, source: str) -> str:
        """Write the statement that counts the tickets that are there.

        `source` keeps SQLite from walking an index of them, from which it would look up each row where it lies.
        """
        groups = ", ".join(["{t}.workspace_id", *(value for value in self.key.values() if "{t}" in value)])
        sums = [f"sum({number})" for number in self.numbers.values()]
        return f"{self._insert(sums)} FROM {source} WHERE {self.condition} GROUP BY {groups}{self._or_add()}"

    def _insert(self, numbers: Iterable[str]) -> str:
        columns = ", ".join(["workspace_id", *self.key, *self.numbers])
        values = ", ".join(["{t}.workspace_id", *self.key.values(), *numbers])
        return f"INSERT INTO {self.table} ({columns}) SELECT {values}"

    def _or_add(self) -> str:
        sums = ", ".join(f"{name} = {self.table}.{name} + excluded.{name}" for name in self.numbers)
        return f" ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {sums}"


PLACE = {"container_id": "{t}.container_id"}
TOTALS = {
    f"{column}_{word}": f"CAST({{t}}.{column} = {n} AS integer)"
    for column, words in KINDS.items()
    for n, word in enumerate(words)
}
BY_KIND = (
    Counter("ticket_totals", PLACE, {"total": "1", **TOTALS}),
    Counter("ticket_counts", {**PLACE, **{column: f"{{t}}.{column}" for column in KINDS}}, {"count": "1"}),
)


def upgrade() -> None:
    """Make the tables, the triggers, and what they would have counted; then nothing else needs the index of kinds.

    The triggers come first: on PostgreSQL nobody changes a ticket from then on until all is committed.
    """
    _make_tables()
    dialect = op.get_bind().dialect.name
    by_period = _by_period(dialect)
    if dialect == "sqlite":
        _make_sqlite_triggers(by_period)
    else:
        _make_postgres_triggers(by_period)
    for counter in (*BY_KIND, *by_period):
        op.execute(counter.add_all("tickets NOT INDEXED" if dialect == "sqlite" else "tickets").format(t="tickets"))
    op.drop_index("ix_tickets_live_container_status_priority_type", "tickets")


def _by_period(dialect: str) -> list[Counter]:
    """Describe what is counted by days and by months, in UTC."""
    counters = []
    for unit, (pattern, first) in UNITS.items():
        for moment, numbers, condition in (
            ("created_at", {"created": "1"}, IS_LIVE),
            (
                "completed_at",
                {"completed": "1", "completion_ms": MILLISECONDS[dialect]},
                f"{IS_LIVE} AND {{t}}.completed_at IS NOT NULL",
            ),
            ("due_date", {"due": "1"}, f"{IS_LIVE} AND {IS_OPEN} AND {{t}}.due_date IS NOT NULL"),
        ):
            on_sqlite = f"substr({{t}}.{moment}, 1, {len(pattern)})"
            on_postgres = f"coalesce(to_char({{t}}.{moment} AT TIME ZONE 'UTC', '{pattern}'), '{first}')"
            period = on_sqlite if dialect == "sqlite" else on_postgres
            key = {**PLACE, "unit": f"'{unit}'", "period": period}
            counters.append(Counter("ticket_period_counts", key, numbers, condition))
    return counters


def _make_tables() -> None:
    text, small = sortable_text(), sa.SmallInteger()
    _make_table("ticket_totals", {}, ["total", *TOTALS])
    _make_table("ticket_counts", dict.fromkeys(KINDS, small), ["count"])
    _make_table(
        "ticket_period_counts", {"unit": text, "period": text}, ["created", "completed", "completion_ms", "due"]
    )


def _make_table(name: str, key: dict[str, Any], numbers: Iterable[str]) -> None:
    op.create_table(
        name,
        sa.Column("workspace_id", sortable_text(), nullable=False),
        sa.Column("container_id", sortable_text(), nullable=False),
        *(sa.Column(column, kind, nullable=False, autoincrement=False) for column, kind in key.items()),
        *(sa.Column(column, sa.BigInteger(), nullable=False, server_default="0") for column in numbers),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f(f"fk_{name}_workspace_id")),
        sa.PrimaryKeyConstraint("container_id", *key, name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": "50"},
    )


def _taken(counters: Iterable[Counter]) -> list[str]:
    return [f"{counter.take_one().format(t='OLD')};" for counter in counters]


def _added(counters: Iterable[Counter]) -> list[str]:
    return [f"{counter.add_one().format(t='NEW')};" for counter in counters]


def _differ(dialect: str, *values: str) -> str:
    old, new = ((", ".join(values).format(t=t)) for t in ("OLD", "NEW"))
    return f"({old}) {DIFFER[dialect]} ({new})"


OF_KIND = (IS_LIVE, "{t}.container_id", *(f"{{t}}.{column}" for column in KINDS))
OF_PERIOD = (IS_LIVE, "{t}.container_id", "{t}.created_at", "{t}.completed_at", "{t}.due_date", IS_OPEN)
FORGOTTEN = " ".join(
    f"DELETE FROM {table} WHERE container_id = OLD.id;"
    for table in ("ticket_totals", "ticket_counts", "ticket_period_counts")
)


def _make_sqlite_triggers(by_period: list[Counter]) -> None:
    counters = [*BY_KIND, *by_period]
    for name, event, condition, statements in (
        ("count_new_ticket", "INSERT ON tickets", IS_LIVE.format(t="NEW"), _added(counters)),
        ("count_gone_ticket", "DELETE ON tickets", IS_LIVE.format(t="OLD"), _taken(counters)),
        ("count_kind", "UPDATE ON tickets", _differ("sqlite", *OF_KIND), [*_taken(BY_KIND), *_added(BY_KIND)]),
        ("count_period", "UPDATE ON tickets", _differ("sqlite", *OF_PERIOD), [*_taken(by_period), *_added(by_period)]),
        ("forget_counts", "DELETE ON projects", "true", [FORGOTTEN]),
    ):
        op.execute(f"CREATE TRIGGER {name} AFTER {event} WHEN {condition} BEGIN {' '.join(statements)} END")


def _make_postgres_triggers(by_period: list[Counter]) -> None:
    """Let who changes counters hold the totals of the places first, in one order: nobody waits in a circle."""
    kinds, periods = (_differ("postgresql", *values) for values in (OF_KIND, OF_PERIOD))
    counters = [*BY_KIND, *by_period]
    _make_function(
        "count_ticket",
        "IF TG_OP = 'UPDATE' THEN PERFORM 1 FROM ticket_totals WHERE container_id IN (OLD.container_id,"
        " NEW.container_id) ORDER BY container_id FOR NO KEY UPDATE;"
        f" IF {kinds} THEN {' '.join([*_taken(BY_KIND), *_added(BY_KIND)])} END IF;"
        f" IF {periods} THEN {' '.join([*_taken(by_period), *_added(by_period)])} END IF;"
        f" ELSIF TG_OP = 'INSERT' THEN {' '.join(_added(counters))}"
        f" ELSE {' '.join(_taken(counters))} END IF;",
    )
    _make_function("forget_ticket_counts", FORGOTTEN)
    for name, event, condition, function in (
        ("count_new_ticket", "INSERT ON tickets", IS_LIVE.format(t="NEW"), "count_ticket"),
        ("count_gone_ticket", "DELETE ON tickets", IS_LIVE.format(t="OLD"), "count_ticket"),
        ("count_ticket", "UPDATE ON tickets", f"{kinds} OR {periods}", "count_ticket"),
        ("forget_counts", "DELETE ON projects", "true", "forget_ticket_counts"),
    ):
        op.execute(f"CREATE TRIGGER {name} AFTER {event} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {function}()")


def _make_function(name: str, body: str) -> None:
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$")
