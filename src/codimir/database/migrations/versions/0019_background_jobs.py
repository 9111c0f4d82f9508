"""Work on many tickets goes on in the background; what it is about is hidden until it is done."""

import sqlalchemy as sa
from alembic import op

from codimir.database.types import UtcDateTime, sortable_text

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the table and the columns."""
    op.create_table(
        "background_jobs",
        sa.Column("id", sortable_text(), nullable=False),
        sa.Column("workspace_id", sortable_text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sortable_text(), nullable=False),
        sa.Column("project_id", sortable_text(), nullable=True),
        sa.Column("actor_id", sortable_text(), nullable=True),
        sa.Column("batch_id", sortable_text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("moment", UtcDateTime(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_background_jobs_workspace_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_background_jobs_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_background_jobs")),
    )
    for table in ("labels", "groups"):
        op.add_column(table, sa.Column("deleted_at", UtcDateTime(), nullable=True))
    is_deleted = sa.text("deleted_at IS NOT NULL")
    op.create_index("ix_groups_trash", "groups", ["deleted_at"], sqlite_where=is_deleted, postgresql_where=is_deleted)
