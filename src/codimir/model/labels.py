"""Labels; a label without a project serves its whole workspace.

One that is deleted keeps its row, which nobody sees, until it is off all its tickets; its name is free at once.
"""

import sqlalchemy as sa

from codimir.database.schema import id_column, metadata, moment, name_columns, reference
from codimir.database.types import sortable_text
from codimir.model.columns import VERSIONED, workspace_column

labels = sa.Table(
    "labels",
    metadata,
    id_column(),
    workspace_column(),
    reference("project_id", "projects", nullable=True),
    sa.Column(
        "scope_id", sortable_text(), sa.Computed("coalesce(project_id, workspace_id)", persisted=True), nullable=False
    ),
    *name_columns(),
    sa.Column("name_key", sa.Text(), nullable=False),
    sa.Column("color", sa.Text(), nullable=False),
    moment("created_at"),
    moment("updated_at"),
    moment("deleted_at", nullable=True),
    sa.UniqueConstraint("scope_id", "name_key"),
    sa.Index(None, "workspace_id"),
    info=VERSIONED,
)
