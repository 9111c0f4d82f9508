"""The floor: the hot routes as one would write them by hand for this one file, without a framework or a toolkit.

An ASGI function, text of SQL, rows by position, and msgspec for the JSON, whose shapes are the only thing that it takes
from Codimir. Moments stay the text that the file holds. What it leaves out, Codimir's figures pay for: it has no other
database, no filters but those that are measured, no errors that help, and hardly any checks.
"""

import asyncio
import hashlib
import os
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import local
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from benchmarks import floor_sql as sql
from codimir.comments.schemas import Comment
from codimir.groups.schemas import Group
from codimir.http.paging import Data, Page, Pagination
from codimir.kit.ids import new_id
from codimir.labels.schemas import Label, LabelTag
from codimir.projects.schemas import ProjectSummary
from codimir.tickets.schemas import TicketCounts, TicketDetails, TicketInList, TicketMetrics, TicketStats
from codimir.tickets.search_parts import place_word
from codimir.tickets.statistics import one_period_before
from codimir.tickets.words import PRIORITIES, STAGES, STATUSES, TYPES
from codimir.users.schemas import Person
from codimir.workspaces.schemas import Workspace

PATH = os.environ["FLOOR_DATABASE"]
N, PEOPLE, COUNTS, PROJECT, WORKSPACE, GROUP, ROLE = 17, 17, 25, 28, 38, 43, 49
"""Where the parts of a row of `sql.DETAILS` begin."""
WORDS = re.compile(r"\w+")
WEIGHTS = (8, 4, 2)

encode = msgspec.json.Encoder().encode


class Asked(msgspec.Struct):
    """The query of a list."""

    page: int = 1
    limit: int = 20
    status: str | None = None
    project: str | None = None


class NewTicket(msgspec.Struct, rename="camel"):
    """The body of a new ticket."""

    title: str
    description: str
    project_id: str


def connect() -> sqlite3.Connection:
    """Open the file with the settings that Codimir uses."""
    connection = sqlite3.connect(PATH, isolation_level=None, check_same_thread=False, cached_statements=512, timeout=20)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "cache_size = -16000", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


reading = connect()
writing = connect()
writer = ThreadPoolExecutor(1)
readers = ThreadPoolExecutor(2)
of_thread = local()


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer a request."""
    if scope["type"] != "http":
        return
    path = scope["path"]
    if path == "/bench/fixed":
        return await answer(send, 200, FIXED)
    user_id, workspaces = session_of(scope)
    if not user_id:
        await answer(send, 401, b'{"error":{"code":"UNAUTHORIZED","message":"Authentication required"}}')
    elif path == "/bench/session":
        await answer(send, 200, FIXED)
    elif path == "/api/tickets" and scope["method"] == "POST":
        await answer(send, 201, await create(user_id, await body_of(receive)))
    elif path == "/api/tickets":
        await answer(send, 200, list_tickets(user_id, workspaces, scope["query_string"]))
    elif path == "/api/tickets/search":
        asked = dict(parse_qsl(scope["query_string"].decode()))["q"]
        await answer(send, 200, await on_thread(search, user_id, workspaces, asked))
    elif path == "/api/tickets/stats":
        await answer(send, 200, await on_thread(statistics, user_id))
    elif (body := details(reading, user_id, workspaces, path.removeprefix("/api/tickets/"))) is not None:
        await answer(send, 200, body)
    else:
        await answer(send, 404, b'{"error":{"code":"NOT_FOUND","message":"Ticket not found"}}')


async def answer(send: Any, status: int, body: bytes) -> None:
    """Send a reply."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def body_of(receive: Any) -> bytes:
    """Read the body of a request."""
    parts = []
    while True:
        message = await receive()
        parts.append(message["body"])
        if not message.get("more_body"):
            return b"".join(parts)


def session_of(scope: Any) -> tuple[str, dict[str, int]]:
    """Say whose session it is, and their role in each workspace; nobody's is empty."""
    for name, value in scope["headers"]:
        if name == b"cookie":
            token = value.partition(b"next-auth.session-token=")[2].partition(b";")[0]
            rows = reading.execute(sql.SESSION, (hashlib.sha256(token).hexdigest(),)).fetchall()
            if rows and rows[0][3] > datetime.now(UTC).isoformat():
                return rows[0][0], {row[4]: row[5] for row in rows}
    return "", {}


async def on_thread(function: Any, *arguments: Any) -> bytes:
    """Do what may take long on a thread with a connection of its own."""

    def work() -> bytes:
        if not hasattr(of_thread, "connection"):
            of_thread.connection = connect()
        result: bytes = function(of_thread.connection, *arguments)
        return result

    return await asyncio.get_running_loop().run_in_executor(readers, work)


def list_tickets(user_id: str, workspaces: dict[str, int], query_string: bytes) -> bytes:
    """Give a page of the tickets of a project in a status, or of all that they see."""
    asked = msgspec.convert(dict(parse_qsl(query_string.decode())), Asked, strict=False)
    offset = (asked.page - 1) * asked.limit
    reading.execute("BEGIN")
    if asked.project:
        [project] = reading.execute(sql.PROJECT, (user_id, asked.project)).fetchone()[:1]
        where = (project, STATUSES.index(asked.status))  # type: ignore[arg-type]
        [total] = reading.execute(sql.COUNT_IN_PROJECT, where).fetchone()
        rows = reading.execute(sql.PAGE_IN_PROJECT, (*where, asked.limit, offset)).fetchall()
    else:
        visible = containers(reading, user_id)
        [total] = reading.execute(sql.COUNT, (visible,)).fetchone()
        rows = reading.execute(sql.PAGE, (visible, next(iter(workspaces)), asked.limit, offset)).fetchall()
    items = in_list(reading, rows)
    reading.execute("ROLLBACK")
    return encode(Page(items, Pagination(asked.page, asked.limit, total, -(-total // asked.limit))))


def containers(connection: sqlite3.Connection, user_id: str) -> str:
    """Name everything whose tickets they see."""
    return encode([row[0] for row in connection.execute(sql.CONTAINERS, (user_id,))]).decode()


def in_list(connection: sqlite3.Connection, rows: list[Any]) -> list[TicketInList]:
    """Make the tickets of a list."""
    tags: dict[str, list[LabelTag]] = {}
    for ticket_id, *tag in connection.execute(sql.TAGS, (encode([row[0] for row in rows]).decode(),)):
        tags.setdefault(ticket_id, []).append(LabelTag(*tag))
    return [
        TicketInList(
            *ticket(row),
            assignee=Person(*row[17:21]) if row[17] else None,
            reporter=Person(*row[21:25]) if row[21] else None,
            labels=tags.get(row[0], []),
            counts=TicketCounts(*row[25:28]),
        )
        for row in rows
    ]


def ticket(row: Any) -> tuple[Any, ...]:
    """Spell what the file holds as numbers; moments on the second are shorter in JSON."""
    return (
        *row[:4], TYPES[row[4]], STATUSES[row[5]], PRIORITIES[row[6]], STAGES[row[7]], *row[8:13], moment(row[13]),
        moment(row[14]), moment(row[15]), moment(row[16]),
    )  # fmt: skip


def moment(text: str | None) -> str | None:
    """Write a moment as JSON has it."""
    return text.replace(".000000Z", "Z") if text else None


def details(
    connection: sqlite3.Connection, user_id: str, workspaces: dict[str, int], ticket_id: str
) -> bytes | None:
    """Give a ticket with everything around it, if they see it."""
    row = connection.execute(sql.DETAILS, (user_id, ticket_id)).fetchone()
    if row is None or (row[PROJECT + 5] == "private" and row[ROLE] is None and workspaces.get(row[9], 9) > 1):
        return None
    comments = connection.execute(sql.COMMENTS, (ticket_id,)) if row[COUNTS] else ()
    return encode(
        Data(
            TicketDetails(
                *ticket(row),
                assignee=Person(*row[17:21]) if row[17] else None,
                reporter=Person(*row[21:25]) if row[21] else None,
                project=ProjectSummary(*row[PROJECT : PROJECT + 8], *map(moment, row[PROJECT + 8 : WORKSPACE]))
                if row[PROJECT]
                else None,
                workspace=Workspace(*row[WORKSPACE : WORKSPACE + 3], *map(moment, row[WORKSPACE + 3 : GROUP])),
                group=Group(*row[GROUP : GROUP + 4], *map(moment, row[GROUP + 4 : ROLE])) if row[GROUP] else None,
                labels=[Label(*label) for label in connection.execute(sql.LABELS, (ticket_id,))],
                comments=[Comment(*c[:4], moment(c[4]), moment(c[5]), Person(*c[6:])) for c in comments],
                counts=TicketCounts(*row[COUNTS:PROJECT]),
            )
        )
    )


def search(connection: sqlite3.Connection, user_id: str, workspaces: dict[str, int], asked: str) -> bytes:
    """Give the best of the newest matches of all words; the last word may be only begun."""
    words = [word.lower() for word in WORDS.findall(asked)]
    match = " AND ".join([f'"{place_word(w)}"' for w in workspaces] + [f'"{word}"' for word in words]) + " *"
    rows = connection.execute(sql.SEARCH, (match, containers(connection, user_id))).fetchall()
    ids = [row[0] for row in sorted(rows, key=lambda row: -rank(row, words))[:20]]
    found = connection.execute(sql.FOUND, (encode(ids).decode(),)).fetchall()
    return encode(Data(in_list(connection, sorted(found, key=lambda row: ids.index(row[0])))))


def rank(row: Any, words: list[str]) -> float:
    """Weigh a match by the best place of each word; the last one may be only the beginning of a longer one."""
    total = 0.0
    for word in words:
        for text, weight in zip(row[1:], WEIGHTS, strict=True):
            if f" {word} " in f" {text} ":
                total += weight + 0.5
                break
            if word is words[-1] and f" {word}" in f" {text}":
                total += weight
                break
        else:
            total += 1
    return total


def statistics(connection: sqlite3.Connection, user_id: str) -> bytes:
    """Count what they see by every word, and what moved in the last month."""
    now = datetime.now(UTC)
    start = one_period_before(now, "month")
    visible = containers(connection, user_id)
    rows = connection.execute(sql.STATISTICS, (now.isoformat(), start.isoformat(), visible)).fetchall()
    by = [dict.fromkeys(words, 0) for words in (STATUSES, PRIORITIES, TYPES)]
    for row in rows:
        for counts, words, place in zip(by, (STATUSES, PRIORITIES, TYPES), row, strict=False):
            counts[words[place]] += row[3]
    total, overdue, created, completed = (sum(row[column] for row in rows) for column in range(3, 7))
    seconds = sum(row[7] or 0 for row in rows)
    days = seconds / completed / 86400 if completed else 0.0
    counted = total - by[0]["cancelled"]
    rate = round(100 * by[0]["done"] / counted, 1) if counted else 0.0
    metrics = TicketMetrics(f"{days:.1f} days", rate, overdue, created, completed)
    return encode(Data(TicketStats("month", start, now, total, *by, metrics)))  # type: ignore[arg-type]


async def create(user_id: str, body: bytes) -> bytes:
    """Create a ticket; the answer comes when it is on the disk."""
    new = msgspec.json.decode(body, type=NewTicket)
    return await asyncio.get_running_loop().run_in_executor(writer, create_now, user_id, new)


def create_now(user_id: str, new: NewTicket) -> bytes:
    """Write the ticket, its event and its words in one transaction of its own."""
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    run = writing.execute
    run("BEGIN IMMEDIATE")
    project_id, project_key, workspace_id = run(sql.PROJECT, (user_id, new.project_id)).fetchone()
    [number] = run(sql.NEXT_NUMBER, (project_id,)).fetchone()
    ticket_id, key = new_id("ticket"), f"{project_key}-{number}"
    run(
        sql.NEW_TICKET,
        (ticket_id, workspace_id, project_id, number, key, new.title, new.title.casefold(), new.description, user_id, now),
    )
    [version] = run(sql.NEXT_VERSION, (workspace_id,)).fetchone()
    changes = encode(
        {"title": (None, new.title), "description": (None, new.description), "key": (None, key), "type": (None, "TASK")}
        | {"status": (None, "backlog"), "priority": (None, "medium"), "stage": (None, "PLANNING")}
        | {"projectId": (None, project_id), "workspaceId": (None, workspace_id), "reporterId": (None, user_id)}
    ).decode()
    run(sql.NEW_EVENT, (new_id("evt"), workspace_id, version, user_id, project_id, ticket_id, changes, now))
    [document] = run(sql.NEW_DOCUMENT, (workspace_id, ticket_id)).fetchone()
    title, description = (" ".join(WORDS.findall(text.lower())) for text in (new.title, new.description))
    run(sql.NEW_WORDS, (document, place_word(workspace_id), title, key.lower(), description))
    created = details(writing, user_id, {}, ticket_id) or b""
    run("COMMIT")
    return created


FIXED = b'{"data":{"greeting":"Hello"}}'
