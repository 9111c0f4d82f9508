"""Write a part of the log as a file, page by page, however long it is."""

from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial

from codimir.database.core import Database
from codimir.feeds.activity import Log, happenings_before
from codimir.feeds.schemas import Happening
from codimir.http.replies import encode
from codimir.http.streaming import Streamed
from codimir.kit.csv_files import csv_bytes

READ_AT_ONCE = 200
AFTER_EVERYTHING = 2**62
COLUMNS = (
    "time", "event", "type", "actorId", "actorName", "actorEmail", "projectId", "projectKey", "ticketId", "ticketKey",
    "subjectId", "batchId", "changes",
)  # fmt: skip


class Export(Streamed):
    """The log as a file."""

    kind = "text/csv; charset=utf-8"


class LinesExport(Export):
    """The log as a file, one JSON object on each line."""

    kind = "application/x-ndjson"


def export(db: Database, log: Log, form: str, name: str) -> Export:
    """Write a part of the log, the newest event first."""
    headers = {
        "content-disposition": f'attachment; filename="{name}.{form}"',
        "x-content-type-options": "nosniff",
    }
    if form == "csv":
        return Export(_pages(db, log, _table, csv_bytes([COLUMNS])), headers)
    return LinesExport(_pages(db, log, _lines, b""), headers)


async def _pages(
    db: Database, log: Log, write: Callable[[Sequence[Happening]], bytes], beginning: bytes
) -> AsyncGenerator[bytes, None]:
    if beginning:
        yield beginning
    version = AFTER_EVERYTHING
    while version:
        unit = partial(happenings_before, log=log, version=version, limit=READ_AT_ONCE)
        happenings, version = await db.read_long(unit)
        if happenings:
            yield write(happenings)


def _lines(happenings: Sequence[Happening]) -> bytes:
    return b"".join(encode(each) + b"\n" for each in happenings)


def _table(happenings: Sequence[Happening]) -> bytes:
    return csv_bytes([_row(each) for each in happenings])


def _row(each: Happening) -> tuple[str, ...]:
    actor, project, ticket = each.actor, each.project, each.ticket
    return (
        each.timestamp.isoformat(), each.id, each.type, actor.id if actor else "", actor.name if actor else "",
        actor.email if actor else "", each.project_id or "", project.key if project else "", each.ticket_id or "",
        (ticket.key or "") if ticket else "", each.subject_id, each.batch_id, encode(each.changes).decode(),
    )  # fmt: skip
