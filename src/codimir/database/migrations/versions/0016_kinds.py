"""Tickets of a place are counted by their kinds."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

LIVE = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_tickets_live_container_status_priority_type",
        "tickets",
        ["container_id", "status", "priority", "type"],
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
