"""PostgreSQL: pooled transactions, tried again when they collide."""

import asyncio
import logging
import random
from collections.abc import Hashable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from datetime import datetime
from typing import Any, TypeVar

import asyncpg
import msgspec
import sqlalchemy as sa

from codimir.database.core import (
    READ_TIMEOUT_SECONDS,
    DatabaseError,
    DatabaseLoad,
    OutcomeUnknown,
    Recorded,
    TookTooLong,
    Unavailable,
    UniqueViolation,
    Unit,
)
from codimir.database.memory import Memory
from codimir.database.postgres_snapshots import Snapshots
from codimir.database.statements import Row, Statement
from codimir.database.watching import CHANNEL, Watch, Watchers
from codimir.kit.clock import Clock, utc_now
from codimir.kit.outages import Outage
from codimir.kit.values import Values

T = TypeVar("T")

COLLISIONS = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleSessionTimeoutError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""The server is away, going away, or has no room. `InternalClientError` is what asyncpg says of a connection that ends
in the middle of a reply."""
REFUSED = (asyncpg.InsufficientResourcesError, asyncpg.CannotConnectNowError)
"""What the server answers in place of doing what it was asked: nothing was changed."""
ATTEMPTS = 8
POOL_SIZE = 10
LONG_READS = 6
"""So many of the connections at most read for long at a time: the others are for what is short, and for writes."""
ACQUIRE_TIMEOUT_SECONDS = 20
SECONDS_BETWEEN_PULSES = 10
"""How often the connection that listens is asked whether it still lives."""
SECONDS_TO_ANSWER = 5
SECONDS_BEFORE_LISTENING_AGAIN = 0.5
MAX_PAUSE = 5.0
"""How many seconds at most a server that is away is not asked for its announcements."""

log = logging.getLogger("codimir")
SIZE = Statement(sa.select(sa.func.pg_database_size(sa.func.current_database())))


class PostgresTransaction:
    """Statements on one pooled connection."""

    __slots__ = ("batch_id", "connection", "dialect", "memory", "now", "recorded")

    def __init__(self, connection: Any, now: datetime, memory: Memory) -> None:
        self.connection = connection
        self.now = now
        self.memory = memory
        self.batch_id: str | None = None
        self.recorded: list[Recorded] = []
        self.dialect = "postgresql"

    async def fetch_all(self, statement: Statement, **values: object) -> list[Row]:
        """Return every row."""
        compiled = statement.compiled("postgresql")
        return compiled.decoded(await self.connection.fetch(compiled.sql, *compiled.arguments(values)))

    async def fetch_one(self, statement: Statement, **values: object) -> Row | None:
        """Return the first row, or None."""
        compiled = statement.compiled("postgresql")
        row = await self.connection.fetchrow(compiled.sql, *compiled.arguments(values))
        return None if row is None else compiled.decoded((row,))[0]

    async def fetch_value(self, statement: Statement, **values: object) -> Any:
        """Return the first column of the first row, or None."""
        row = await self.fetch_one(statement, **values)
        return None if row is None else row[0]

    async def fetch_column(self, statement: Statement, **values: object) -> list[Any]:
        """Return the first column of every row."""
        return [row[0] for row in await self.fetch_all(statement, **values)]

    async def execute(self, statement: Statement, **values: object) -> int:
        """Change rows; give how many."""
        compiled = statement.compiled("postgresql")
        status = await self.connection.execute(compiled.sql, *compiled.arguments(values))
        return int(status.rsplit(" ", 1)[1])

    async def execute_many(self, statement: Statement, rows: Sequence[Values]) -> None:
        """Run a statement once for each set of values."""
        compiled = statement.compiled("postgresql")
        await self.connection.executemany(compiled.sql, [compiled.arguments(row) for row in rows])

    async def execute_later(
        self, statement: Statement, rows: Sequence[Values], behind: Statement | None = None
    ) -> None:
        """Run an insert at once: nothing is gained by waiting."""
        await self.execute_many(statement, rows)
        if behind is not None:
            await self.execute(behind, count=len(rows))


class PostgresDatabase:
    """A database on a PostgreSQL server."""

    dialect = "postgresql"

    def __init__(self, pool: Any, clock: Clock, url: str, read_timeout: float = READ_TIMEOUT_SECONDS) -> None:
        self.read_timeout = read_timeout
        self.memory = Memory()
        self._long_reads = asyncio.Semaphore(LONG_READS)
        self._pool = pool
        self._clock = clock
        self._url = url
        self._watchers = Watchers(self._follow)
        self._snapshots = Snapshots(self.fetch_all)

    def now(self) -> datetime:
        """Return what time it is for the units of this database."""
        return self._clock()

    async def data_version(self) -> Hashable | None:
        """Ask the server which transactions have ended; who asks meanwhile is answered by the next question."""
        return await self._snapshots.latest()

    async def fetch_all(self, statement: Statement, **values: object) -> list[Row]:
        """Run one statement that only reads, without a transaction around it."""
        compiled = statement.compiled("postgresql")
        with translated():
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection:
                return compiled.decoded(await connection.fetch(compiled.sql, *compiled.arguments(values)))

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that only reads, in one snapshot."""
        return await self._run(unit, isolation="repeatable_read", readonly=True)

    async def read_long(self, unit: Unit[T]) -> T:
        """Run a unit that only reads; the server stops a statement that takes longer than reads may."""

        async def limited(tx: Any) -> T:
            await tx.connection.execute(f"SET LOCAL statement_timeout = {round(1000 * self.read_timeout)}")
            try:
                return await unit(tx)
            except asyncpg.QueryCanceledError as error:
                raise TookTooLong(self.read_timeout) from error

        async with self._long_reads:
            return await self._run(limited, isolation="repeatable_read", readonly=True)

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

    def watch(self, seconds_between: float = 0.0) -> AbstractAsyncContextManager[Watch]:
        """Watch for commits that announce themselves; one connection of the process listens while somebody watches."""
        return self._watchers.watch(seconds_between)

    async def load(self) -> DatabaseLoad:
        """Return how large the database is; nothing waits for one writer here."""
        return DatabaseLoad(await self.read(lambda tx: tx.fetch_value(SIZE)), None)

    async def close(self) -> None:
        """Close every connection once it is free."""
        await self._pool.close()

    async def _follow(self) -> None:
        outage = Outage(
            "the announcements of PostgreSQL are not heard", log,
            first_pause=SECONDS_BEFORE_LISTENING_AGAIN, longest_pause=MAX_PAUSE,
        )  # fmt: skip
        while True:
            try:
                await self._listen(await asyncpg.connect(self._url, timeout=ACQUIRE_TIMEOUT_SECONDS), outage)
            except (*UNREACHABLE, asyncpg.PostgresError) as error:
                await asyncio.sleep(outage.failed(error))

    async def _listen(self, connection: Any, outage: Outage) -> None:
        """Listen until the connection is lost; whatever was announced before it was there, a read finds."""
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, lambda *_: self._watchers.tell())
            self._watchers.tell()
            while not lost.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(SECONDS_BETWEEN_PULSES):
                        await lost.wait()
                await connection.execute("SELECT 1", timeout=SECONDS_TO_ANSWER)
                outage.recovered()
        finally:
            connection.terminate()

    async def _run(self, unit: Unit[T], *, isolation: str, readonly: bool) -> T:
        """Run a unit in a transaction; what breaks after its last statement leaves open whether it was committed."""
        is_ready = is_committed = False
        with translated():
            try:
                async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection:
                    async with connection.transaction(isolation=isolation, readonly=readonly):
                        result = await unit(PostgresTransaction(connection, self._clock(), self.memory))
                        is_ready = True
                    is_committed = True
            except UNREACHABLE as error:
                if is_committed:  # the connection broke when it was given back, and is replaced
                    return result
                if is_ready and not readonly and not isinstance(error, REFUSED):
                    raise OutcomeUnknown(str(error)) from error
                raise
        return result


@contextmanager
def translated() -> Iterator[None]:
    """Name the errors of PostgreSQL by what they mean to who asked; collisions stay, because they are tried again."""
    try:
        yield
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


async def connect(url: str, clock: Clock = utc_now, read_timeout: float = READ_TIMEOUT_SECONDS) -> PostgresDatabase:
    """Open the database with a pool of connections of its own."""
    return PostgresDatabase(await open_pool(url), clock, url, read_timeout)


async def open_pool(url: str) -> Any:
    """Return a pool of connections as the database needs them."""
    try:
        return await asyncpg.create_pool(url, min_size=1, max_size=POOL_SIZE, init=_prepare, reset=_leave_as_it_is)
    except UNREACHABLE as error:
        raise Unavailable(f"PostgreSQL does not answer: {error}") from error


async def _leave_as_it_is(_connection: Any) -> None:
    """Spare the question that resets a session each time it is given back: nothing here outlives its transaction."""


async def _prepare(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda data: msgspec.json.decode(data[1:]),
        format="binary",
        schema="pg_catalog",
    )
