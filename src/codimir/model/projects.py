"""Projects, who is in them, since when they are public, and the keys that they had before."""

import sqlalchemy as sa

from codimir.database.schema import id_column, metadata, moment, name_columns, reference
from codimir.database.types import OrderedEnum
from codimir.model.columns import VERSIONED, index_deleted, workspace_column
from codimir.model.enums import ROLES

projects = sa.Table(
    "projects",
    metadata,
    id_column(),
    workspace_column(),
    *name_columns(),
    sa.Column("description", sa.Text(), nullable=True),
    sa.Column("key", sa.Text(), nullable=False),
    sa.Column("status", sa.Text(), nullable=False),
    sa.Column("visibility", sa.Text(), nullable=False),
    sa.Column("join_policy", sa.Text(), nullable=False, server_default="invite_only"),
    reference("owner_id", "users"),
    sa.Column("ticket_counter", sa.Integer(), nullable=False),
    sa.Column("search_words", sa.Text(), nullable=False, server_default=""),
    moment("created_at"),
    moment("updated_at"),
    moment("deleted_at", nullable=True),
    sa.UniqueConstraint("workspace_id", "key"),
    sa.Index(None, "key"),
    info=VERSIONED,
)
index_deleted(projects)

project_members = sa.Table(
    "project_members",
    metadata,
    workspace_column(),
    reference("project_id", "projects", primary_key=True),
    reference("user_id", "users", primary_key=True),
    sa.Column("role", OrderedEnum(ROLES), nullable=False),
    moment("created_at"),
    sa.Index(None, "user_id"),
    info=VERSIONED,
)

published_projects = sa.Table(
    "published_projects",
    metadata,
    workspace_column(),
    reference("project_id", "projects", primary_key=True),
    sa.Column("version", sa.BigInteger(), nullable=False),
    moment("published_at"),
    info=VERSIONED,
)
"""Projects that were private before, and when they became public the last time: the version of the event that tells
it, and its moment."""

former_project_keys = sa.Table(
    "former_project_keys",
    metadata,
    workspace_column(primary_key=True),
    sa.Column("key", sa.Text(), primary_key=True),
    reference("project_id", "projects"),
    info=VERSIONED,
)
