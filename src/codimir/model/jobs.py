"""Background jobs: a row from the change that begins the work until the portion that ends it.

Whoever does a portion locks the row, so several processes share the work without doing any of it twice; after a crash
the next portion is taken up from where the last one committed.

How far a job is changes without a version: its routes take the settings, and so are tagged by their content.
"""

import sqlalchemy as sa

from codimir.database.schema import id_column, metadata, moment, reference
from codimir.database.types import sortable_text
from codimir.model.columns import VERSIONED, workspace_column

background_jobs = sa.Table(
    "background_jobs",
    metadata,
    id_column(),
    workspace_column(),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("subject_id", sortable_text(), nullable=False),
    sa.Column("project_id", sortable_text(), nullable=True),
    reference("actor_id", "users", nullable=True),
    sa.Column("batch_id", sortable_text(), nullable=False),
    sa.Column("position", sa.BigInteger(), nullable=False),
    moment("moment", nullable=True),
    sa.Column("done", sa.Integer(), nullable=False),
    sa.Column("total", sa.Integer(), nullable=False),
    moment("created_at"),
    moment("updated_at"),
    info=VERSIONED,
)
