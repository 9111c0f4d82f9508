"""One connection to SQLite, and the statements of a transaction on it."""

import sqlite3
from collections.abc import Coroutine, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from codimir.database.core import DatabaseError, Recorded, Unavailable, UniqueViolation
from codimir.database.memory import Memory
from codimir.database.statements import Compiled, Row, Statement
from codimir.kit.values import Values

BUSY_TIMEOUT_SECONDS = 20
DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
MAX_DEFERRED = 1_000
"""So many rows are held until the end of a transaction."""
SMALL_CACHE_MB = 4
"""What a connection keeps of the file unless it is told otherwise"""


class DeferredInserts:
    """Rows that units of a transaction leave until its end, or until something names their table.

    FTS5 writes what was put into an index as a piece of its own at each statement that can be taken back by itself,
    such as `UPDATE … RETURNING`, and merges pieces when there are many. Of the creates in a group each made one: a
    fifth of the work, and now and then 20 milliseconds of it at once. What is put in last is one piece.
    """

    __slots__ = ("_behind", "_rows", "tables")

    def __init__(self) -> None:
        self._rows: dict[Statement, list[list[Any]]] = {}
        self._behind: dict[Statement, Statement] = {}
        self.tables: set[str] = set()

    def add(self, table: str, statement: Statement, rows: Sequence[Values], behind: Statement | None) -> int:
        """Leave rows of a table for later; give how many are left by now."""
        self.tables.add(table)
        compiled = statement.compiled("sqlite")
        waiting = self._rows.setdefault(statement, [])
        waiting += [compiled.arguments(row) for row in rows]
        if behind is not None:
            self._behind[statement] = behind
        return len(waiting)

    def run(self, connection: sqlite3.Connection) -> None:
        """Insert everything that was left."""
        waiting, behind = self._rows, self._behind
        self._rows, self._behind, self.tables = {}, {}, set()
        for statement, rows in waiting.items():
            connection.executemany(statement.compiled("sqlite").sql, rows)
            if (last := behind.get(statement)) is not None:
                compiled = last.compiled("sqlite")
                connection.execute(compiled.sql, compiled.arguments({"count": len(rows)}))


class SqliteTransaction:
    """Statements on one connection; none of its methods really waits."""

    __slots__ = ("_deferred", "batch_id", "connection", "dialect", "memory", "now", "recorded")

    def __init__(
        self, connection: sqlite3.Connection, now: datetime, memory: Memory, deferred: DeferredInserts | None = None
    ) -> None:
        self.connection = connection
        self.now = now
        self.memory = memory
        self.batch_id: str | None = None
        self.recorded: list[Recorded] = []
        self.dialect = "sqlite"
        self._deferred = deferred

    async def fetch_all(self, statement: Statement, **values: object) -> list[Row]:
        """Return every row."""
        compiled = self._compiled(statement)
        return compiled.decoded(self.connection.execute(compiled.sql, compiled.arguments(values)).fetchall())

    async def fetch_one(self, statement: Statement, **values: object) -> Row | None:
        """Return the first row, or None."""
        compiled = self._compiled(statement)
        row = self.connection.execute(compiled.sql, compiled.arguments(values)).fetchone()
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
        compiled = self._compiled(statement)
        return self.connection.execute(compiled.sql, compiled.arguments(values)).rowcount

    async def execute_many(self, statement: Statement, rows: Sequence[Values]) -> None:
        """Run a statement once for each set of values."""
        compiled = self._compiled(statement)
        self.connection.executemany(compiled.sql, [compiled.arguments(row) for row in rows])

    async def execute_later(
        self, statement: Statement, rows: Sequence[Values], behind: Statement | None = None
    ) -> None:
        """Run an insert once for each set of values, before anything else names its table, or before the commit.

        `behind` is run once after all that were left, and is given how many they were as `count`.
        """
        deferred = DeferredInserts() if self._deferred is None else self._deferred
        table = statement.clause.table.name  # type: ignore[attr-defined]
        if deferred.add(table, statement, rows, behind) > MAX_DEFERRED or self._deferred is None:
            deferred.run(self.connection)

    def _compiled(self, statement: Statement) -> Compiled:
        """Return the text of a statement, when everything that was left for later is there that it may be about."""
        compiled = statement.compiled("sqlite")
        if self._deferred is not None and not self._deferred.tables.isdisjoint(compiled.names):
            self._deferred.run(self.connection)
        return compiled


IN_MEMORY, IN_A_FILE = "temp_store = MEMORY", "temp_store = FILE"
"""Where SQLite keeps what it may have to take back of a statement.

A statement that fires a trigger, on a table with so many indexes that it changes 16 pages, would fill a file each time
(0.06 ms). Inside of a savepoint it is the other way around: there SQLite walks after each statement through all that
memory holds of the savepoint (memjrnlTruncate).
"""


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
    cache = f"cache_size = {-1000 * cache_mb}"
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", IN_MEMORY, cache):
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
