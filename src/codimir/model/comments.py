"""Comments."""

import sqlalchemy as sa

from codimir.database.schema import id_column, index_trash, metadata, moment, reference, workspace_column

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
)
index_trash(comments)
