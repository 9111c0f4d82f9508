"""The clock is looked at before something is deleted because it is old."""

import sqlalchemy as sa
from alembic import op

from codimir.database.types import UtcDateTime

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "clock_readings",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.Column("doubted_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_readings")),
    )
