"""Invitations that nobody has accepted yet."""

import sqlalchemy as sa

from codimir.database.schema import id_column, metadata, moment, reference
from codimir.database.types import Json, OrderedEnum
from codimir.model.columns import workspace_column
from codimir.model.enums import ROLES

invitations = sa.Table(
    "invitations",
    metadata,
    id_column(),
    workspace_column(),
    sa.Column("token_hash", sa.Text(), nullable=False, unique=True),
    sa.Column("email", sa.Text()),
    sa.Column("email_key", sa.Text()),
    sa.Column("role", OrderedEnum(ROLES), nullable=False),
    reference("invited_by_id", "users"),
    sa.Column("project_ids", Json(), nullable=False, server_default="[]"),
    moment("created_at"),
    moment("expires_at"),
    sa.UniqueConstraint("workspace_id", "email_key"),
    sa.Index(None, "invited_by_id"),
)
