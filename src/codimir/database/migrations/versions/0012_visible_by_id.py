"""Where a ticket is can be told from an index alone, which search asks of every match."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_tickets_live_container",
        "tickets",
        ["id", "container_id"],
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
