"""Tickets, their labels, the keys that they had in other projects, and the states that they were in before.

`container_id` is where a ticket lives: its project, or its workspace when it has none. Whoever sees the container sees
the ticket.

`rank` is the place in the order made by hand among the tickets of a container, the greatest on top (kit/ranks.py). A
new ticket has the rank of its moment, so it is on top without a look at the others.

`past_tickets` holds every state that is over, from `valid_from` until just before `valid_to`. A trigger of the database
writes it (see the migration), so no change can be forgotten; whoever changes a ticket sets its `updated_at`.
"""

from typing import Any

import sqlalchemy as sa

from codimir.database.expressions import AnyColumn
from codimir.database.schema import id_column, metadata, moment, reference
from codimir.database.types import Json, OrderedEnum, UtcDateTime, sortable_text
from codimir.model.columns import VERSIONED, index_deleted, workspace_column
from codimir.model.enums import PRIORITIES, STAGES, STATUSES, TYPES

TITLE_SORT_LENGTH = 100

tickets = sa.Table(
    "tickets",
    metadata,
    id_column(),
    workspace_column(),
    reference("project_id", "projects", nullable=True),
    sa.Column(
        "container_id",
        sortable_text(),
        sa.Computed("coalesce(project_id, workspace_id)", persisted=True),
        nullable=False,
    ),
    sa.Column("number", sa.Integer(), nullable=True),
    sa.Column("key", sa.Text(), nullable=True),
    sa.Column("title", sa.Text(), nullable=False),
    sa.Column("title_sort", sortable_text(), nullable=False),
    sa.Column("description", sa.Text(), nullable=True),
    sa.Column("type", OrderedEnum(TYPES), nullable=False),
    sa.Column("status", OrderedEnum(STATUSES), nullable=False),
    sa.Column("priority", OrderedEnum(PRIORITIES), nullable=False),
    sa.Column("rank", sortable_text(), nullable=False, server_default=""),
    sa.Column("stage", OrderedEnum(STAGES), nullable=False),
    reference("assignee_id", "users", nullable=True),
    reference("reporter_id", "users", nullable=True),
    reference("group_id", "groups", nullable=True),
    moment("due_date", nullable=True),
    moment("completed_at", nullable=True),
    sa.Column("comment_count", sa.Integer(), nullable=False),
    sa.Column("attachment_count", sa.Integer(), nullable=False),
    sa.Column("time_log_count", sa.Integer(), nullable=False),
    moment("created_at"),
    moment("updated_at"),
    moment("deleted_at", nullable=True),
    sa.UniqueConstraint("project_id", "number"),
    sa.Index(None, "key"),
    sa.Index(None, "group_id"),
    info=VERSIONED,
)
index_deleted(tickets)

_LIVE = tickets.c.deleted_at.is_(None)


def _live_index(*columns: str) -> str:
    name = "ix_tickets_live_" + "_".join(column.removesuffix("_id") for column in columns if column != "id")
    sa.Index(name, *(tickets.c[column] for column in columns), sqlite_where=_LIVE, postgresql_where=_LIVE)
    return name


for _order in ("updated_at", "created_at", "priority", "status", "title_sort"):
    _live_index("workspace_id", _order, "id", "container_id")
_live_index("container_id", "status", "updated_at", "id")
_live_index("container_id", "updated_at", "id")
_live_index("container_id", "rank", "id", "status", "priority", "assignee_id")
_live_index("container_id", "due_date", "id", "status")
_live_index("container_id", "created_at", "id")
sa.Index(
    "ix_tickets_completed_container_completed_at",
    *(tickets.c[name] for name in ("container_id", "completed_at", "id")),
    sqlite_where=_LIVE & tickets.c.completed_at.is_not(None),
    postgresql_where=_LIVE & tickets.c.completed_at.is_not(None),
)
_live_index("container_id", "priority", "id", "status", "type")
_live_index("assignee_id", "container_id", "status", "updated_at", "id")
for _field in ("reporter_id", "group_id"):
    _live_index(_field, "container_id", "updated_at", "id")
PLACES_INDEX = _live_index("id", "container_id")
"""Tells where a ticket is without its row, which is long and lies anywhere."""

ticket_labels = sa.Table(
    "ticket_labels",
    metadata,
    workspace_column(),
    reference("ticket_id", "tickets", primary_key=True),
    reference("label_id", "labels", primary_key=True),
    sa.Index(None, "label_id", "ticket_id"),
    info=VERSIONED,
)

former_ticket_keys = sa.Table(
    "former_ticket_keys",
    metadata,
    workspace_column(),
    reference("project_id", "projects", primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
    reference("ticket_id", "tickets"),
    info=VERSIONED,
)


PAST_COLUMNS = (
    "project_id", "container_id", "number", "key", "title", "title_sort", "type", "status", "priority", "stage",
    "assignee_id", "reporter_id", "group_id", "due_date", "completed_at", "comment_count", "attachment_count",
    "time_log_count", "created_at", "updated_at", "deleted_at",
)  # fmt: skip
"""The columns of a ticket that a state from before has too; descriptions are long and in the event log."""

past_tickets = sa.Table(
    "past_tickets",
    metadata,
    workspace_column(),
    reference("id", "tickets", primary_key=True),
    sa.Column("valid_from", UtcDateTime(), nullable=False),
    sa.Column("valid_to", UtcDateTime(), primary_key=True),
    *(sa.Column(name, tickets.c[name].type, nullable=True) for name in PAST_COLUMNS),
    sa.Column("label_ids", Json(), nullable=False),
    sa.Index(
        "ix_past_tickets_states",
        *("container_id", "status", "valid_to", "valid_from", "deleted_at", "priority", "type", "id"),
    ),
    sqlite_with_rowid=False,
)


def updated_at_least(moment: AnyColumn) -> "sa.Case[Any]":
    """Return `updated_at` of tickets that change at a moment; it never goes back, whatever the clock does."""
    return sa.case((tickets.c.updated_at < moment, moment), else_=tickets.c.updated_at)


def title_sort_key(title: str) -> str:
    """Return the text by which a title is sorted, without regard to case."""
    return title.casefold()[:TITLE_SORT_LENGTH]
