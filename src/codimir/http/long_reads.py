"""Long reads are fair between people: each has one under way, and two who is alone.

Whoever asks for much waits for themselves; everybody else's search finds a free reader (`sqlite.READER_THREADS`).
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from codimir.database.core import Database, Unit
from codimir.database.forwarding import ForwardingDatabase
from codimir.http.errors import TooManyReadsAtOnce
from codimir.http.fair_share import FairShare

T = TypeVar("T")

MAX_READS_OF_ONE = 32
"""Of one person under way and waiting, in one process; more are refused."""
AT_ONCE, AT_ONCE_ALONE = 1, 2
"""How many of one person are under way, while others ask too and while they do not."""


class LongReads:
    """Who has long reads under way."""

    def __init__(self, share: FairShare) -> None:
        self.lines: dict[str, _Line] = {}
        self._share = share

    @property
    def at_once(self) -> int:
        """Return how many reads of one person may be under way now."""
        return AT_ONCE if len(self.lines) > 1 or self._share.is_shared() else AT_ONCE_ALONE

    @asynccontextmanager
    async def turn_of(self, person_id: str) -> AsyncIterator[None]:
        """Wait until a read of a person may begin, and let the next one begin when it has ended.

        Raises TooManyReadsAtOnce when too many wait already.
        """
        line = self.lines.setdefault(person_id, _Line())
        if len(line) >= MAX_READS_OF_ONE:
            raise TooManyReadsAtOnce
        begins = asyncio.get_running_loop().create_future()
        line.waiting.append(begins)
        try:
            line.begin_next(self.at_once)
            await begins
            yield
        finally:
            self._leave(person_id, line, begins)

    def _leave(self, person_id: str, line: "_Line", begins: "asyncio.Future[None]") -> None:
        if begins.done() and not begins.cancelled():
            line.under_way -= 1
        elif begins in line.waiting:
            line.waiting.remove(begins)
        if not len(line):
            self.lines.pop(person_id, None)
        for each in [*self.lines.values()] if len(self.lines) == 1 else [line]:
            each.begin_next(self.at_once)


class _Line:
    def __init__(self) -> None:
        self.under_way = 0
        self.waiting: deque[asyncio.Future[None]] = deque()

    def __len__(self) -> int:
        return self.under_way + len(self.waiting)

    def begin_next(self, at_once: int) -> None:
        while self.waiting and self.under_way < at_once:
            begins = self.waiting.popleft()
            if not begins.done():
                self.under_way += 1
                begins.set_result(None)


class TakingTurns(ForwardingDatabase):
    """A database whose long reads for one person are done one or two at a time."""

    def __init__(self, db: Database, person_id: str, reads: LongReads) -> None:
        super().__init__(db)
        self._person_id = person_id
        self._reads = reads

    async def read_long(self, unit: Unit[T]) -> T:
        """Run a unit that only reads when the person's reads before it have ended.

        Raises TooManyReadsAtOnce when too many wait already.
        """
        async with self._reads.turn_of(self._person_id):
            return await self.db.read_long(unit)
