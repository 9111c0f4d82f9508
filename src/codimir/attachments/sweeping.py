"""Delete what uploads left behind that broke off: files in the data folder that no row names.

Only in the data folder, which belongs to one instance. A bucket may be shared by two, such as a copy to try things out,
and nothing tells whose file it is that one of them does not know; `codimir check` counts those.
"""

import asyncio
import logging
import re
from datetime import timedelta

from codimir.attachments.queries import list_storage_keys
from codimir.attachments.storage import FileStore
from codimir.database.clock_jumps import may_delete_by_age
from codimir.database.core import Database, DatabaseError
from codimir.http.errors import ApiError
from codimir.kit.background import keep_doing
from codimir.kit.outages import Outage

EVERY_SECONDS = 6 * 3600.0
FIRST_AFTER_SECONDS = 900.0
UNTOUCHED_FOR = timedelta(days=1)
"""Whoever uploads writes more often than this; what was not written to for so long is finished or broke off."""
MAX_SWEPT, MAX_SHARE = 100, 0.1
"""More files than both at once are not what broke off: perhaps the database is an older one than the files."""
KEY = re.compile(r"([0-9a-f]{2})/([0-9a-f]{40})(#\d+)?")
"""What an attachment is stored under, and a part of one that is being uploaded."""

log = logging.getLogger("codimir")


class TooManyUnnamed(Exception):
    """So many files have no row that nothing is deleted."""


async def keep_sweeping(db: Database, files: FileStore) -> None:
    """Sweep every six hours until this is cancelled."""

    async def turn() -> float:
        await sweep(db, files)
        return EVERY_SECONDS

    known = (DatabaseError, ApiError, TooManyUnnamed)
    outage = Outage("files without a row are not swept", log, known, first_pause=600.0, longest_pause=EVERY_SECONDS)
    await asyncio.sleep(FIRST_AFTER_SECONDS)
    await keep_doing(turn, outage)


async def sweep(db: Database, files: FileStore) -> int:
    """Delete files that no row names and nobody has written to for a day; return how many.

    Raises TooManyUnnamed, and deletes nothing, when they are more than can have broken off.
    """
    if not await may_delete_by_age(db):
        return 0
    before = db.now() - UNTOUCHED_FOR
    listed = [file async for file in files.list() if KEY.fullmatch(file.key)]
    old = [file.key for file in listed if file.modified_at < before]
    named = set(await db.read_long(list_storage_keys)) if old else set()
    unnamed = [key for key in old if key.partition("#")[0] not in named]
    if len(unnamed) > max(MAX_SWEPT, MAX_SHARE * len(listed)):
        raise TooManyUnnamed(f"{len(unnamed):,} of {len(listed):,} have none; is this the database of these files?")
    for key in unnamed:
        await (files.delete_part(key) if "#" in key else files.delete(key))
    return len(unnamed)
