"""Groups; one that is deleted keeps its row, which nobody sees, until no ticket is left in it."""

import sqlalchemy as sa

from codimir.database.schema import id_column, index_trash, metadata, moment, workspace_column

groups = sa.Table(
    "groups",
    metadata,
    id_column(),
    workspace_column(),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("description", sa.Text(), nullable=True),
    moment("created_at"),
    moment("updated_at"),
    moment("deleted_at", nullable=True),
    sa.UniqueConstraint("workspace_id", "name"),
)
index_trash(groups)
