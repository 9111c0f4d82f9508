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

ended_sessions = sa.Table(
    "ended_sessions",
    metadata,
    sa.Column("token_hash", sa.Text(), primary_key=True),
    moment("expires_at"),
    sa.Index(None, "expires_at"),
)
"""Sessions that we did not start, because their cookie is all there is of them, and that have ended all the same."""

sign_in_tries = sa.Table(
    "sign_in_tries",
    metadata,
    sa.Column("key", sa.Text(), primary_key=True),
    sa.Column("recent", Json(), nullable=False),
    moment("tried_at"),
    sa.Index(None, "tried_at"),
)

known_addresses = sa.Table(
    "known_addresses",
    metadata,
    reference("user_id", "users", primary_key=True),
    sa.Column("address_hash", sa.Text(), primary_key=True),
    moment("signed_in_at"),
)
"""From where people signed in before: strangers who guess their password elsewhere do not shut them out there."""

mail_counts = sa.Table(
    "mail_counts",
    metadata,
    sa.Column("key", sa.Text(), primary_key=True),
    sa.Column("recent", Json(), nullable=False),
    moment("counted_at"),
    sa.Index(None, "counted_at"),
)

instance_secrets = sa.Table(
    "instance_secrets",
    metadata,
    sa.Column("name", sa.Text(), primary_key=True),
    sa.Column("value", sa.Text(), nullable=False),
    moment("created_at"),
)
"""What every worker and server of an instance must know alike, and nobody else."""
