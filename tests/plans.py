"""How SQLite answers a query."""

from typing import Any

from codimir.database.core import Database


async def query_plan(db: Database, sql: str) -> list[str]:
    """Return the steps in which SQLite answers a query."""

    async def unit(tx: Any) -> list[str]:
        return [row[3] for row in tx.connection.execute(f"EXPLAIN QUERY PLAN {sql}")]

    return await db.read(unit)
