"""One connection to SQLite, and the statements of a transaction on it."""

import sqlite3
from collections.abc import Coroutine, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from codimir.database.core import DatabaseError, Recorded, Unavailable, UniqueViolation
from codimir.database.memory import Memory
from codimir.database.statements import Row, Statement
from codimir.kit.values import Values

BUSY_TIMEOUT_SECONDS = 20
DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
SMALL_CACHE_MB = 4
"""What a connection keeps of the file unless it is told otherwise"""


class SqliteTransaction:
    """Statements on one connection; none of its methods really waits."""

    __slots__ = ("batch_id", "connection", "dialect", "memory", "now", "recorded")

    def __init__(self, connection: sqlite3.Connection, now: datetime, memory: Memory) -> None:
        self.connection = connection
        self.now = now
        self.memory = memory
        self.batch_id: str | None = None
        self.recorded: list[Recorded] = []
        self.dialect = "sqlite"

    async def fetch_all(self, statement: Statement, **values: object) -> list[Row]:
        """Return every row."""
        compiled = statement.compiled("sqlite")
        return compiled.decoded(self.connection.execute(compiled.sql, compiled.arguments(values)).fetchall())

    async def fetch_one(self, statement: Statement, **values: object) -> Row | None:
        """Return the first row, or None."""
        compiled = statement.compiled("sqlite")
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
        compiled = statement.compiled("sqlite")
        return self.connection.execute(compiled.sql, compiled.arguments(values)).rowcount

    async def execute_many(self, statement: Statement, rows: Sequence[Values]) -> None:
        """Run a statement once for each set of values."""
        compiled = statement.compiled("sqlite")
        self.connection.executemany(compiled.sql, [compiled.arguments(row) for row in rows])


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
