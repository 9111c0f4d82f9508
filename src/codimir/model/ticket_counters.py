"""How many live tickets there are in each place, kept by triggers of the database in the transaction of each change.

The triggers stand in migrations 0026 and 0027, those of PostgreSQL in 0031; docs/decisions/0068-counters.md says why
there are several tables. A row whose numbers are all 0 is the same as none.
"""

import sqlalchemy as sa

from codimir.database.schema import metadata
from codimir.database.types import OrderedEnum, sortable_text
from codimir.model.columns import VERSIONED, workspace_column
from codimir.model.enums import PRIORITIES, STATUSES, TYPES

KINDS = {"status": STATUSES, "priority": PRIORITIES, "type": TYPES}


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")


def _container_column() -> "sa.Column[str]":
    return sa.Column("container_id", sortable_text(), primary_key=True)


TOTALS = {column: {word: f"{column}_{word.lower()}" for word in words} for column, words in KINDS.items()}
"""The columns of `ticket_totals` by field and value."""

ticket_totals = sa.Table(
    "ticket_totals",
    metadata,
    workspace_column(),
    _container_column(),
    _number("total"),
    *(_number(name) for names in TOTALS.values() for name in names.values()),
    info=VERSIONED,
    sqlite_with_rowid=False,
)
"""How many tickets a place has, and how many of each status, of each priority and of each type."""

ticket_counts = sa.Table(
    "ticket_counts",
    metadata,
    workspace_column(),
    _container_column(),
    *(sa.Column(name, OrderedEnum(words), primary_key=True, autoincrement=False) for name, words in KINDS.items()),
    _number("count"),
    info=VERSIONED,
    sqlite_with_rowid=False,
)
"""How many tickets of a place have a status, a priority and a type."""

ticket_period_counts = sa.Table(
    "ticket_period_counts",
    metadata,
    workspace_column(),
    _container_column(),
    sa.Column("unit", sortable_text(), primary_key=True),
    sa.Column("period", sortable_text(), primary_key=True),
    _number("created"),
    _number("completed"),
    _number("completion_ms"),
    _number("due"),
    info=VERSIONED,
    sqlite_with_rowid=False,
)
"""What was created, what was completed and how long that took, and what is open and due, in a `day` such as
`2024-02-29` or a `month` such as `2024-02` of UTC."""

FACETS = ("assignee_id", "reporter_id", "group_id", "label_id")

ticket_facets = sa.Table(
    "ticket_facets",
    metadata,
    workspace_column(),
    _container_column(),
    sa.Column("field", sortable_text(), primary_key=True),
    sa.Column("value", sortable_text(), primary_key=True),
    sa.Column("status", OrderedEnum(STATUSES), primary_key=True, autoincrement=False),
    _number("count"),
    info=VERSIONED,
    sqlite_with_rowid=False,
)
"""How many tickets of a place and a status have a value in one of `FACETS`; the value is empty where they have none."""
