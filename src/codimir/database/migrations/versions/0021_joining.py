"""Who may join a public project by themselves, and into which projects an invitation lets its person."""

import sqlalchemy as sa
from alembic import op

from codimir.database.types import Json

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the columns: nobody may join what is there already until its administrators say so."""
    op.add_column("projects", sa.Column("join_policy", sa.Text(), server_default="invite_only", nullable=False))
    op.add_column("invitations", sa.Column("project_ids", Json(), server_default="[]", nullable=False))
