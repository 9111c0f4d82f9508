"""An invitation may be for whoever has its link: it has no e-mail."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Let both columns of the e-mail be empty; invitations that are there keep theirs."""
    with op.batch_alter_table("invitations") as table:
        table.alter_column("email", existing_type=sa.Text(), nullable=True)
        table.alter_column("email_key", existing_type=sa.Text(), nullable=True)
