"""The one writer of SQLite: a thread that commits together whatever waits for it."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty
from time import monotonic, thread_time
from typing import Any, NamedTuple, TypeVar

from codimir.database.core import PERSON, Unavailable, Unit
from codimir.database.fair_queue import FairQueue, Key
from codimir.database.memory import Memory
from codimir.database.sqlite_checkpoints import write_back
from codimir.database.sqlite_transactions import (
    IN_A_FILE,
    IN_MEMORY,
    DeferredInserts,
    SqliteTransaction,
    run_to_end,
    translated,
)
from codimir.kit.clock import Clock

T = TypeVar("T")

GROUP_LIMIT = 256
SECONDS_OF_A_GROUP = 0.01
"""For how much processor time units are taken into a group, or for as long as the last commit took, which everybody
waits for anyway. By the clock, a machine that is busy with other things would commit each unit by itself."""
MAX_SECONDS_OF_A_GROUP = 0.05
"""How long units are taken into a group at most, by the clock, and for how long a commit counts"""
Outcome = tuple[Any, BaseException | None]
"""What a unit gave, or what it raised"""


class Waiting(NamedTuple):
    """A unit that waits for the writer, and who waits for its answer."""

    unit: Unit[Any]
    answer: "asyncio.Future[Any]"
    person: Key


class SqliteWriter:
    """Runs units on its connection: those of one person in their order, and of each person one in turn."""

    def __init__(
        self, connection: sqlite3.Connection, clock: Clock, memory: Memory, committed: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._memory = memory
        self._committed = committed
        self._closed = False
        self._seconds_of_commit = 0.0
        self._is_rest_left = threading.Event()
        self._queue: FairQueue[Waiting] = FairQueue()
        self._thread = threading.Thread(
            target=self._write_groups, args=(connection,), name="sqlite-writer", daemon=True
        )
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Return how many units wait."""
        return len(self._queue)

    async def write(self, unit: Unit[T]) -> T:
        """Hand over a unit; the answer comes after the commit of its group.

        A unit whose client goes away before its turn is not run. Raises Unavailable after the end.
        """
        if self._closed:
            raise Unavailable("the database is closed")
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        person = PERSON.get()
        self._queue.put(person, Waiting(unit, answer, person))
        return await answer

    def write_back_rest(self) -> None:
        """Write what is left of the log back before the next group, which then begins it anew; any thread may ask."""
        self._is_rest_left.set()

    async def close(self) -> None:
        """Finish what waits, and close the connection."""
        self._closed = True
        self._queue.end()
        await asyncio.to_thread(self._thread.join)

    def _write_groups(self, connection: sqlite3.Connection) -> None:
        while (first := self._queue.get()) is not None:
            if self._is_rest_left.is_set():
                self._is_rest_left.clear()
                with suppress(sqlite3.Error):  # the log keeps everything
                    write_back(connection)
            self._write_group(connection, first)
        connection.close()

    def _write_group(self, connection: sqlite3.Connection, first: Waiting) -> None:
        """Run units in one transaction, and tell who watches where it changed something.

        A savepoint around each would make a write a third dearer (decisions/0001). So there is none until one of
        several fails: then all are taken back, and run again with savepoints.
        """
        changes_before = connection.total_changes
        group, outcomes = [first], list[Outcome]()
        try:
            self._run_together(connection, group, outcomes)
            if len(group) > 1 and outcomes[-1][1] is not None:
                outcomes = self._run_apart(connection, group)
        except sqlite3.Error as error:
            _roll_back(connection)
            outcomes = [(None, translated(error))] * len(group)
        answer_all(group, outcomes)
        if connection.total_changes != changes_before and any(error is None for _, error in outcomes):
            self._committed()

    def _run_together(self, connection: sqlite3.Connection, group: list[Waiting], outcomes: list[Outcome]) -> None:
        """Run the first unit and those that wait in a transaction, committed unless one fails, which is the last.

        Others are taken in only for a while, so that nobody waits long for the commit.
        """
        worked_at_end = thread_time() + max(SECONDS_OF_A_GROUP, min(self._seconds_of_commit, MAX_SECONDS_OF_A_GROUP))
        ends_at = monotonic() + MAX_SECONDS_OF_A_GROUP
        deferred = DeferredInserts()
        connection.execute("BEGIN IMMEDIATE")
        while len(outcomes) < len(group):
            outcomes.append(self._run(connection, group[-1], deferred))
            if outcomes[-1][1] is not None:
                _roll_back(connection)
                return
            left = min(worked_at_end - thread_time(), ends_at - monotonic())
            if len(group) < GROUP_LIMIT and left > 0:
                with suppress(Empty):
                    group.append(self._queue.get_nowait(left)[0])
        deferred.run(connection)
        began = monotonic()
        connection.execute("COMMIT")
        self._seconds_of_commit = monotonic() - began

    def _run_apart(self, connection: sqlite3.Connection, group: list[Waiting]) -> list[Outcome]:
        """Run units in one transaction, but take back by itself what each does that fails."""
        connection.execute(f"PRAGMA {IN_A_FILE}")
        try:
            return self._run_in_savepoints(connection, group)
        finally:
            _roll_back(connection)
            connection.execute(f"PRAGMA {IN_MEMORY}")

    def _run_in_savepoints(self, connection: sqlite3.Connection, group: list[Waiting]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        connection.execute("BEGIN IMMEDIATE")
        for waiting in group:
            connection.execute("SAVEPOINT unit")
            outcomes.append(self._run(connection, waiting))
            if (error := outcomes[-1][1]) is not None:
                if not connection.in_transaction:
                    raise sqlite3.OperationalError(str(error)) from error
                connection.execute("ROLLBACK TO unit")
            connection.execute("RELEASE unit")
        connection.execute("COMMIT")
        return outcomes

    def _run(
        self, connection: sqlite3.Connection, waiting: Waiting, deferred: DeferredInserts | None = None
    ) -> Outcome:
        if waiting.answer.cancelled():
            return None, None
        began = thread_time()  # of the thread: nobody is charged for having had to wait for a processor or a disk
        try:
            return run_to_end(waiting.unit(SqliteTransaction(connection, self._clock(), self._memory, deferred))), None
        except sqlite3.Error as error:
            return None, translated(error)
        except BaseException as error:  # noqa: BLE001 - whoever waits for the unit is told
            return None, error
        finally:
            self._queue.took(waiting.person, thread_time() - began)


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # some errors end it by themselves
        connection.execute("ROLLBACK")


def answer_all(group: list[Waiting], outcomes: Sequence[Outcome]) -> None:
    """Answer everyone whose unit was in the group, with one call into each of their event loops."""
    pairs: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Outcome]]] = {}
    for waiting, outcome in zip(group, outcomes, strict=True):
        pairs.setdefault(waiting.answer.get_loop(), []).append((waiting.answer, outcome))
    for loop, answers in pairs.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_answer, answers)


def _answer(answers: list[tuple["asyncio.Future[Any]", Outcome]]) -> None:
    for future, (result, error) in answers:
        if future.done():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
