"""The teller: reads the event log for people and mails what is due, until it is stopped. Each server has one."""

import asyncio
import logging
from datetime import timedelta

from codimir.database.clock_jumps import may_delete_by_age
from codimir.database.core import Database, DatabaseError
from codimir.kit.background import keep_doing
from codimir.kit.outages import Outage
from codimir.kit.worker_process import WorkerError
from codimir.mail.sending import Mailer
from codimir.notifications.digests import MAX_PEOPLE, WriteDigest, next_due, take_due
from codimir.notifications.fanout import FindMentions, purge, read_log

MIN_REST = 0.2
MAX_REST = 30.0
"""After so many seconds the teller looks again, whether it was woken or not."""
SECONDS_TO_COLLECT = 0.1
"""Where much happens at once it is told together, so that telling is not half of what is written."""
SECONDS_FOR_ROOM = 5.0
"""Where the mailer has no room for what is due, it stays due, and is looked at again after so many seconds."""
KEPT_FOR = timedelta(days=90)
PURGED_EVERY = timedelta(hours=1)

log = logging.getLogger("codimir.notifications")


async def run_worker(db: Database, mailer: Mailer, find_mentions: FindMentions, write: WriteDigest) -> None:
    """Work until cancelled; trouble with the database, or with reading texts, is waited out.

    A defect is logged and survived.
    """
    teller = Teller(db, mailer, find_mentions, write)
    async with db.watch() as watch:
        await keep_doing(teller.turn, Outage("notifications wait", log, (DatabaseError, WorkerError)), watch.wait)


class Teller:
    """Tells people and forgets, turn by turn, what they were told long ago."""

    def __init__(self, db: Database, mailer: Mailer, find_mentions: FindMentions, write: WriteDigest) -> None:
        self._db = db
        self._mailer = mailer
        self._find_mentions = find_mentions
        self._write = write
        self._purge_at = db.now()

    async def turn(self) -> float:
        """Do what there is to do, and give the seconds until there may be more; 0 where there is."""
        await self._purge()
        progressed = await read_log(self._db, self._find_mentions, mails=self._mailer.is_configured)
        rest = await send_due(self._db, self._mailer, self._write) if self._mailer.is_configured else MAX_REST
        if progressed:
            await asyncio.sleep(SECONDS_TO_COLLECT)
            return 0
        return rest

    async def _purge(self) -> None:
        if self._db.now() < self._purge_at:
            return
        if not await may_delete_by_age(self._db) or not await self._db.write(lambda tx: purge(tx, KEPT_FOR)):
            self._purge_at = self._db.now() + PURGED_EVERY


async def send_due(db: Database, mailer: Mailer, write: WriteDigest) -> float:
    """Send every mail that is due; give the seconds until the next one may be."""
    due = await db.read(next_due)
    if due is not None and due <= db.now():
        if mailer.room < MAX_PEOPLE:
            return SECONDS_FOR_ROOM
        for digest in await db.write(take_due):
            mailer.post(await write(digest))
        return MIN_REST
    return MAX_REST if due is None else min(max((due - db.now()).total_seconds(), MIN_REST), MAX_REST)
