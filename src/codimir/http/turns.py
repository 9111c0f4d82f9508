"""Long reads are fair between people: each has one under way, and the next begins when it has ended.

Whoever asks for much waits for themselves; everybody else's search finds a free reader.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from codimir.database.core import Database, Unit
from codimir.database.wrapping import Wrapped
from codimir.http.errors import TooManyReadsAtOnce

T = TypeVar("T")

MAX_READS_OF_ONE = 32
"""Of one person under way and waiting, in one process; more are refused."""
_lines: dict[str, "_Line"] = {}
"""The people who have long reads under way in this process."""


class TakingTurns(Wrapped):
    """A database whose long reads for one person are done one after the other."""

    def __init__(self, db: Database, person_id: str) -> None:
        super().__init__(db)
        self.person_id = person_id

    async def read_long(self, unit: Unit[T]) -> T:
        """Run a unit that only reads when the person's reads before it have ended.

        Raises TooManyReadsAtOnce when too many wait already.
        """
        async with _turn_of(self.person_id):
            return await self.db.read_long(unit)


class _Line:
    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.length = 0


@asynccontextmanager
async def _turn_of(person_id: str) -> AsyncIterator[None]:
    line = _lines.setdefault(person_id, _Line())
    if line.length >= MAX_READS_OF_ONE:
        raise TooManyReadsAtOnce
    line.length += 1
    try:
        async with line.turn:
            yield
    finally:
        line.length -= 1
        if not line.length:
            _lines.pop(person_id, None)
