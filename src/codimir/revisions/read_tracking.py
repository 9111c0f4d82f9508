"""Note what a reply is made from, to know when it is still the same."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from codimir.database.core import Database, Recorded, Transaction, Unit
from codimir.database.schema import metadata
from codimir.database.statements import Compiled, Row, Statement
from codimir.http.long_reads import LongReads, TakingTurns
from codimir.kit.values import Values

T = TypeVar("T")


class PureCache:
    """What makes an answer come sooner, or is the same for as long as the instance lasts.

    A route that takes one follows from the data still.
    """


class TrackedDatabase(TakingTurns):
    """A database for one person that notes from what the answers of its reads follow besides the versions."""

    def __init__(self, db: Database, person_id: str, reads: LongReads) -> None:
        super().__init__(db, person_id, reads)
        self.reads_unversioned = False
        self.reads_the_clock = False

    def now(self) -> datetime:
        """Return what time it is; what follows from that is soon another."""
        self.reads_the_clock = True
        return self.db.now()

    async def fetch_all(self, statement: Statement, **values: object) -> list[Row]:
        """Run one statement that only reads."""
        self.note(statement)
        return await self.db.fetch_all(statement, **values)

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that only reads."""
        return await self.db.read(lambda tx: unit(_NotedTransaction(tx, self)))

    async def read_long(self, unit: Unit[T]) -> T:
        """Run a unit that only reads and may take long."""
        return await super().read_long(lambda tx: unit(_NotedTransaction(tx, self)))

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit; what the reply says follows from more than the versions then."""
        self.reads_unversioned = True
        return await self.db.write(unit)

    def note(self, statement: Statement) -> None:
        """Look which tables a statement reads."""
        if _goes_beyond_the_log(statement.compiled(self.dialect)):
            self.reads_unversioned = True


class _NotedTransaction:
    __slots__ = ("_notes", "_tx", "batch_id", "dialect", "memory", "recorded")

    def __init__(self, tx: Transaction, notes: TrackedDatabase) -> None:
        self._tx = tx
        self._notes = notes
        self.dialect = tx.dialect
        self.memory = tx.memory
        self.batch_id: str | None = None
        self.recorded: list[Recorded] = []

    @property
    def now(self) -> datetime:
        self._notes.reads_the_clock = True
        return self._tx.now

    @now.setter
    def now(self, moment: datetime) -> None:
        self._tx.now = moment

    def fetch_all(self, statement: Statement, **values: object) -> Any:
        self._notes.note(statement)
        return self._tx.fetch_all(statement, **values)

    def fetch_one(self, statement: Statement, **values: object) -> Any:
        self._notes.note(statement)
        return self._tx.fetch_one(statement, **values)

    def fetch_value(self, statement: Statement, **values: object) -> Any:
        self._notes.note(statement)
        return self._tx.fetch_value(statement, **values)

    def fetch_column(self, statement: Statement, **values: object) -> Any:
        self._notes.note(statement)
        return self._tx.fetch_column(statement, **values)

    async def execute(self, statement: Statement, **values: object) -> int:
        return await self._tx.execute(statement, **values)

    async def execute_many(self, statement: Statement, rows: Sequence[Values]) -> None:
        await self._tx.execute_many(statement, rows)


@lru_cache(maxsize=8192)
def _goes_beyond_the_log(compiled: Compiled) -> bool:
    return not compiled.names.isdisjoint(
        name for name, table in metadata.tables.items() if not table.info.get("versioned")
    )
