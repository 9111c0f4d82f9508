"""`make kills`: kill a server in the midst of writing, over and over, and look for what it acknowledged and lost.

After each kill (SIGKILL) the server starts again on the same data, and every change that it had acknowledged must be
there: tickets, their status, their comments. In the end nothing may be there by halves either: the numbers of tickets
and the versions of events have no gap, and every ticket has the event of its creation.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Annotated, Any

import httpx
import msgspec
import sqlalchemy as sa
import typer

from codimir.config import Settings, variables_of
from codimir.database.core import Transaction
from codimir.database.opening import open_database
from codimir.database.statements import Statement
from codimir.model.comments import comments
from codimir.model.events import events
from codimir.model.tickets import tickets
from codimir.model.workspaces import workspaces

CODIMIR = Path(sys.executable).with_name("codimir")
WRITERS = 8
MIN_LIFE_SECONDS, MAX_LIFE_SECONDS = 0.05, 0.5
PATIENCE_SECONDS = 60


class Lost(Exception):
    """A change that was acknowledged is gone, or one is there by halves."""


class Acknowledged(msgspec.Struct):
    """A ticket, and what is known to have been done to it."""

    title: str
    status: str = "backlog"
    comment: str | None = None


class Survived(msgspec.Struct, frozen=True):
    """What came through the kills."""

    kills: int
    tickets: int
    changes: int


def survive(settings: Settings, kills: int, seed: int = 1) -> Survived:
    """Kill a server so many times while clients write; the database is migrated and empty.

    Raises Lost.
    """
    rng = random.Random(seed)
    environment = {**os.environ, **variables_of(settings)}
    _run(environment, "demo", "--tickets", "1", "--projects", "1", "--people", "2")
    cookie = {"cookie": f"next-auth.session-token={_run(environment, 'session', 'demo@example.com').strip()}"}
    known: dict[str, Acknowledged] = {}
    written: dict[str, Acknowledged] = {}
    for _ in range(kills):
        process, address = _serve(environment)
        try:
            lifetime = rng.uniform(MIN_LIFE_SECONDS, MAX_LIFE_SECONDS)
            written = asyncio.run(_look_and_write(process, address, cookie, written, lifetime))
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
        known |= written
    asyncio.run(_check_the_whole(settings, known))
    return Survived(kills, len(known), sum(1 + (a.status == "done") + (a.comment is not None) for a in known.values()))


def main(
    kills: Annotated[int, typer.Option(min=1, help="How many times the server is killed.")] = 100,
    seed: Annotated[int, typer.Option(help="Another number kills at other moments.")] = 1,
    database_url: Annotated[str | None, typer.Option(help="An empty PostgreSQL database; SQLite without.")] = None,
) -> None:
    """Kill a server in the midst of writing, over and over, and look for what it acknowledged and lost."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="codimir-kills-") as folder:
        try:
            survived = survive(Settings(data_dir=Path(folder), database_url=database_url), kills, seed)
        except Lost as error:
            typer.echo(f"LOST: {error}", err=True)
            raise typer.Exit(1) from None
    typer.echo(
        f"{survived.kills} kills in {time.monotonic() - started:.0f} s: all of {survived.changes:,} acknowledged "
        f"changes to {survived.tickets:,} tickets are there, and nothing by halves."
    )


def _run(environment: dict[str, str], *arguments: str) -> str:
    return subprocess.run(  # noqa: S603 - our own command
        [str(CODIMIR), *arguments], env=environment, capture_output=True, text=True, check=True
    ).stdout


def _serve(environment: dict[str, str]) -> tuple[Any, str]:
    process = subprocess.Popen(  # noqa: S603 - our own command
        [str(CODIMIR), "serve", "--port", "0"], env=environment, stdout=subprocess.PIPE, text=True
    )
    address = process.stdout.readline().split()[-1]
    return process, address


async def _look_and_write(
    process: Any, address: str, cookie: dict[str, str], before: dict[str, Acknowledged], lifetime: float
) -> dict[str, Acknowledged]:
    async with httpx.AsyncClient(base_url=address, headers=cookie, timeout=PATIENCE_SECONDS) as client:
        for ticket_id, acknowledged in before.items():
            await _check(client, ticket_id, acknowledged)
        project = (await client.get("/api/tickets")).json()["data"][-1]["projectId"]
        written: dict[str, Acknowledged] = {}
        writers = [asyncio.ensure_future(_write(client, project, n, written)) for n in range(WRITERS)]
        await asyncio.sleep(lifetime)
        process.send_signal(signal.SIGKILL)
        for outcome in await asyncio.gather(*writers, return_exceptions=True):
            if not isinstance(outcome, httpx.TransportError):
                raise Lost(f"a writer ended with {outcome!r}")
    return written


async def _write(client: httpx.AsyncClient, project: str, writer: int, written: dict[str, Acknowledged]) -> None:
    """Go on until the server is gone; what it answers is acknowledged."""
    while True:
        title = f"Writer {writer}, {len(written)}"
        reply = await client.post("/api/tickets", json={"title": title, "projectId": project})
        ticket_id = _data(reply, 201)["id"]
        acknowledged = written[ticket_id] = Acknowledged(title)
        _data(await client.put(f"/api/tickets/{ticket_id}/status", json={"status": "done"}), 200)
        acknowledged.status = "done"
        comment = await client.post(f"/api/tickets/{ticket_id}/comments", json={"content": title})
        acknowledged.comment = _data(comment, 201)["id"]


async def _check(client: httpx.AsyncClient, ticket_id: str, acknowledged: Acknowledged) -> None:
    """Look for what was acknowledged; the change after that may or may not have happened."""
    found = _data(await client.get(f"/api/tickets/{ticket_id}"), 200)
    if found["title"] != acknowledged.title or acknowledged.status not in ("backlog", found["status"]):
        raise Lost(f"{acknowledged} became {found}")
    if acknowledged.comment not in (None, *(comment["id"] for comment in found["comments"])):
        raise Lost(f"the comment of {acknowledged} is not in {found}")


def _data(reply: httpx.Response, status: int) -> Any:
    if reply.status_code != status:
        raise Lost(f"{reply.request.method} {reply.request.url.path}: {reply.status_code} {reply.text}")
    return reply.json()["data"]


async def _check_the_whole(settings: Settings, known: dict[str, Acknowledged]) -> None:
    db = await open_database(settings)
    try:
        await db.read(lambda tx: look_for_halves(tx, known.keys()))
    finally:
        await db.close()


async def look_for_halves(tx: Transaction, known: AbstractSet[str]) -> None:
    """Raise Lost when one of these tickets is gone, or anything is there by halves."""
    rows = await tx.fetch_all(_TICKETS)
    created = {row[1] for row in await tx.fetch_all(_EVENTS) if row[2] == "ticket.created"}
    versions = [row[0] for row in await tx.fetch_all(_EVENTS)]
    counted = dict(await tx.fetch_all(_COMMENTS))
    for what, is_true in {
        "an acknowledged ticket is gone": known <= {row[0] for row in rows},
        "a ticket has no event of its creation, or an event no ticket": created == {row[0] for row in rows},
        "the numbers of tickets have a gap": [row[1] for row in rows] == list(range(1, len(rows) + 1)),
        "the versions of events have a gap": versions == list(range(1, len(versions) + 1)),
        "the last version is not that of the workspace": versions[-1] == await tx.fetch_value(_VERSION),
        "a ticket counts other comments than it has": {row[0]: row[2] for row in rows if row[2]} == counted,
    }.items():
        if not is_true:
            raise Lost(what)


_TICKETS = Statement(sa.select(tickets.c.id, tickets.c.number, tickets.c.comment_count).order_by(tickets.c.number))
_EVENTS = Statement(sa.select(events.c.version, events.c.ticket_id, events.c.type).order_by(events.c.version))
_VERSION = Statement(sa.select(workspaces.c.version))
_COMMENTS = Statement(sa.select(comments.c.ticket_id, sa.func.count()).group_by(comments.c.ticket_id))

if __name__ == "__main__":
    typer.run(main)
