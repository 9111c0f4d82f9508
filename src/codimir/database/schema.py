"""The one description of all tables; `model/` adds them, and these are the columns of which they are made."""

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
