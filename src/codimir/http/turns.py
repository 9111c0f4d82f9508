"""Long reads and pages are fair between people: each has one under way, and the next begins when it has ended.

Whoever asks for much waits for themselves; everybody else's search finds a free reader.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

from codimir.database.core import Database, Unit
from codimir.database.wrapping import Wrapped
from codimir.http.errors import TooManyReadsAtOnce

T = TypeVar("T")

MAX_READS_OF_ONE = 32
"""Of one person under way and waiting, in one process; more are refused."""
_reads: "_Lines" = {}
_pages: "_Lines" = {}
"""The people who have long reads under way in this process, and those whose pages are being drawn"""


class TakingTurns(Wrapped):
    """A database whose long reads for one person are done one after the other."""

    def __init__(self, db: Database, person_id: str) -> None:
        super().__init__(db)
        self.person_id = person_id

    async def read_long(self, unit: Unit[T]) -> T:
        """Run a unit that only reads when the person's reads before it have ended.

        Raises TooManyReadsAtOnce when too many wait already.
        """
        line = _reads.get(self.person_id)
        if line is not None and line.length >= MAX_READS_OF_ONE:
            raise TooManyReadsAtOnce
        async with _turn_in(_reads, self.person_id):
            return await self.db.read_long(unit)


def turn_to_draw(person_id: str) -> AbstractAsyncContextManager[None]:
    """Wait until the pages before it are drawn that a person asked for; others are answered in between."""
    return _turn_in(_pages, person_id)


class _Line:
    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.length = 0


_Lines = dict[str, _Line]


@asynccontextmanager
async def _turn_in(lines: _Lines, person_id: str) -> AsyncIterator[None]:
    line = lines.setdefault(person_id, _Line())
    line.length += 1
    try:
        async with line.turn:
            yield
    finally:
        line.length -= 1
        if not line.length:
            lines.pop(person_id, None)
