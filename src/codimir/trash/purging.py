"""What has been in the trash for long enough goes for good: its rows, its place in the search index, its files."""

import asyncio
import logging
from collections import Counter
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa

from codimir.attachments.storage import FileStore
from codimir.database.cascade import delete_with_dependents
from codimir.database.clock_jumps import may_delete_by_age
from codimir.database.core import Database, DatabaseError, Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.events.recording import record
from codimir.events.types import TrashEmptied
from codimir.http.errors import ApiError
from codimir.kit.background import keep_doing
from codimir.kit.outages import Outage
from codimir.model.attachments import attachments
from codimir.model.comments import comments
from codimir.model.jobs import background_jobs
from codimir.model.projects import projects
from codimir.model.tickets import tickets
from codimir.model.timelogs import time_logs
from codimir.tickets.search.index import forget_tickets

log = logging.getLogger("codimir")

AT_A_TIME = 25
EVERY_SECONDS = 600.0
SECONDS_AFTER_TROUBLE = 60.0
TABLES = {
    "tickets": tickets,
    "comments": comments,
    "attachments": attachments,
    "timeLogs": time_logs,
    "projects": projects,
}
"""In the order in which they go: a project after the tickets that were deleted with it."""


class Portion(NamedTuple):
    """What one unit of work took out of the trash."""

    things: int
    storage_keys: list[str]
    """Files whose rows are gone."""


async def keep_emptying(db: Database, files: FileStore, kept_for: timedelta) -> None:
    """Empty the trash every ten minutes until this is cancelled; what could not be done is done the next time."""

    async def turn() -> float:
        if await may_delete_by_age(db):
            await empty_trash(db, files, kept_for)
        return EVERY_SECONDS

    outage = Outage(
        "the trash is not emptied", log, (DatabaseError, ApiError),
        first_pause=SECONDS_AFTER_TROUBLE, longest_pause=EVERY_SECONDS,
    )  # fmt: skip
    await asyncio.sleep(EVERY_SECONDS)
    await keep_doing(turn, outage)


async def empty_trash(db: Database, files: FileStore, kept_for: timedelta) -> int:
    """Delete for good what was deleted longer ago than it is kept; give how many things.

    It is done in small portions, between which others write.
    """
    total = 0
    for name in TABLES:
        while (portion := await _empty_a_portion(db, name, kept_for)).things:
            total += portion.things
            for key in portion.storage_keys:
                await files.delete(key)
    return total


async def _empty_a_portion(db: Database, name: str, kept_for: timedelta) -> Portion:
    async def unit(tx: Transaction) -> Portion:
        found = await tx.fetch_all(_OLD[name], before=tx.now - kept_for, portion=AT_A_TIME)
        ids = [row[0] for row in found]
        if not ids:
            return Portion(0, [])
        keys = await tx.fetch_column(_KEYS[name], named=ids) if name in _KEYS else []
        if name == "tickets":
            await forget_tickets(tx, ids)
        await delete_with_dependents(tx, TABLES[name], ids)
        for workspace_id, count in Counter(row[1] for row in found).items():
            changes = {name: (count, 0)}
            await record(tx, None, TrashEmptied(workspace_id=workspace_id, subject_id=workspace_id, changes=changes))
        return Portion(len(ids), keys)

    return await db.write(unit)


def _old(table: sa.Table) -> Statement:
    before = sa.bindparam("before", type_=table.c.deleted_at.type)
    return Statement(
        sa.select(table.c.id, table.c.workspace_id)
        .where(table.c.deleted_at < before, *_is_at_rest(table))
        .order_by(table.c.deleted_at, table.c.id)
        .limit(sa.bindparam("portion", type_=sa.Integer()))
        .with_for_update(skip_locked=True)
    )


def _is_at_rest(table: sa.Table) -> list[sa.ColumnElement[bool]]:
    """Leave alone a project and its tickets while they follow it into the trash or come back from it."""
    if table not in (projects, tickets):
        return []
    project = projects.c.id if table is projects else tickets.c.project_id
    return [~sa.exists().where(background_jobs.c.subject_id == project)]


_OLD = {name: _old(table) for name, table in TABLES.items()}
_KEYS = {
    "tickets": Statement(sa.select(attachments.c.storage_key).where(is_any_of(attachments.c.ticket_id, "named"))),
    "attachments": Statement(sa.select(attachments.c.storage_key).where(is_any_of(attachments.c.id, "named"))),
}
