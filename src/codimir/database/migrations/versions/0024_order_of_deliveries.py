"""Deliveries of webhooks that are about one ticket are sent in their order."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add what the order follows from; deliveries that are there already have none."""
    op.add_column("webhook_deliveries", sa.Column("ordering_key", sa.Text(), nullable=True))
    op.add_column("webhook_deliveries", sa.Column("version", sa.BigInteger(), nullable=True))
    is_open = sa.text("state IN ('pending', 'sending')")
    op.create_index(
        "ix_webhook_deliveries_open_webhook_id_ordering_key_version",
        "webhook_deliveries",
        ["webhook_id", "ordering_key", "version"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
