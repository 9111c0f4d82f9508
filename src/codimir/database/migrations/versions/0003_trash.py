"""The trash: find what was deleted without looking at what is live."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TABLES = ("tickets", "comments", "attachments", "time_logs", "projects")


def upgrade() -> None:
    """Make the indexes."""
    is_deleted = sa.text("deleted_at IS NOT NULL")
    for table in TABLES:
        op.create_index(
            f"ix_{table}_trash", table, ["deleted_at"], sqlite_where=is_deleted, postgresql_where=is_deleted
        )
