"""People. They belong to the instance; their memberships say which workspaces they are in."""

import sqlalchemy as sa

from codimir.database.schema import id_column, metadata, moment, name_columns
from codimir.database.types import Json
from codimir.model.columns import VERSIONED

users = sa.Table(
    "users",
    metadata,
    id_column(),
    sa.Column("email", sa.Text(), nullable=False),
    sa.Column("email_key", sa.Text(), nullable=False, unique=True),
    *name_columns(),
    sa.Column("first_name", sa.Text(), nullable=True),
    sa.Column("last_name", sa.Text(), nullable=True),
    sa.Column("image", sa.Text(), nullable=True),
    sa.Column("role", sa.Text(), nullable=False),
    moment("email_verified_at", nullable=True),
    sa.Column("password_hash", sa.Text(), nullable=True),
    sa.Column("preferences", Json(), nullable=False),
    moment("not_before", nullable=True),
    moment("disabled_at", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    info=VERSIONED,
)

people_version = sa.Table(
    "people_version",
    metadata,
    sa.Column("version", sa.BigInteger(), primary_key=True, autoincrement=False),
    info=VERSIONED,
)
"""One row: a number that the database itself raises with every change of `users`, begun at a random one."""
