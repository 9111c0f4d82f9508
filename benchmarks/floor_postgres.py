"""The floor on PostgreSQL: one ticket and a list of a project, by asyncpg and text of SQL, as one writes them by hand.

As `floor` does for SQLite, it takes nothing from Codimir but the shapes of the JSON, and leaves out what that pays for.
"""

import hashlib
import os
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import asyncpg
import msgspec

from benchmarks import floor_sql as sql
from benchmarks.floor_reading import COUNTS, GROUP, PROJECT, ROLE, WORKSPACE, Asked
from codimir.http.paging import Data, Page, Pagination
from codimir.model.enums import PRIORITIES, STAGES, STATUSES, TYPES
from codimir.model.schemas import Comment, Group, Label, LabelTag, Person, ProjectSummary, Workspace
from codimir.tickets.schemas import TicketCounts, TicketDetails, TicketInList

CONNECTIONS = 10
ADMINISTERS = 1
ANYBODY = 9
encode = msgspec.json.Encoder().encode
pools: list[Any] = []


def numbered(text: str) -> str:
    """Write the parameters of a statement for SQLite as PostgreSQL has them."""
    parts = text.replace("?1", "$1").replace("?2", "$2").split("?")
    written = "".join(f"{part}${number}" for number, part in enumerate(parts[:-1], 1)) + parts[-1]
    return written.replace("IN (SELECT value FROM json_each($1))", "= ANY($1::text[])")


SESSION, SEEN_PROJECT, DETAILS = numbered(sql.SESSION), numbered(sql.PROJECT), numbered(sql.DETAILS)
LABELS, COMMENTS, TAGS = numbered(sql.LABELS), numbered(sql.COMMENTS), numbered(sql.TAGS)
COUNT, PAGE = numbered(sql.COUNT_IN_PROJECT), numbered(sql.PAGE_IN_PROJECT)


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer a request."""
    if scope["type"] == "lifespan":
        await receive()
        pools.append(
            await asyncpg.create_pool(os.environ["FLOOR_DATABASE"], max_size=CONNECTIONS, reset=leave_as_it_is)
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await pools.pop().close()
        await send({"type": "lifespan.shutdown.complete"})
        return
    async with pools[0].acquire() as connection:
        user_id, workspaces = await session_of(connection, scope)
        path = scope["path"]
        if path == "/api/tickets":
            body = await list_tickets(connection, user_id, scope["query_string"])
        else:
            body = await details(connection, user_id, workspaces, path.removeprefix("/api/tickets/"))
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200 if body else 404, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def leave_as_it_is(_connection: Any) -> None:
    """Spare the question that resets a session."""


async def session_of(connection: Any, scope: Any) -> tuple[str, dict[str, int]]:
    """Say whose session it is, and their role in each workspace."""
    [cookie] = [value for name, value in scope["headers"] if name == b"cookie"]
    token = cookie.partition(b"next-auth.session-token=")[2].partition(b";")[0]
    rows = await connection.fetch(SESSION, hashlib.sha256(token).hexdigest())
    if rows and rows[0][3] > datetime.now(UTC):
        return rows[0][0], {row[4]: row[5] for row in rows}
    return "", {}


async def list_tickets(connection: Any, user_id: str, query: bytes) -> bytes:
    """Return a page of the tickets of a project in a status."""
    asked = msgspec.convert(dict(parse_qsl(query.decode())), Asked, strict=False)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        project = (await connection.fetchrow(SEEN_PROJECT, user_id, asked.project))[0]
        where = (project, STATUSES.index(asked.status))
        total = (await connection.fetchrow(COUNT, *where))[0]
        rows = await connection.fetch(PAGE, *where, asked.limit, (asked.page - 1) * asked.limit)
        labelled = await connection.fetch(TAGS, [row[0] for row in rows])
    tags: dict[str, list[LabelTag]] = {}
    for ticket_id, *tag in labelled:
        tags.setdefault(ticket_id, []).append(LabelTag(*tag))
    items = [in_list(row, tags.get(row[0], [])) for row in rows]
    return encode(Page(items, Pagination(asked.page, asked.limit, total, -(-total // asked.limit))))


def in_list(row: Any, labels: list[LabelTag]) -> TicketInList:
    """Build a ticket of a list."""
    assignee, reporter = people(row)
    counts = TicketCounts(*row[COUNTS:PROJECT])
    return TicketInList(*ticket(row), assignee=assignee, reporter=reporter, labels=labels, counts=counts)


async def details(connection: Any, user_id: str, workspaces: dict[str, int], ticket_id: str) -> bytes:
    """Return a ticket with everything around it, if they see it."""
    row = await connection.fetchrow(DETAILS, user_id, ticket_id)
    is_private = row is not None and row[PROJECT + 5] == "private" and row[ROLE] is None
    if row is None or (is_private and workspaces.get(row[9], ANYBODY) > ADMINISTERS):
        return b""
    labels = await connection.fetch(LABELS, ticket_id)
    said = await connection.fetch(COMMENTS, ticket_id) if row[COUNTS] else ()
    assignee, reporter = people(row)
    return encode(
        Data(
            TicketDetails(
                *ticket(row),
                assignee=assignee,
                reporter=reporter,
                project=ProjectSummary(*row[PROJECT:WORKSPACE]) if row[PROJECT] else None,
                workspace=Workspace(*row[WORKSPACE:GROUP]),
                group=Group(*row[GROUP:ROLE]) if row[GROUP] else None,
                labels=[Label(*label) for label in labels],
                comments=[Comment(*each[:6], Person(*each[6:])) for each in said],
                counts=TicketCounts(*row[COUNTS:PROJECT]),
            )
        )
    )


def ticket(row: Any) -> tuple[Any, ...]:
    """Spell what the database holds as numbers."""
    return (*row[:4], TYPES[row[4]], STATUSES[row[5]], PRIORITIES[row[6]], STAGES[row[7]], *row[8:17])


def people(row: Any) -> tuple[Person | None, Person | None]:
    """Build the assignee and the reporter."""
    return Person(*row[17:21]) if row[17] else None, Person(*row[21:25]) if row[21] else None
