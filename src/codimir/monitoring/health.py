"""Whether an instance is well: cheap to ask, however often."""

import asyncio
import shutil
from collections.abc import Sequence
from time import monotonic

from codimir.config import Settings
from codimir.database.core import Database, DatabaseError
from codimir.database.opening import newest_revision
from codimir.monitoring.process import descriptor_limit, open_descriptors
from codimir.monitoring.queries import get_schema_revision
from codimir.server.limits import DESCRIPTORS_KEPT

SECONDS_TO_WRITE = 5.0
"""How long the writer may take to come to a unit that changes nothing"""
SECONDS_KEPT = 1.0
MIN_FREE_BYTES = 64 * 1024 * 1024
MIN_FREE_DESCRIPTORS = DESCRIPTORS_KEPT // 4
"""Connections leave `DESCRIPTORS_KEPT` free; who finds fewer than a quarter of them left will soon open no file"""


class Health:
    """Looks what is not well, at most once a second, whoever asks."""

    def __init__(self, db: Database, settings: Settings, schema: str | None = None) -> None:
        self._db = db
        self._folder = settings.data_dir
        self._schema = schema or newest_revision()
        self._looked_at = -SECONDS_KEPT
        self._failing: Sequence[str] = ()
        self._lock = asyncio.Lock()
        self.is_stopping = False
        """Whether the process was told to stop, and only lets the last requests end"""

    def stop(self) -> None:
        """Note that the process was told to stop."""
        self.is_stopping = True

    async def failing(self) -> Sequence[str]:
        """Name what is not well: `writer`, `migration`, `disk`, `descriptors`."""
        async with self._lock:
            if monotonic() - self._looked_at >= SECONDS_KEPT:
                own = (*self._failing_of_disk(), *_failing_of_descriptors())
                self._failing = [*await self._failing_of_database(), *own]
                self._looked_at = monotonic()
        return self._failing

    async def _failing_of_database(self) -> Sequence[str]:
        """Let the writer read the revision: it writes nothing, and waits its turn as every write does."""
        try:
            async with asyncio.timeout(SECONDS_TO_WRITE):
                revision = await self._db.write(get_schema_revision)
        except (DatabaseError, TimeoutError):
            return ["writer"]
        return [] if revision == self._schema else ["migration"]

    def _failing_of_disk(self) -> Sequence[str]:
        return [] if shutil.disk_usage(self._folder).free >= MIN_FREE_BYTES else ["disk"]


def _failing_of_descriptors() -> Sequence[str]:
    are_open, limit = open_descriptors(), descriptor_limit()
    if are_open is None or limit is None or limit - are_open >= MIN_FREE_DESCRIPTORS:
        return []
    return ["descriptors"]
