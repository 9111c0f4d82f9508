"""Comments."""

import sqlalchemy as sa

from codimir.database.schema import id_column, metadata, moment, reference
from codimir.model.columns import VERSIONED, index_deleted, workspace_column

comments = sa.Table(
    "comments",
    metadata,
    id_column(),
    workspace_column(),
    reference("ticket_id", "tickets"),
    reference("author_id", "users"),
    sa.Column("content", sa.Text(), nullable=False),
    moment("created_at"),
    moment("updated_at"),
    moment("deleted_at", nullable=True),
    sa.Index(None, "ticket_id", "created_at", "id"),
    sa.Index(None, "author_id"),
    info=VERSIONED,
)
index_deleted(comments)
