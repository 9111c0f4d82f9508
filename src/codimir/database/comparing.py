"""Compare the schema that a database has with the one that the tables describe, without SQLAlchemy's inspection."""

from typing import NamedTuple

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.schema import metadata
from codimir.database.statements import Statement


class Lacking(NamedTuple):
    """What a database should have and has not."""

    columns: list[str]
    """Such as `events.batch_id`. Whatever reads or writes them fails."""
    indexes: list[str]
    """What needs them takes longer."""


async def lacking_in(tx: Transaction) -> Lacking:
    """Return which columns and indexes of the tables that are loaded a database lacks."""
    columns = set(await tx.fetch_all(_COLUMNS[tx.dialect]))
    indexes = {name for (name,) in await tx.fetch_all(_INDEXES[tx.dialect])}
    tables = metadata.sorted_tables
    lacking = [
        f"{table.name}.{each.name}" for table in tables for each in table.c if (table.name, each.name) not in columns
    ]
    expected = {str(index.name) for table in tables for index in table.indexes}
    return Lacking(lacking, sorted(expected - indexes))


_COLUMNS = {
    "sqlite": Statement(
        sa.text(
            "SELECT m.name, c.name FROM sqlite_master AS m JOIN pragma_table_xinfo(m.name) AS c WHERE m.type = 'table'"
        )
    ),
    "postgresql": Statement(
        sa.text(
            "SELECT table_name::text, column_name::text FROM information_schema.columns"
            " WHERE table_schema = current_schema()"
        )
    ),
}
_INDEXES = {
    "sqlite": Statement(sa.text("SELECT name FROM sqlite_master WHERE type = 'index'")),
    "postgresql": Statement(sa.text("SELECT indexname::text FROM pg_indexes WHERE schemaname = current_schema()")),
}
