"""The one description of all tables; each noun adds its own in `tables.py`."""

import sqlalchemy as sa

from codimir.database.types import UtcDateTime, sortable_text

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_column() -> "sa.Column[str]":
    """Name a row by its TypeID."""
    return sa.Column("id", sortable_text(), primary_key=True)


def workspace_column(*, primary_key: bool = False) -> "sa.Column[str]":
    """Name the tenant that a row belongs to: the shard key of every table that holds a tenant's data."""
    return sa.Column(
        "workspace_id", sortable_text(), sa.ForeignKey("workspaces.id"), nullable=False, primary_key=primary_key
    )


def reference(name: str, target: str, *, nullable: bool = False, primary_key: bool = False) -> "sa.Column[str]":
    """Name a row of another table."""
    return sa.Column(name, sortable_text(), sa.ForeignKey(f"{target}.id"), nullable=nullable, primary_key=primary_key)


def name_columns() -> "list[sa.Column[str]]":
    """Hold a name, and the keys by which it is searched and ordered (`kit.collation.name_keys`)."""
    return [
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_search", sa.Text(), nullable=False, server_default=""),
        sa.Column("name_sort", sortable_text(), nullable=False, server_default=""),
    ]


def moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    """Hold a moment in UTC."""
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def index_trash(table: sa.Table) -> None:
    """Index what was deleted and waits to go for good; what is live costs it nothing."""
    is_deleted = table.c.deleted_at.is_not(None)
    sa.Index(f"ix_{table.name}_trash", table.c.deleted_at, sqlite_where=is_deleted, postgresql_where=is_deleted)
