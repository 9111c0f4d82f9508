"""Time logs."""

import sqlalchemy as sa

from codimir.database.schema import id_column, metadata, moment, reference
from codimir.model.columns import VERSIONED, index_deleted, workspace_column

time_logs = sa.Table(
    "time_logs",
    metadata,
    id_column(),
    workspace_column(),
    reference("ticket_id", "tickets"),
    reference("user_id", "users"),
    sa.Column("minutes", sa.Integer(), nullable=False),
    sa.Column("description", sa.Text(), nullable=True),
    moment("started_at"),
    moment("created_at"),
    moment("deleted_at", nullable=True),
    sa.Index(None, "ticket_id", "started_at", "id"),
    sa.Index(None, "user_id"),
    info=VERSIONED,
)
index_deleted(time_logs)
