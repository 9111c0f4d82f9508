"""Columns and indexes that the tables of tenants share."""

import sqlalchemy as sa

from codimir.database.types import sortable_text

VERSIONED = {"versioned": True}
"""Of a table of which every change that can be seen raises the version of its workspace, or that of people: a reply
that is read from such tables alone is the same until then (`revisions/read_tracking.py`)."""


def workspace_column(*, primary_key: bool = False) -> "sa.Column[str]":
    """Name the tenant that a row belongs to: the shard key of every table that holds a tenant's data."""
    return sa.Column(
        "workspace_id", sortable_text(), sa.ForeignKey("workspaces.id"), nullable=False, primary_key=primary_key
    )


def index_deleted(table: sa.Table) -> None:
    """Index what was deleted and waits to go for good; what is live costs it nothing."""
    is_deleted = table.c.deleted_at.is_not(None)
    sa.Index(f"ix_{table.name}_trash", table.c.deleted_at, sqlite_where=is_deleted, postgresql_where=is_deleted)
