"""Stop a read of SQLite that takes too long, or that nobody waits for any more."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

from codimir.database.core import TookTooLong

T = TypeVar("T")

SECONDS_BETWEEN_INTERRUPTS = 0.05
"""An interrupt between two statements stops neither, so it is given again until the read has ended."""


class LimitedRead:
    """A read on a thread with a limit of time, which counts from when the thread begins it.

    `sqlite3_interrupt` ends the statement that runs (https://sqlite.org/c3ref/interrupt.html); it may be called from
    any thread, and costs a read that stays within its time nothing.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._ends_at: float | None = None
        self._is_stopped = False
        self._next_look: asyncio.TimerHandle | None = None

    async def run(self, threads: Executor, work: Callable[[], T]) -> T:
        """Run work whose reads are `within` the limit on a thread.

        Raises TookTooLong when its time is over.
        """
        self._look_in(self._seconds)
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, work)
        except asyncio.CancelledError:
            self._stop()
            raise
        finally:
            if self._next_look is not None:
                self._next_look.cancel()

    @contextmanager
    def within(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Let what is read on a connection be stopped; raises TookTooLong when it was."""
        self._begin(connection)
        try:
            yield
        except sqlite3.OperationalError as error:
            if self._is_stopped:
                raise TookTooLong(self._seconds) from error
            raise
        finally:
            with self._lock:
                self._connection = None

    def _begin(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if self._is_stopped:
                raise TookTooLong(self._seconds)
            self._connection, self._ends_at = connection, monotonic() + self._seconds

    def _look_in(self, seconds: float) -> None:
        self._next_look = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        left = self._seconds if self._ends_at is None else self._ends_at - monotonic()
        if left <= 0:
            self._stop()
        self._look_in(max(left, SECONDS_BETWEEN_INTERRUPTS))

    def _stop(self) -> None:
        with self._lock:
            self._is_stopped = True
            if self._connection is not None:
                self._connection.interrupt()
