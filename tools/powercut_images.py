"""Look into what a power cut has left: whether it is whole, and whether everything acknowledged is there."""

from collections.abc import Iterable

import sqlalchemy as sa

from codimir.attachments.storage import open_file_store
from codimir.backups.checking import check_instance
from codimir.backups.manifest import BackupError
from codimir.config import Settings
from codimir.database.core import Database, DatabaseError, Transaction
from codimir.database.opening import open_database
from codimir.database.statements import Statement
from codimir.http.errors import ApiError
from codimir.model.attachments import attachments
from codimir.model.comments import comments
from codimir.model.tickets import tickets
from tools.kills import Lost, look_for_halves
from tools.replies import Acknowledged


async def check_image(settings: Settings, known: Iterable[Acknowledged]) -> None:
    """Open an instance as a server does, and raise Lost unless it is whole and holds everything that is known."""
    try:
        db = await open_database(settings)
        try:
            await _look(settings, db, list(known))
        finally:
            await db.close()
        report = await check_instance(settings)
    except (DatabaseError, BackupError, ApiError) as error:
        raise Lost(f"it does not open: {error!r}") from error
    if report.problems:
        raise Lost("; ".join(report.problems))


async def _look(settings: Settings, db: Database, known: list[Acknowledged]) -> None:
    found = await db.read(_read)
    await db.read(lambda tx: look_for_halves(tx, {each.id for each in known if each.kind == "ticket"}))
    store = open_file_store(settings)
    for each in known:
        there = found.get(each.id)
        if there is None:
            raise Lost(f"{each.kind} {each.id} is gone")
        if each.kind == "ticket" and (
            there[0] != each.shown["title"] or each.shown["status"] not in ("backlog", there[1])
        ):
            raise Lost(f"{each.shown} became {there}")
        if each.kind == "comment" and there[0] != each.shown["content"]:
            raise Lost(f"{each.shown} became {there}")
        if each.kind == "attachment" and await store.read(there[1]) != there[0].removesuffix(".txt").encode():
            raise Lost(f"the bytes of {each.shown} are gone")


async def _read(tx: Transaction) -> dict[str, tuple[str, str]]:
    rows = [row for statement in (_TICKETS, _COMMENTS, _ATTACHMENTS) for row in await tx.fetch_all(statement)]
    return {row[0]: (row[1], row[2]) for row in rows}


_TICKETS = Statement(sa.select(tickets.c.id, tickets.c.title, tickets.c.status))
_COMMENTS = Statement(sa.select(comments.c.id, comments.c.content, comments.c.ticket_id))
_ATTACHMENTS = Statement(sa.select(attachments.c.id, attachments.c.filename, attachments.c.storage_key))
