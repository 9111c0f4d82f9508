"""Groups; one that is deleted keeps its row, which nobody sees, until no ticket is left in it."""

import sqlalchemy as sa

from codimir.database.schema import id_column, metadata, moment, name_columns
from codimir.model.columns import VERSIONED, index_deleted, workspace_column

groups = sa.Table(
    "groups",
    metadata,
    id_column(),
    workspace_column(),
    *name_columns(),
    sa.Column("description", sa.Text(), nullable=True),
    moment("created_at"),
    moment("updated_at"),
    moment("deleted_at", nullable=True),
    sa.UniqueConstraint("workspace_id", "name"),
    info=VERSIONED,
)
index_deleted(groups)
