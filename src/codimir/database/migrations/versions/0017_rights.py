"""What people started stands on their rights; where people sign in from and what was mailed is counted."""

import sqlalchemy as sa
from alembic import op

from codimir.database.types import Json, UtcDateTime, sortable_text

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the columns and the tables."""
    _add_person("webhooks", "confirmed_by")
    _add_person("links", "made_by_id")
    op.create_index(op.f("ix_invitations_invited_by_id"), "invitations", ["invited_by_id"])
    op.create_index(op.f("ix_kept_replies_user_id"), "kept_replies", ["user_id"])
    op.create_table(
        "known_addresses",
        sa.Column("user_id", sortable_text(), nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("signed_in_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_known_addresses_user_id")),
        sa.PrimaryKeyConstraint("user_id", "address_hash", name=op.f("pk_known_addresses")),
    )
    op.create_table(
        "mail_counts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("recent", Json(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_mail_counts")),
    )
    op.create_index(op.f("ix_mail_counts_counted_at"), "mail_counts", ["counted_at"])


def _add_person(table: str, column: str) -> None:
    reference = sa.ForeignKey("users.id", name=op.f(f"fk_{table}_{column}"))
    op.add_column(table, sa.Column(column, sortable_text(), reference, nullable=True), inline_references=True)
