"""Groups."""

import sqlalchemy as sa

from codimir.database.schema import id_column, metadata, moment, workspace_column

groups = sa.Table(
    "groups",
    metadata,
    id_column(),
    workspace_column(),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("description", sa.Text(), nullable=True),
    moment("created_at"),
    moment("updated_at"),
    sa.UniqueConstraint("workspace_id", "name"),
)
