"""Every verb records what it did, in the transaction in which it does it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from codimir.database.core import Database, Transaction, Unit
from codimir.database.schema import metadata
from codimir.database.statements import Statement, insert_into
from codimir.model.events import events
from codimir.model.workspaces import workspaces
from tests.calls import AsyncCall
from tests.clients import Client, People

EVERYTHING = {table.name: Statement(sa.select(table).order_by(*table.primary_key)) for table in metadata.sorted_tables}
LOG = Statement(sa.select(events).where(events.c.workspace_id == "workspace_789").order_by(events.c.version))
VERSION = Statement(sa.select(workspaces.c.version).where(workspaces.c.id == "workspace_789"))
NAMES = [column.name for column in events.c]


class Things(NamedTuple):
    """A ticket of Jane's, and one of everything that hangs on a ticket."""

    ticket: str
    comment: str
    attachment: str
    time_log: str


class Verb(NamedTuple):
    """A request that changes something, and the events that it records."""

    name: str
    records: tuple[str, ...]
    send: Callable[[Client, Things], Awaitable[Any]]


def verb(name: str, method: str, path: str, body: Any = None, *records: str) -> Verb:
    async def send(who: Client, things: Things) -> Any:
        where = "/api/tickets" + path.format(**things._asdict())
        if body is FILE:
            return await who.request(method, where, files={"file": ("a.txt", b"hello", "text/plain")})
        return await who.request(method, where, body)

    return Verb(name, records, send)


FILE = object()
VERBS = [
    verb("create", "POST", "", {"title": "New", "projectId": "WEB", "labelIds": ["label_1"]}, "ticket.created"),
    verb("create without a project", "POST", "", {"title": "New"}, "ticket.created"),
    verb("update", "PUT", "/{ticket}", {"title": "Changed", "labelIds": ["label_2"]}, "ticket.updated"),
    verb("move", "PUT", "/{ticket}", {"projectId": "SEC"}, "ticket.updated"),
    verb("change status", "PUT", "/{ticket}/status", {"status": "done"}, "ticket.status_changed"),
    verb("assign", "PUT", "/{ticket}/assignee", {"assigneeId": "user_102"}, "ticket.assigned"),
    verb(
        "change everything", "PATCH", "/{ticket}", {"title": "Changed", "status": "done", "assigneeId": "user_102"},
        "ticket.assigned", "ticket.status_changed", "ticket.updated",
    ),
    verb("delete", "DELETE", "/{ticket}", None, "ticket.deleted"),
    verb("comment", "POST", "/{ticket}/comments", {"content": "New"}, "comment.created"),
    verb("change a comment", "PUT", "/{ticket}/comments/{comment}", {"content": "Changed"}, "comment.updated"),
    verb("delete a comment", "DELETE", "/{ticket}/comments/{comment}", None, "comment.deleted"),
    verb("attach", "POST", "/{ticket}/attachments", FILE, "attachment.added"),
    verb("take a file off", "DELETE", "/{ticket}/attachments/{attachment}", None, "attachment.deleted"),
    verb("log time", "POST", "/{ticket}/time-logs", {"minutes": 5}, "time.logged"),
    verb("correct time", "PUT", "/{ticket}/time-logs/{time_log}", {"minutes": 6}, "time.updated"),
    verb("take time back", "DELETE", "/{ticket}/time-logs/{time_log}", None, "time.deleted"),
]  # fmt: skip
each_verb = pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)


@pytest.fixture
async def things(jane: Client, new_ticket: AsyncCall[Any]) -> Things:
    ticket = await new_ticket()
    at = f"/api/tickets/{ticket['id']}"
    comment = await jane.post(f"{at}/comments", {"content": "First"})
    attachment = await jane.request("POST", f"{at}/attachments", files={"file": ("a.txt", b"hello", "text/plain")})
    time_log = await jane.post(f"{at}/time-logs", {"minutes": 1})
    return Things(ticket["id"], comment.data["id"], attachment.data["id"], time_log.data["id"])


@pytest.fixture
def log(db: Database) -> AsyncCall[list[dict[str, Any]]]:
    """Read the events of Acme, oldest first."""

    async def read() -> list[dict[str, Any]]:
        return [dict(zip(NAMES, row, strict=True)) for row in await db.read(lambda tx: tx.fetch_all(LOG))]

    return read


@pytest.fixture
def everything(db: Database) -> Any:
    """Read every row of every table."""

    async def unit(tx: Transaction) -> dict[str, Any]:
        return {name: await tx.fetch_all(rows) for name, rows in EVERYTHING.items()}

    return lambda: db.read(unit)


class TestEachVerb:
    @each_verb
    async def test_says_who_did_what_to_which_ticket(
        self, jane: Client, things: Things, log: AsyncCall[list[dict[str, Any]]], verb: Verb
    ) -> None:
        before = await log()
        reply = await verb.send(jane, things)
        assert reply.status < 300, reply.body
        recorded = (await log())[len(before) :]
        assert tuple(sorted(event["type"] for event in recorded)) == verb.records
        for event in recorded:
            assert event["actor_id"] == "user_101"
            assert event["changes"]
            assert event["ticket_id"] == (reply.data["id"] if verb.name.startswith("create") else things.ticket)
            assert all(old != new for old, new in event["changes"].values())

    @each_verb
    async def test_that_breaks_at_its_end_leaves_neither_change_nor_event(
        self, jane: Client, db: Database, things: Things, everything: Any, verb: Verb, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = db.write
        ran = []

        async def write_and_break(unit: Unit[Any]) -> Any:
            async def broken(tx: Transaction) -> None:
                ran.append(await unit(tx))
                raise ZeroDivisionError

            return await write(broken)

        before = await everything()
        monkeypatch.setattr(db, "write", write_and_break)
        assert (await verb.send(jane, things)).status == 500
        assert len(ran) == 1
        assert await everything() == before

    @each_verb
    async def test_whose_event_cannot_be_written_changes_nothing(
        self, jane: Client, db: Database, things: Things, everything: Any, verb: Verb
    ) -> None:
        await db.write(_take_next_version)
        before = await everything()
        assert (await verb.send(jane, things)).status == 409
        assert await everything() == before


class TestVersions:
    async def test_fifty_writes_at_once_leave_no_gap(
        self, client: People, things: Things, log: AsyncCall[list[dict[str, Any]]], db: Database
    ) -> None:
        before = len(await log())
        some = [verb for verb in VERBS if verb.name in ("create", "comment", "log time", "attach", "change status")]
        people = [client("jane"), client("john")]
        replies = await asyncio.gather(*(some[n % 5].send(people[n % 2], things) for n in range(50)))
        assert all(reply.status < 300 for reply in replies)
        versions = [event["version"] for event in await log()]
        assert versions == list(range(1, before + 40 + 1 + 1))  # a ticket enters done once
        assert await db.read(lambda tx: tx.fetch_value(VERSION)) == versions[-1]


async def _take_next_version(tx: Transaction) -> None:
    """Put an event where the next one belongs, as no verb does."""
    last = dict(zip(NAMES, (await tx.fetch_all(LOG))[-1], strict=True))
    await tx.execute(insert_into(events), **last | {"id": "evt_squatter", "version": last["version"] + 1})
