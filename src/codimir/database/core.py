"""What a database promises, whichever it is."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeVar

from codimir.database.memory import Memory
from codimir.database.statements import Row, Statement
from codimir.database.watching import Watch
from codimir.kit.values import Values

T = TypeVar("T")


class Stranger(NamedTuple):
    """Somebody who has not signed in."""

    address: str
    """What they come from, as far as nobody can choose it: an IPv4 address, or the /64 of an IPv6 address"""


PERSON: ContextVar[str | Stranger | None] = ContextVar("person", default=None)
"""Whom the running task serves, a person by their id: what they write does not wait for all that others write"""


class DatabaseError(Exception):
    """The database could not do what was asked."""


class UniqueViolation(DatabaseError):
    """A value that must be unique exists already."""


class Unavailable(DatabaseError):
    """The database cannot be reached, is busy for too long, or has no room; nothing was changed."""


class OutcomeUnknown(Unavailable):
    """The connection broke while a change was committed: it may have happened, or not."""


class TookTooLong(Unavailable):
    """A read took longer than reads may, and was stopped."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"a read was stopped after {seconds:g} seconds")


class Recorded(NamedTuple):
    """Where an entry stands in a log, and which things it is about."""

    log_id: str
    version: int
    subject_ids: tuple[str, ...]


class DatabaseLoad(NamedTuple):
    """How large a database is, and how much it has to do."""

    size_bytes: int
    waiting_writes: int | None
    """Units that wait for the writer, where there is one"""


class Transaction(Protocol):
    """A unit of work under way: everything in it happens, or nothing."""

    now: datetime
    """When the unit began; every row that it writes carries this time."""
    dialect: str
    memory: Memory
    """What this process remembers of the database."""
    batch_id: str | None
    """What the events of the unit have in common: the id of the first of them."""
    recorded: list["Recorded"]
    """The events of the unit so far."""

    async def fetch_all(self, statement: Statement, **values: object) -> list[Row]:
        """Return every row."""

    async def fetch_one(self, statement: Statement, **values: object) -> Row | None:
        """Return the first row, or None."""

    async def fetch_value(self, statement: Statement, **values: object) -> Any:
        """Return the first column of the first row, or None."""

    async def fetch_column(self, statement: Statement, **values: object) -> list[Any]:
        """Return the first column of every row."""

    async def execute(self, statement: Statement, **values: object) -> int:
        """Change rows; give how many."""

    async def execute_many(self, statement: Statement, rows: Sequence[Values]) -> None:
        """Run a statement once for each set of values."""

    async def execute_later(
        self, statement: Statement, rows: Sequence[Values], behind: Statement | None = None
    ) -> None:
        """Run an insert once for each set of values, before anything else names its table, or before the commit.

        `behind` is run once after all that were left, and is given how many they were as `count`.
        """


READ_TIMEOUT_SECONDS = 10.0
"""How long a long read may take, where the settings say nothing else."""
Unit = Callable[[Transaction], Awaitable[T]]
"""What `Database.read` and `Database.write` run: it awaits nothing but its transaction."""


class Database(Protocol):
    """Runs units of work."""

    dialect: str
    memory: Memory
    """What this process remembers of it."""

    def now(self) -> datetime:
        """Return what time it is for the units of this database."""

    async def data_version(self) -> Hashable | None:
        """Return what is another one after each commit, whoever made it; None where that cannot be told.

        What was committed before the call is told by it.
        """

    async def fetch_all(self, statement: Statement, **values: object) -> list[Row]:
        """Run one short statement that only reads, by itself: cheaper than a unit, and a snapshot as well."""

    async def read(self, unit: Unit[T]) -> T:
        """Run a short unit that only reads, in one snapshot."""

    async def read_long(self, unit: Unit[T]) -> T:
        """Run a unit that only reads and may take long: search, statistics, export.

        Raises TookTooLong when it takes longer than reads may.
        """

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit and commit it; the answer comes when the change is durable.

        The unit may be run again from its start when it collides with another.
        """

    def watch(self, seconds_between: float = 0.0) -> AbstractAsyncContextManager[Watch]:
        """Watch for commits, by this process or by any other, from when the context is entered.

        Commits within `seconds_between` of the one told last are told together when these are over: work that need not
        be done at once is then not done for each of many.

        async with db.watch() as watch:
            while True:
                ...  # read what is new
                await watch.wait(seconds)
        """

    async def load(self) -> DatabaseLoad:
        """Return how large it is and how much it has to do."""

    async def close(self) -> None:
        """Finish what is under way and let go of the database."""
