"""SQLite: one writer thread with group commit; short reads in place, long ones on reader threads."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from codimir.database.core import (
    READ_TIMEOUT_SECONDS,
    DatabaseLoad,
    Unit,
)
from codimir.database.memory import Memory
from codimir.database.sqlite_checkpoints import MAX_LOG_PAGES_OF_WRITER, Checkpoints
from codimir.database.sqlite_transactions import (
    BUSY_TIMEOUT_SECONDS,
    SqliteTransaction,
    connect,
    run_to_end,
    translated,
)
from codimir.database.sqlite_writer import SqliteWriter
from codimir.database.statements import Row, Statement
from codimir.database.time_limits import LimitedRead
from codimir.database.watching import Watch, Watchers
from codimir.kit.clock import Clock, utc_now

T = TypeVar("T")

READER_THREADS = 3
"""One more than a person may have read at once"""
CACHE_MB = 8
"""What the connection that reads in place keeps of the file, and the writer's"""
SECONDS_BETWEEN_LOOKS = 0.05
"""How often a process in which somebody watches looks whether another process has written."""


class SqliteDatabase:
    """A database in one file."""

    dialect = "sqlite"

    def __init__(
        self,
        path: Path,
        clock: Clock = utc_now,
        busy_timeout: float = BUSY_TIMEOUT_SECONDS,
        read_timeout: float = READ_TIMEOUT_SECONDS,
    ) -> None:
        self.read_timeout = read_timeout
        self.memory = Memory()
        self._path = path
        self._clock = clock
        self._closed = False
        self._in_place = connect(path, read_only=True, cache_mb=CACHE_MB)
        self._reader_local = threading.local()
        self._reader_connections: list[sqlite3.Connection] = []
        self._readers = ThreadPoolExecutor(READER_THREADS, thread_name_prefix="sqlite-reader")
        self._watching = connect(path, read_only=True)
        self._watchers = Watchers(self._follow)
        writing = connect(path, busy_timeout=busy_timeout, cache_mb=CACHE_MB)
        writing.execute(f"PRAGMA wal_autocheckpoint = {MAX_LOG_PAGES_OF_WRITER}")
        self._writer = SqliteWriter(writing, self.now, self.memory, self._committed)
        self._checkpoints = Checkpoints(path, self._writer.write_back_rest)

    def now(self) -> datetime:
        """Return what time it is for the units of this database."""
        return self._clock()

    async def data_version(self) -> Hashable | None:
        """Ask the connection that reads in place, which never writes (https://sqlite.org/pragma.html)."""
        try:
            [version] = self._in_place.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error as error:
            raise translated(error) from error
        return int(version)

    async def fetch_all(self, statement: Statement, **values: object) -> list[Row]:
        """Run one short statement that only reads, in place."""
        compiled = statement.compiled("sqlite")
        try:
            rows = self._in_place.execute(compiled.sql, compiled.arguments(values)).fetchall()
        except sqlite3.Error as error:
            raise translated(error) from error
        return compiled.decoded(rows)

    async def read(self, unit: Unit[T]) -> T:
        """Run a short unit that only reads, in place and in one snapshot."""
        return self._read_on(self._in_place, unit)

    async def read_long(self, unit: Unit[T]) -> T:
        """Run a unit that only reads on a reader thread; raises TookTooLong."""
        limit = LimitedRead(self.read_timeout)

        async def limited(tx: Any) -> T:
            with limit.within(tx.connection):
                return await unit(tx)

        return await limit.run(self._readers, lambda: self._read_on_thread(limited))

    async def write(self, unit: Unit[T]) -> T:
        """Hand the unit to the writer thread; the answer comes after the commit of its group.

        A unit whose client goes away before its turn is not run.
        """
        return await self._writer.write(unit)

    def watch(self, seconds_between: float = 0.0) -> AbstractAsyncContextManager[Watch]:
        """Watch for commits: those of this process are told by its writer, those of others are looked for."""
        return self._watchers.watch(seconds_between)

    async def load(self) -> DatabaseLoad:
        """Return how large the file and its log are, and how many units wait for the writer."""
        files = (self._path, self._path.with_name(f"{self._path.name}-wal"))
        return DatabaseLoad(sum(each.stat().st_size for each in files if each.exists()), self._writer.waiting)

    def trace(self, callback: Callable[[str], object] | None) -> None:
        """Call back with the SQL of every statement that is read in place, until it is called with None."""
        self._in_place.set_trace_callback(callback)

    async def close(self) -> None:
        """Finish what waits, fold the log into the file and close."""
        if self._closed:
            return
        self._closed = True
        await self._writer.close()
        await asyncio.to_thread(self._checkpoints.close)
        self._readers.shutdown(wait=True)
        for connection in [self._in_place, self._watching, *self._reader_connections]:
            connection.close()

    def _committed(self) -> None:
        self._watchers.tell_from_thread()
        self._checkpoints.written()

    def _read_on_thread(self, unit: Unit[T]) -> T:
        connection = getattr(self._reader_local, "connection", None)
        if connection is None:
            connection = self._reader_local.connection = connect(self._path, read_only=True)
            self._reader_connections.append(connection)
        return self._read_on(connection, unit)

    def _read_on(self, connection: sqlite3.Connection, unit: Unit[T]) -> T:
        try:
            connection.execute("BEGIN")
            try:
                result: T = run_to_end(unit(SqliteTransaction(connection, self._clock(), self.memory)))
                return result
            finally:
                connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise translated(error) from error

    async def _follow(self) -> None:
        seen = None
        while True:
            with suppress(sqlite3.Error):  # whoever is woken reads, and learns what is wrong
                if seen != (seen := self._watching.execute("PRAGMA data_version").fetchone()):
                    self._watchers.tell()
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
