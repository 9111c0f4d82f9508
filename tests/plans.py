"""How SQLite answers a query."""

from codimir.database.core import Database, Transaction


async def query_plan(db: Database, sql: str) -> list[str]:
    """Return the steps in which SQLite answers a query."""

    async def unit(tx: Transaction) -> list[str]:
        return [row[3] for row in tx.connection.execute(f"EXPLAIN QUERY PLAN {sql}")]

    return await db.read(unit)
