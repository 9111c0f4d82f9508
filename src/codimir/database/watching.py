"""Wake who waits when something has been committed, by this process or by any other."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from codimir.database.expressions import AnyColumn
from codimir.kit.background import cancel_all

CHANNEL = "codimir_changes"
"""Where PostgreSQL announces commits."""


class Watch:
    """Sees that something has been committed; what exactly, a read tells."""

    __slots__ = ("_changed", "_later", "_seconds_between", "_told_at")

    def __init__(self, seconds_between: float = 0.0) -> None:
        self._changed = asyncio.Event()
        self._seconds_between = seconds_between
        self._told_at = -math.inf
        self._later: asyncio.TimerHandle | None = None

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109 - it says whether the time was up
        """Wait until something is committed that the reads before this call may have missed.

        Says False when nothing was in this many seconds. It may wake for nothing.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._changed.wait()
        changed = self._changed.is_set()
        self._changed.clear()
        return changed

    def wake(self) -> None:
        """End the wait at once."""
        self._changed.set()

    def tell(self) -> None:
        """Say that something was committed; commits that follow one another closely are told together."""
        if not self._seconds_between:
            self._changed.set()
        elif self._later is None:
            loop = asyncio.get_running_loop()
            self._later = loop.call_at(max(loop.time(), self._told_at + self._seconds_between), self._tell_now)

    def _tell_now(self) -> None:
        self._later = None
        self._told_at = asyncio.get_running_loop().time()
        self._changed.set()


class Watchers:
    """Everyone in a process who watches; one task follows the changes for all of them, while there are any."""

    def __init__(self, follow: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._follow = follow
        self._watching: set[Watch] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._following: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def watch(self, seconds_between: float) -> AsyncIterator[Watch]:
        """Watch; nothing that is committed from now on is missed."""
        watch = Watch(seconds_between)
        self._watching.add(watch)
        if self._following is None:
            self._loop = asyncio.get_running_loop()
            self._following = self._loop.create_task(self._follow())
        try:
            yield watch
        finally:
            self._watching.discard(watch)
            if not self._watching:
                await self._stop()

    def tell(self) -> None:
        """Tell everyone of a commit."""
        for watch in self._watching:
            watch.tell()

    def tell_from_thread(self) -> None:
        """Tell everyone of a commit, from another thread than theirs."""
        if self._watching and self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(self.tell)

    async def _stop(self) -> None:
        following, self._following = self._following, None
        if following is not None:
            await cancel_all([following])


class notify_commit(AnyColumn):  # noqa: N801 - reads as a column
    """A column that is always null; giving it tells every server, once the transaction commits, that there is a change.

    PostgreSQL carries it; on SQLite the processes see the commit by themselves.
    """

    inherit_cache = False
    type = sa.Text()


@compiles(notify_commit, "sqlite")
def _notify_commit_on_sqlite(_element: notify_commit, _compiler: SQLCompiler, **_: Any) -> str:
    return "NULL"


@compiles(notify_commit, "postgresql")
def _notify_commit_on_postgres(_element: notify_commit, _compiler: SQLCompiler, **_: Any) -> str:
    return f"pg_notify('{CHANNEL}', '')"
