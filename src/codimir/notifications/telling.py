"""The teller: reads the event log for people and mails what is due, until it is stopped. Each server has one."""

import asyncio
import logging
from datetime import timedelta

from codimir.database.core import Database, DatabaseError
from codimir.database.watching import Watch
from codimir.mail.sending import Mailer
from codimir.notifications.mailing import WriteDigest, next_due, take_due
from codimir.notifications.making import purge, read_log

SHORTEST_REST = 0.2
LONGEST_REST = 30.0
"""After so many seconds the teller looks again, whether it was woken or not."""
SECONDS_TO_COLLECT = 0.1
"""Where much happens at once it is told together, so that telling is not half of what is written."""
SECONDS_AFTER_TROUBLE = 2.0
KEPT_FOR = timedelta(days=90)
PURGED_EVERY = timedelta(hours=1)

log = logging.getLogger("codimir.notifications")


async def keep_telling(db: Database, mailer: Mailer, write: WriteDigest) -> None:
    """Work until cancelled; trouble with the database is waited out."""
    purge_at = db.now()
    async with db.watch() as watch:
        while True:
            try:
                if db.now() >= purge_at and not await db.write(lambda tx: purge(tx, KEPT_FOR)):
                    purge_at = db.now() + PURGED_EVERY
                await _turn(db, mailer, write, watch)
            except DatabaseError as trouble:
                log.error("notifications wait: %s", trouble)  # noqa: TRY400 - the database says enough
                await asyncio.sleep(SECONDS_AFTER_TROUBLE)


async def _turn(db: Database, mailer: Mailer, write: WriteDigest, watch: Watch) -> None:
    got_on = await read_log(db, mails=mailer.is_configured)
    rest = await send_due(db, mailer, write) if mailer.is_configured else LONGEST_REST
    if got_on:
        await asyncio.sleep(SECONDS_TO_COLLECT)
    else:
        await watch.wait(rest)


async def send_due(db: Database, mailer: Mailer, write: WriteDigest) -> float:
    """Send every mail that is due; give the seconds until the next one may be."""
    due = await db.read(next_due)
    if due is not None and due <= db.now():
        for digest in await db.write(take_due):
            mailer.post(write(digest))
        return SHORTEST_REST
    return LONGEST_REST if due is None else min(max((due - db.now()).total_seconds(), SHORTEST_REST), LONGEST_REST)
