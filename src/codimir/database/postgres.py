"""PostgreSQL: pooled transactions, tried again when they collide."""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

import asyncpg
import msgspec

from codimir.database.core import DatabaseError, Unavailable, UniqueViolation, Unit
from codimir.database.statements import Row, Statement
from codimir.kit.clock import Clock, utc_now

T = TypeVar("T")

COLLISIONS = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.DiskFullError,
    asyncpg.InterfaceError,
)
ATTEMPTS = 8
POOL_SIZE = 10
ACQUIRE_TIMEOUT_SECONDS = 20


class PostgresTransaction:
    """Statements on one pooled connection."""

    __slots__ = ("batch_id", "connection", "dialect", "now")

    def __init__(self, connection: Any, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.batch_id: str | None = None
        self.dialect = "postgresql"

    async def all(self, statement: Statement, **values: Any) -> list[Row]:
        """Give every row."""
        compiled = statement.compiled("postgresql")
        return compiled.decoded(await self.connection.fetch(compiled.sql, *compiled.arguments(values)))

    async def one(self, statement: Statement, **values: Any) -> Row | None:
        """Give the first row, or None."""
        compiled = statement.compiled("postgresql")
        row = await self.connection.fetchrow(compiled.sql, *compiled.arguments(values))
        return None if row is None else compiled.decoded((row,))[0]

    async def value(self, statement: Statement, **values: Any) -> Any:
        """Give the first column of the first row, or None."""
        row = await self.one(statement, **values)
        return None if row is None else row[0]

    async def run(self, statement: Statement, **values: Any) -> int:
        """Change rows; give how many."""
        compiled = statement.compiled("postgresql")
        status = await self.connection.execute(compiled.sql, *compiled.arguments(values))
        return int(status.rsplit(" ", 1)[1])

    async def run_many(self, statement: Statement, rows: Sequence[dict[str, Any]]) -> None:
        """Run a statement once for each set of values."""
        compiled = statement.compiled("postgresql")
        await self.connection.executemany(compiled.sql, [compiled.arguments(row) for row in rows])


class PostgresDatabase:
    """A database on a PostgreSQL server."""

    dialect = "postgresql"

    def __init__(self, pool: Any, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that only reads, in one snapshot."""
        return await self._run(unit, isolation="repeatable_read", readonly=True)

    async def read_long(self, unit: Unit[T]) -> T:
        """Run a unit that only reads; the server does the waiting."""
        return await self.read(unit)

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit and commit it, from its start again when it collides with another."""
        for attempt in range(1, ATTEMPTS):
            try:
                return await self._run(unit, isolation="read_committed", readonly=False)
            except COLLISIONS:
                await asyncio.sleep(random.uniform(0, 0.005 * 2**attempt))  # noqa: S311 - jitter, not a secret
        try:
            return await self._run(unit, isolation="read_committed", readonly=False)
        except COLLISIONS as error:
            raise Unavailable(str(error)) from error

    async def close(self) -> None:
        """Close every connection once it is free."""
        await self._pool.close()

    async def _run(self, unit: Unit[T], *, isolation: str, readonly: bool) -> T:
        try:
            async with (
                self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection,
                connection.transaction(isolation=isolation, readonly=readonly),
            ):
                return await unit(PostgresTransaction(connection, self._clock()))
        except asyncpg.UniqueViolationError as error:
            raise UniqueViolation(str(error)) from error
        except COLLISIONS:
            raise
        except ValueError as error:  # asyncpg's word for a value that does not fit its parameter
            raise DatabaseError(str(error)) from error
        except UNREACHABLE as error:
            raise Unavailable(str(error)) from error
        except asyncpg.PostgresError as error:
            raise DatabaseError(str(error)) from error


async def connect(url: str, clock: Clock = utc_now) -> PostgresDatabase:
    """Open a pool of connections."""
    try:
        pool = await asyncpg.create_pool(url, min_size=1, max_size=POOL_SIZE, init=_prepare)
    except UNREACHABLE as error:
        raise Unavailable(f"PostgreSQL does not answer: {error}") from error
    return PostgresDatabase(pool, clock)


async def _prepare(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda data: msgspec.json.decode(data[1:]),
        format="binary",
        schema="pg_catalog",
    )
