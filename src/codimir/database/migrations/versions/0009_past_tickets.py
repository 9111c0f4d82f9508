"""The states in which tickets were before, written by a trigger."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from codimir.database.types import Json, UtcDateTime, sortable_text

revision = "0009"
down_revision = "0008"

COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "project_id": sortable_text(),
    "container_id": sortable_text(),
    "number": sa.Integer(),
    "key": sa.Text(),
    "title": sa.Text(),
    "title_sort": sortable_text(),
    "type": sa.SmallInteger(),
    "status": sa.SmallInteger(),
    "priority": sa.SmallInteger(),
    "stage": sa.SmallInteger(),
    "assignee_id": sortable_text(),
    "reporter_id": sortable_text(),
    "group_id": sortable_text(),
    "due_date": UtcDateTime(),
    "completed_at": UtcDateTime(),
    "comment_count": sa.Integer(),
    "attachment_count": sa.Integer(),
    "time_log_count": sa.Integer(),
    "created_at": UtcDateTime(),
    "updated_at": UtcDateTime(),
    "deleted_at": UtcDateTime(),
}
INDEXED = ["container_id", "status", "valid_to", "valid_from", "deleted_at", "priority", "type", "id"]
INTO = f"INSERT INTO past_tickets (workspace_id, id, valid_from, valid_to, {', '.join(COLUMNS)}, label_ids)"
VALUES = f"OLD.workspace_id, OLD.id, OLD.updated_at, NEW.updated_at, {', '.join(f'OLD.{name}' for name in COLUMNS)}"


def upgrade() -> None:
    """Make the table, and the trigger in the way of the database."""
    op.create_table(
        "past_tickets",
        sa.Column("workspace_id", sortable_text(), nullable=False),
        sa.Column("id", sortable_text(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_to", UtcDateTime(), nullable=False),
        *(sa.Column(name, kind, nullable=True) for name, kind in COLUMNS.items()),
        sa.Column("label_ids", Json(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_past_tickets_workspace_id")),
        sa.ForeignKeyConstraint(["id"], ["tickets.id"], name=op.f("fk_past_tickets_id")),
        sa.PrimaryKeyConstraint("id", "valid_to", name=op.f("pk_past_tickets")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_past_tickets_states", "past_tickets", INDEXED)
    if op.get_bind().dialect.name == "sqlite":
        _make_sqlite_trigger()
    else:
        _make_postgres_trigger()


def _make_sqlite_trigger() -> None:
    labels = "SELECT label_id FROM ticket_labels WHERE ticket_id = OLD.id ORDER BY label_id"
    op.execute(
        "CREATE TRIGGER keep_past_ticket AFTER UPDATE ON tickets WHEN OLD.updated_at < NEW.updated_at BEGIN"
        f" {INTO} SELECT {VALUES}, (SELECT json_group_array(label_id) FROM ({labels})) WHERE true"
        " ON CONFLICT DO NOTHING; END"
    )


def _make_postgres_trigger() -> None:
    labels = "SELECT jsonb_agg(label_id ORDER BY label_id) FROM ticket_labels WHERE ticket_id = OLD.id"
    op.execute(
        "CREATE FUNCTION keep_past_ticket() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" {INTO} SELECT {VALUES}, coalesce(({labels}), '[]') ON CONFLICT DO NOTHING; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER keep_past_ticket AFTER UPDATE ON tickets FOR EACH ROW"
        " WHEN (OLD.updated_at < NEW.updated_at) EXECUTE FUNCTION keep_past_ticket()"
    )
