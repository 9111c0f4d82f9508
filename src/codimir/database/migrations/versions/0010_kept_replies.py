"""Replies that are kept for who sends a request again, and the changes of one thing in their order."""

import sqlalchemy as sa
from alembic import op

from codimir.database.types import UtcDateTime, sortable_text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table and the index."""
    op.create_table(
        "kept_replies",
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sortable_text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("reply", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_kept_replies_user_id")),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_kept_replies")),
    )
    op.create_index(op.f("ix_kept_replies_created_at"), "kept_replies", ["created_at"])
    op.create_index(op.f("ix_events_subject_id_version"), "events", ["subject_id", "version"])
