"""How people prove who they are."""

import sqlalchemy as sa

from codimir.database.schema import id_column, metadata, moment, reference
from codimir.database.types import Json

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.Text(), primary_key=True),
    reference("user_id", "users"),
    moment("created_at"),
    moment("expires_at"),
    sa.Index(None, "user_id"),
)

api_tokens = sa.Table(
    "api_tokens",
    metadata,
    id_column(),
    sa.Column("token_hash", sa.Text(), nullable=False, unique=True),
    reference("user_id", "users"),
    reference("workspace_id", "workspaces", nullable=True),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("scopes", Json(), nullable=False),
    moment("created_at"),
    moment("last_used_at", nullable=True),
    moment("expires_at", nullable=True),
    moment("revoked_at", nullable=True),
    sa.Index(None, "user_id"),
)
