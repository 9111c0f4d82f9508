"""The floor: the hot routes as one would write them by hand for this one file, without a framework or a toolkit.

An ASGI function, text of SQL, rows by position, and msgspec for the JSON, whose shapes are the only thing that it takes
from Codimir. Moments stay the text that the file holds. What it leaves out, Codimir's figures pay for: it has no other
database, no filters but those that are measured, no errors that help, and hardly any checks.
"""

import asyncio
import hashlib
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import local
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from benchmarks import floor_sql as sql
from benchmarks.floor_reading import WORDS, details, encode, list_tickets, search, statistics
from codimir.kit.ids import new_id
from codimir.tickets.search.backend import tenant_term

PATH = os.environ["FLOOR_DATABASE"]


class NewTicket(msgspec.Struct, rename="camel"):
    """The body of a new ticket."""

    title: str
    description: str
    project_id: str


def connect() -> sqlite3.Connection:
    """Open the file with the settings that Codimir uses."""
    connection = sqlite3.connect(PATH, isolation_level=None, check_same_thread=False, cached_statements=512, timeout=20)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "cache_size = -8000", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


reading = connect()
writing = connect()
for statement in sql.OWN_SCHEMA:
    writing.execute(statement)
writer = ThreadPoolExecutor(1)
readers = ThreadPoolExecutor(2)
of_thread = local()


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer a request."""
    if scope["type"] != "http":
        return
    path = scope["path"]
    if path == "/bench/fixed":
        await answer(send, 200, FIXED)
        return
    user_id, workspaces = session_of(scope)
    if not user_id:
        await answer(send, 401, b'{"error":{"code":"UNAUTHORIZED","message":"Authentication required"}}')
    elif path == "/bench/session":
        await answer(send, 200, FIXED)
    elif path == "/api/tickets" and scope["method"] == "POST":
        await answer(send, 201, await create(user_id, await body_of(receive)))
    elif path == "/api/tickets":
        await answer(send, 200, list_tickets(reading, user_id, workspaces, scope["query_string"]))
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
        (
            ticket_id,
            workspace_id,
            project_id,
            number,
            key,
            new.title,
            new.title.casefold(),
            new.description,
            user_id,
            now,
        ),
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
    run(sql.NEW_WORDS, (document, tenant_term(workspace_id), title, key.lower(), description))
    created = details(writing, user_id, {}, ticket_id) or b""
    run("COMMIT")
    return created


FIXED = b'{"data":{"greeting":"Hello"}}'
