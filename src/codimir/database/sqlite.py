"""SQLite: one writer thread with group commit; short reads in place, long ones on reader threads."""

import asyncio
import sqlite3
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, TypeVar

from codimir.database.core import (
    READ_TIMEOUT_SECONDS,
    DatabaseError,
    DatabaseLoad,
    Recorded,
    Unavailable,
    UniqueViolation,
    Unit,
)
from codimir.database.statements import Row, Statement
from codimir.database.time_limits import LimitedRead
from codimir.database.watching import Watch, Watchers
from codimir.kit.clock import Clock, utc_now

T = TypeVar("T")

BUSY_TIMEOUT_SECONDS = 20
DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
GROUP_LIMIT = 256
READER_THREADS = 2
CACHE_MB, SMALL_CACHE_MB = 8, 4
"""What a connection keeps of the file: the one in place and the writer, and each that reads for long."""
SECONDS_BETWEEN_LOOKS = 0.05
"""How often a process in which somebody watches looks whether another process has written."""


class SqliteTransaction:
    """Statements on one connection; none of its methods really waits."""

    __slots__ = ("batch_id", "connection", "dialect", "now", "recorded")

    def __init__(self, connection: sqlite3.Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.batch_id: str | None = None
        self.recorded: list[Recorded] = []
        self.dialect = "sqlite"

    async def all(self, statement: Statement, **values: Any) -> list[Row]:
        """Give every row."""
        compiled = statement.compiled("sqlite")
        return compiled.decoded(self.connection.execute(compiled.sql, compiled.arguments(values)).fetchall())

    async def one(self, statement: Statement, **values: Any) -> Row | None:
        """Give the first row, or None."""
        compiled = statement.compiled("sqlite")
        row = self.connection.execute(compiled.sql, compiled.arguments(values)).fetchone()
        return None if row is None else compiled.decoded((row,))[0]

    async def value(self, statement: Statement, **values: Any) -> Any:
        """Give the first column of the first row, or None."""
        row = await self.one(statement, **values)
        return None if row is None else row[0]

    async def run(self, statement: Statement, **values: Any) -> int:
        """Change rows; give how many."""
        compiled = statement.compiled("sqlite")
        return self.connection.execute(compiled.sql, compiled.arguments(values)).rowcount

    async def run_many(self, statement: Statement, rows: Sequence[dict[str, Any]]) -> None:
        """Run a statement once for each set of values."""
        compiled = statement.compiled("sqlite")
        self.connection.executemany(compiled.sql, [compiled.arguments(row) for row in rows])


class Waiting(NamedTuple):
    """A unit that waits for the writer, and who waits for its answer."""

    unit: Unit[Any]
    answer: "asyncio.Future[Any]"


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
        self._path = path
        self._clock = clock
        self._closed = False
        self._in_place = connect(path, read_only=True, cache_mb=CACHE_MB)
        self._reader_local = threading.local()
        self._reader_connections: list[sqlite3.Connection] = []
        self._readers = ThreadPoolExecutor(READER_THREADS, thread_name_prefix="sqlite-reader")
        self._queue: SimpleQueue[Waiting | None] = SimpleQueue()
        self._watching = connect(path, read_only=True)
        self._watchers = Watchers(self._follow)
        writing = connect(path, busy_timeout=busy_timeout, cache_mb=CACHE_MB)
        self._writer = threading.Thread(target=self._write_groups, args=(writing,), name="sqlite-writer", daemon=True)
        self._writer.start()

    def now(self) -> datetime:
        """Say what time it is for the units of this database."""
        return self._clock()

    def data_version(self) -> int | None:
        """Ask the connection that reads in place, which never writes (https://sqlite.org/pragma.html)."""
        try:
            [version] = self._in_place.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error as error:
            raise translated(error) from error
        return int(version)

    async def all(self, statement: Statement, **values: Any) -> list[Row]:
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
        if self._closed:
            raise Unavailable("the database is closed")
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.put(Waiting(unit, answer))
        return await answer

    def watch(self, seconds_between: float = 0.0) -> AbstractAsyncContextManager[Watch]:
        """Watch for commits: those of this process are told by its writer, those of others are looked for."""
        return self._watchers.watch(seconds_between)

    async def load(self) -> DatabaseLoad:
        """Say how large the file and its log are, and how many units wait for the writer."""
        files = (self._path, self._path.with_name(f"{self._path.name}-wal"))
        return DatabaseLoad(sum(each.stat().st_size for each in files if each.exists()), self._queue.qsize())

    async def close(self) -> None:
        """Finish what waits, fold the log into the file and close."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        await asyncio.to_thread(self._writer.join)
        self._readers.shutdown(wait=True)
        for connection in [self._in_place, self._watching, *self._reader_connections]:
            connection.close()

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
                result: T = run_to_end(unit(SqliteTransaction(connection, self._clock())))
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

    def _write_groups(self, connection: sqlite3.Connection) -> None:
        while (first := self._queue.get()) is not None:
            self._write_group(connection, self._group_from(first))
        connection.close()

    def _group_from(self, first: Waiting) -> list[Waiting]:
        group = [first]
        while len(group) < GROUP_LIMIT:
            try:
                waiting = self._queue.get_nowait()
            except Empty:
                break
            if waiting is None:
                self._queue.put(None)
                break
            group.append(waiting)
        return group

    def _write_group(self, connection: sqlite3.Connection, group: list[Waiting]) -> None:
        """Run units in one transaction, and wake who watches where it changed something."""
        changes_before = connection.total_changes
        try:
            connection.execute("BEGIN IMMEDIATE")
            outcomes = [self._run_in_savepoint(connection, waiting) for waiting in group]
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            outcomes = [(None, translated(error))] * len(group)
        answer_all(group, outcomes)
        if connection.total_changes != changes_before and any(error is None for _, error in outcomes):
            self._watchers.tell_from_thread()

    def _run_in_savepoint(self, connection: sqlite3.Connection, waiting: Waiting) -> tuple[Any, BaseException | None]:
        if waiting.answer.cancelled():
            return None, None
        connection.execute("SAVEPOINT unit")
        try:
            result = run_to_end(waiting.unit(SqliteTransaction(connection, self._clock())))
        except BaseException as error:
            if not connection.in_transaction:
                raise sqlite3.OperationalError(str(error)) from error
            connection.execute("ROLLBACK TO unit")
            connection.execute("RELEASE unit")
            return None, translated(error) if isinstance(error, sqlite3.Error) else error
        connection.execute("RELEASE unit")
        return result, None


def connect(
    path: Path,
    *,
    read_only: bool = False,
    busy_timeout: float = BUSY_TIMEOUT_SECONDS,
    cache_mb: int = SMALL_CACHE_MB,
) -> sqlite3.Connection:
    """Open a connection on which every acknowledged write survives a power cut."""
    connection = sqlite3.connect(
        path, timeout=busy_timeout, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    # what a savepoint may take back: in memory SQLite walks through all of it after each statement (memjrnlTruncate)
    cache, temporary = f"cache_size = {-1000 * cache_mb}", f"temp_store = {'MEMORY' if read_only else 'FILE'}"
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", temporary, cache):
        connection.execute(f"PRAGMA {pragma}")
    if read_only:
        connection.execute("PRAGMA query_only = ON")
    return connection


def run_to_end(work: Any) -> Any:
    """Drive a unit that awaits nothing but its transaction to its end.

    Raises RuntimeError when it awaits anything else: the writer serves everybody and must not wait for one.
    """
    coroutine: Coroutine[Any, Any, Any] = work
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    coroutine.close()
    raise RuntimeError("a unit of work may await nothing but its transaction")


def answer_all(group: list[Waiting], outcomes: Sequence[tuple[Any, BaseException | None]]) -> None:
    """Answer everyone whose unit was in the group, with one call into each of their event loops."""
    pairs: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], tuple[Any, BaseException | None]]]] = {}
    for waiting, outcome in zip(group, outcomes, strict=True):
        pairs.setdefault(waiting.answer.get_loop(), []).append((waiting.answer, outcome))
    for loop, answers in pairs.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_answer, answers)


def _answer(answers: list[tuple["asyncio.Future[Any]", tuple[Any, BaseException | None]]]) -> None:
    for future, (result, error) in answers:
        if future.done():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


def translated(error: sqlite3.Error) -> DatabaseError:
    """Name an error of SQLite by what it means to who asked."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"):
        return UniqueViolation(str(error))
    if name.startswith(DAMAGED):
        return Unavailable(f"the file is damaged: {error}")
    if isinstance(error, sqlite3.OperationalError) and not name.startswith("SQLITE_ERROR"):
        return Unavailable(str(error))
    return DatabaseError(str(error))
