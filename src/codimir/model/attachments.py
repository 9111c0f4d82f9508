"""Attachments: what is known of a file; its bytes are in the file store under `storage_key`."""

import sqlalchemy as sa

from codimir.database.schema import id_column, metadata, moment, reference
from codimir.model.columns import VERSIONED, index_deleted, workspace_column

attachments = sa.Table(
    "attachments",
    metadata,
    id_column(),
    workspace_column(),
    reference("ticket_id", "tickets"),
    reference("author_id", "users"),
    sa.Column("filename", sa.Text(), nullable=False),
    sa.Column("content_type", sa.Text(), nullable=False),
    sa.Column("size", sa.BigInteger(), nullable=False),
    sa.Column("storage_key", sa.Text(), nullable=False),
    moment("created_at"),
    moment("deleted_at", nullable=True),
    sa.Index(None, "ticket_id", "created_at", "id"),
    info=VERSIONED,
)
index_deleted(attachments)
