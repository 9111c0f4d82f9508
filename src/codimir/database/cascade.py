"""Delete rows for good, with every row that refers to them: the schema says which those are."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.schema import metadata
from codimir.database.statements import Statement, is_any_of


async def delete_with_dependents(tx: Transaction, table: sa.Table, ids: Sequence[str]) -> None:
    """Delete the rows of these ids, after what refers to them and what refers to that."""
    if not ids:
        return
    for column in _references_to(table):
        if next(_references_to(column.table), None) is not None:
            children = await tx.fetch_column(_ids_that_refer(column), named=ids)
            await delete_with_dependents(tx, column.table, children)
        else:
            await tx.execute(_delete_by(column), named=ids)
    await tx.execute(_delete_by(table.c.id), named=ids)


def _references_to(table: sa.Table) -> "Iterator[sa.Column[str]]":
    for each in metadata.tables.values():
        for key in each.foreign_keys:
            if key.column.table is table and each is not table:
                yield key.parent


@lru_cache(maxsize=128)
def _ids_that_refer(column: "sa.Column[str]") -> Statement:
    return Statement(sa.select(column.table.c.id).where(is_any_of(column, "named")))


@lru_cache(maxsize=128)
def _delete_by(column: "sa.Column[str]") -> Statement:
    return Statement(sa.delete(column.table).where(is_any_of(column, "named")))
