"""Whether anything was committed on a PostgreSQL server, asked once for all who want to know it at the same time.

Two equal snapshots show the same data: what one sees as ended, the other does, and an ended transaction does not change
any more. Three things would make equal snapshots of different data, and are told apart:

- On a standby `pg_current_snapshot()` leaves out the transactions in progress, so nothing is known there.
- After a crash, and after a failover that lost the last commits, numbers of transactions are given again; so snapshots
  of a server process that is new here are never equal to earlier ones.
- Another server has its own numbers; it was started at another time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable

import sqlalchemy as sa

from codimir.database.statements import Row, Statement

MAX_PROCESSES = 256
"""Of server processes that are remembered; each connection has one."""


class Snapshots:
    """Asks for snapshots. One question is under way at a time; whoever comes meanwhile shares the next one."""

    def __init__(self, fetch_all: Callable[[Statement], Awaitable[list[Row]]]) -> None:
        self._fetch_all = fetch_all
        self._asking: asyncio.Task[Hashable | None] | None = None
        self._next: asyncio.Task[Hashable | None] | None = None
        self._processes: set[tuple[object, ...]] = set()
        self._generation = 0

    async def latest(self) -> Hashable | None:
        """Return a snapshot that is taken after the call; None where it does not tell what is seen."""
        if self._next is None:
            self._next = asyncio.get_running_loop().create_task(self._ask_after(self._asking))
        return await asyncio.shield(self._next)

    async def _ask_after(self, before: "asyncio.Task[Hashable | None] | None") -> Hashable | None:
        if before is not None and not before.done():
            await asyncio.wait([before])
        self._asking, self._next = self._next, None
        [(is_standby, *process, snapshot)] = await self._fetch_all(_SNAPSHOT)
        if tuple(process) not in self._processes:
            self._generation += 1
            if len(self._processes) >= MAX_PROCESSES:
                self._processes.clear()
            self._processes.add(tuple(process))
        return None if is_standby else (self._generation, snapshot)


_SNAPSHOT = Statement(
    sa.select(
        sa.func.pg_is_in_recovery(),
        sa.func.pg_postmaster_start_time(),
        sa.func.pg_backend_pid(),
        sa.cast(sa.func.pg_current_snapshot(), sa.Text()),
    )
)
