"""Tickets of a place are found by when they are due, were created, and were completed."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

LIVE = "deleted_at IS NULL"


def upgrade() -> None:
    """Add the indexes."""
    for name, columns, live in (
        ("ix_tickets_live_container_due_date_status", ["due_date", "id", "status"], LIVE),
        ("ix_tickets_live_container_created_at", ["created_at", "id"], LIVE),
        ("ix_tickets_completed_container_completed_at", ["completed_at", "id"], f"{LIVE} AND completed_at IS NOT NULL"),
    ):
        op.create_index(
            name,
            "tickets",
            ["container_id", *columns],
            sqlite_where=sa.text(live),
            postgresql_where=sa.text(live),
        )
