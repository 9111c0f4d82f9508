"""Doubt a clock that jumps ahead by days, before anything is deleted for good because it is old.

What is kept for 30 days would be gone at once after a jump of 31. So whoever deletes by age looks at the clock here, at
least every hour; after a jump nothing is old for a day, in which the clock can be put right. A server that was off for
days looks the same: it deletes a day later.
"""

import logging
from datetime import timedelta

import sqlalchemy as sa

from codimir.database.core import Database, Transaction
from codimir.database.statements import Statement, insert_into
from codimir.database.tables import clock_readings
from codimir.kit.outages import Outage

JUMP = timedelta(days=1)
DOUBTED_FOR = timedelta(days=1)
THE_ONE = 1

log = logging.getLogger("codimir")


class ClockJumped(Exception):
    """The clock went ahead by more than a day since it was last looked at."""


class Doubt(Outage):
    """That the clock of a database is not believed, said in the log."""

    def __init__(self) -> None:
        super().__init__("nothing is deleted for its age", log, longest_pause=7 * 24 * 3600.0)


async def may_delete_by_age(db: Database) -> bool:
    """Return whether the clock can be believed when it says that something is old; say in the log when it cannot."""
    doubted, doubt = await db.write(_look_at_clock), db.memory.of(Doubt)
    if doubted is None:
        doubt.recovered()
        return True
    doubt.failed(ClockJumped(doubted))
    return False


async def _look_at_clock(tx: Transaction) -> str | None:
    """Note the time, and return why it is doubted, if it is."""
    row = await tx.fetch_one(_READ)
    if row is None:
        await tx.execute(insert_into(clock_readings, or_ignore=True), id=THE_ONE, read_at=tx.now, doubted_until=None)
        return None
    read_at, doubted_until = row
    if tx.now - read_at > JUMP:
        doubted_until = tx.now + DOUBTED_FOR
    elif tx.now < read_at or (doubted_until is not None and tx.now >= doubted_until):
        doubted_until = None
    await tx.execute(_NOTE, read_at=tx.now, doubted_until=doubted_until)
    if doubted_until is None:
        return None
    return (
        f"the clock or a pause put it ahead by more than a day; it is believed from {doubted_until:%Y-%m-%d %H:%M} UTC "
        "on, unless it is put back before"
    )


_column = clock_readings.c
_READ = Statement(sa.select(_column.read_at, _column.doubted_until).where(_column.id == THE_ONE).with_for_update())
_NOTE = Statement(
    sa.update(clock_readings)
    .where(_column.id == THE_ONE)
    .values(
        read_at=sa.bindparam("read_at", type_=_column.read_at.type),
        doubted_until=sa.bindparam("doubted_until", type_=_column.doubted_until.type),
    )
)
