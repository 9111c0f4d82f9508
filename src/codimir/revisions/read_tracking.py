"""Note what a reply is made from, to know when it is still the same."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from codimir.database.core import Database, Recorded, Transaction, Unit
from codimir.database.schema import metadata
from codimir.database.statements import Compiled, Row, Statement
from codimir.http.long_reads import LongReads, TakingTurns
from codimir.kit.values import ReadOnlyValues, Values

T = TypeVar("T")
LISTS = frozenset({list, tuple})

WHO_SEES = "actor_id"
"""By which name the conditions of visibility are bound to who asks: `authorization/visibility_sql.py`"""


class PureCache:
    """What makes an answer come sooner, or is the same for as long as the instance lasts.

    A route that takes one follows from the data still.
    """


class TrackedDatabase(TakingTurns):
    """A database for one person that notes from what the answers of its reads follow besides the versions."""

    def __init__(self, db: Database, person_id: str, reads: LongReads, *, looks_for_person: bool = False) -> None:
        super().__init__(db, person_id, reads)
        self._looked_for = person_id if looks_for_person else None
        self.names_the_person = False
        """Whether a statement was given who asks, but to say what they see; only where that is looked for"""
        self.reads_unversioned = False
        self.reads_the_clock = False

    def now(self) -> datetime:
        """Return what time it is; what follows from that is soon another."""
        self.reads_the_clock = True
        return self.db.now()

    async def fetch_all(self, statement: Statement, **values: object) -> list[Row]:
        """Run one statement that only reads."""
        self.note(statement, values)
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

    def note(self, statement: Statement, values: ReadOnlyValues) -> None:
        """Look which tables a statement reads, and for whom."""
        if _goes_beyond_the_log(statement.compiled(self.dialect)):
            self.reads_unversioned = True
        if self._looked_for is not None and _names(self._looked_for, values):
            self.names_the_person = True


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
        self._notes.note(statement, values)
        return self._tx.fetch_all(statement, **values)

    def fetch_one(self, statement: Statement, **values: object) -> Any:
        self._notes.note(statement, values)
        return self._tx.fetch_one(statement, **values)

    def fetch_value(self, statement: Statement, **values: object) -> Any:
        self._notes.note(statement, values)
        return self._tx.fetch_value(statement, **values)

    def fetch_column(self, statement: Statement, **values: object) -> Any:
        self._notes.note(statement, values)
        return self._tx.fetch_column(statement, **values)

    async def execute(self, statement: Statement, **values: object) -> int:
        return await self._tx.execute(statement, **values)

    async def execute_many(self, statement: Statement, rows: Sequence[Values]) -> None:
        await self._tx.execute_many(statement, rows)

    async def execute_later(
        self, statement: Statement, rows: Sequence[Values], behind: Statement | None = None
    ) -> None:
        await self._tx.execute_later(statement, rows, behind)


def _names(person_id: str, values: ReadOnlyValues) -> bool:
    """Return whether values hold a person by another name than that by which visibility is asked for."""
    for name, value in values.items():
        if name != WHO_SEES and (value == person_id or (type(value) in LISTS and person_id in value)):
            return True
    return False


@lru_cache(maxsize=8192)
def _goes_beyond_the_log(compiled: Compiled) -> bool:
    return not compiled.names.isdisjoint(
        name for name, table in metadata.tables.items() if not table.info.get("versioned")
    )
