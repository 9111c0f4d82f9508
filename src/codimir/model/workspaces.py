"""Workspaces and who is in them."""

import sqlalchemy as sa

from codimir.database.schema import id_column, metadata, moment, name_columns, reference
from codimir.database.types import OrderedEnum
from codimir.model.columns import VERSIONED, workspace_column
from codimir.model.enums import ROLES

workspaces = sa.Table(
    "workspaces",
    metadata,
    id_column(),
    *name_columns(),
    sa.Column("slug", sa.Text(), nullable=False, unique=True),
    sa.Column("version", sa.BigInteger(), nullable=False),
    moment("created_at"),
    moment("updated_at"),
    moment("deleted_at", nullable=True),
    info=VERSIONED,
)

workspace_members = sa.Table(
    "workspace_members",
    metadata,
    workspace_column(primary_key=True),
    reference("user_id", "users", primary_key=True),
    sa.Column("role", OrderedEnum(ROLES), nullable=False),
    moment("created_at"),
    sa.Index(None, "user_id"),
    info=VERSIONED,
)
