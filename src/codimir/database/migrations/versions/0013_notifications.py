"""Notifications, and how far the event log has been read for them."""

import sqlalchemy as sa
from alembic import op

from codimir.database.types import UtcDateTime, sortable_text

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "notifications",
        sa.Column("id", sortable_text(), nullable=False),
        sa.Column("workspace_id", sortable_text(), nullable=False),
        sa.Column("user_id", sortable_text(), nullable=False),
        sa.Column("event_id", sortable_text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sortable_text(), nullable=True),
        sa.Column("project_id", sortable_text(), nullable=True),
        sa.Column("ticket_id", sortable_text(), nullable=True),
        sa.Column("comment_id", sortable_text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("mail_due_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_notifications_actor_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notifications_user_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_notifications_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("user_id", "event_id", name=op.f("uq_notifications_user_id_event_id")),
    )
    op.create_index(op.f("ix_notifications_created_at"), "notifications", ["created_at"])
    op.create_index(op.f("ix_notifications_user_id_created_at_id"), "notifications", ["user_id", "created_at", "id"])
    _partial_index("ix_notifications_unread", ["user_id"], "read_at IS NULL")
    _partial_index("ix_notifications_to_mail", ["mail_due_at", "user_id"], "mail_due_at IS NOT NULL")
    op.create_table(
        "notification_positions",
        sa.Column("workspace_id", sortable_text(), nullable=False),
        sa.Column("read_version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_notification_positions_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_notification_positions")),
    )


def _partial_index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "notifications", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
