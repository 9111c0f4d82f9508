"""Projects are found by their words and sorted by their names."""

import sqlalchemy as sa
from alembic import op

from codimir.database.types import sortable_text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("projects", sa.Column("name_sort", sortable_text(), nullable=False, server_default=""))
    op.add_column("projects", sa.Column("search_words", sa.Text(), nullable=False, server_default=""))
