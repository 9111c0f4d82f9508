"""Databases around a database."""

from collections.abc import Hashable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import TypeVar

from codimir.database.core import Database, DatabaseLoad, Unit
from codimir.database.statements import Row, Statement
from codimir.database.watching import Watch

T = TypeVar("T")


class ForwardingDatabase:
    """A database that does what another one does; who needs it otherwise says how."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.dialect = db.dialect
        self.memory = db.memory

    def now(self) -> datetime:
        """Return what time it is."""
        return self.db.now()

    async def data_version(self) -> Hashable | None:
        """Return what is another one after each commit."""
        return await self.db.data_version()

    async def fetch_all(self, statement: Statement, **values: object) -> list[Row]:
        """Run one short statement that only reads."""
        return await self.db.fetch_all(statement, **values)

    async def read(self, unit: Unit[T]) -> T:
        """Run a short unit that only reads."""
        return await self.db.read(unit)

    async def read_long(self, unit: Unit[T]) -> T:
        """Run a unit that only reads and may take long."""
        return await self.db.read_long(unit)

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit and commit it."""
        return await self.db.write(unit)

    def watch(self, seconds_between: float = 0.0) -> AbstractAsyncContextManager[Watch]:
        """Watch for commits."""
        return self.db.watch(seconds_between)

    async def load(self) -> DatabaseLoad:
        """Return how large it is and how much it has to do."""
        return await self.db.load()

    async def close(self) -> None:
        """Let go of the database."""
        await self.db.close()
