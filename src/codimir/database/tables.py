"""What the database knows of itself."""

import sqlalchemy as sa

from codimir.database.schema import metadata, moment

clock_readings = sa.Table(
    "clock_readings",
    metadata,
    sa.Column("id", sa.SmallInteger(), primary_key=True, autoincrement=False),
    moment("read_at"),
    moment("doubted_until", nullable=True),
)
"""One row: when the clock was last looked at, and until when it is not believed that something is old."""
