"""Whether an instance is well: cheap to ask, however often."""

import asyncio
import shutil
from collections.abc import Sequence
from time import monotonic
from typing import Any

import sqlalchemy as sa

from codimir.config import Settings
from codimir.database.core import Database, DatabaseError
from codimir.database.opening import newest_revision
from codimir.database.statements import Statement

SECONDS_TO_WRITE = 5.0
"""How long the writer may take to come to a unit that changes nothing"""
SECONDS_KEPT = 1.0
LEAST_FREE_BYTES = 64 * 1024 * 1024
REVISION = Statement(sa.select(sa.column("version_num")).select_from(sa.table("alembic_version")))


class Health:
    """Looks what is not well, at most once a second, whoever asks."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._folder = settings.data_dir
        self._newest = newest_revision()
        self._looked_at = -SECONDS_KEPT
        self._failing: Sequence[str] = ()
        self._lock = asyncio.Lock()

    async def failing(self) -> Sequence[str]:
        """Name what is not well: `writer`, `migration`, `disk`."""
        async with self._lock:
            if monotonic() - self._looked_at >= SECONDS_KEPT:
                self._failing = [*await self._failing_of_database(), *self._failing_of_disk()]
                self._looked_at = monotonic()
        return self._failing

    async def _failing_of_database(self) -> Sequence[str]:
        """Let the writer read the revision: it writes nothing, and waits its turn as every write does."""
        try:
            async with asyncio.timeout(SECONDS_TO_WRITE):
                revision: Any = await self._db.write(lambda tx: tx.value(REVISION))
        except (DatabaseError, TimeoutError):
            return ["writer"]
        return [] if revision == self._newest else ["migration"]

    def _failing_of_disk(self) -> Sequence[str]:
        return [] if shutil.disk_usage(self._folder).free >= LEAST_FREE_BYTES else ["disk"]
