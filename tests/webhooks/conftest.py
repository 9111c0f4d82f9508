"""What the tests of webhooks need besides the cast: real receivers on this machine, and a delivery worker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from codimir.config import Settings
from codimir.database.core import Database
from codimir.database.statements import Statement, update_by_id
from codimir.kit.clock import utc_now
from codimir.kit.networks import Networks
from codimir.model.webhooks import webhook_deliveries, webhooks
from codimir.webhooks.worker import running_delivery_worker
from tests.calls import AsyncCall
from tests.clients import Client, People

HERE = Networks("127.0.0.0/8, ::1/128")
PATIENCE_SECONDS = 300
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


class Request(msgspec.Struct):
    """What a receiver got."""

    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        return msgspec.json.decode(self.body)


class Receiver:
    """A real HTTP server that answers as it is told."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.reply: Callable[[asyncio.StreamWriter], Awaitable[None]] | bytes = OK
        self.under_way = 0
        self.most_under_way = 0
        self._came = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()
        self.scheme = "http"

    async def start(self, **options: Any) -> None:
        self.scheme = "https" if "ssl" in options else "http"
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, **options)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._connections:
            writer.transport.abort()

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook?for=codimir"

    async def got(self, count: int) -> list[Request]:
        """Wait for so many requests."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.requests) < count:
                self._came.clear()
                await self._came.wait()
        return self.requests

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                await self._answer(reader, writer)
        self._connections.discard(writer)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        pairs = (line.partition(": ") for line in head[1:] if line)
        headers = {name.lower(): value for name, _, value in pairs}
        body = await reader.readexactly(int(headers["content-length"]))
        self.requests.append(Request(head[0].split(" ")[1], headers, body))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        self._came.set()
        try:
            if isinstance(self.reply, bytes):
                writer.write(self.reply)
            else:
                await self.reply(writer)
            await writer.drain()
        finally:
            self.under_way -= 1


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings under which webhooks may go to this machine."""
    return msgspec.structs.replace(settings, webhook_allowed_ranges=HERE)


@pytest.fixture
async def new_receiver() -> AsyncIterator[AsyncCall[Receiver]]:
    started: list[Receiver] = []

    async def start(**options: Any) -> Receiver:
        started.append(Receiver())
        await started[-1].start(**options)
        return started[-1]

    yield start
    for each in started:
        await each.stop()


@pytest.fixture
async def receiver(new_receiver: AsyncCall[Receiver]) -> Receiver:
    made: Receiver = await new_receiver()
    return made


@pytest.fixture
async def delivery_worker(db: Database) -> AsyncIterator[None]:
    """Somebody who delivers."""
    async with running_delivery_worker(db, HERE):
        yield


@pytest.fixture
def ada(client: People) -> Client:
    return client("ada")


@pytest.fixture
def new_webhook(ada: Client, receiver: Receiver) -> AsyncCall[Any]:
    """Let Ada make a webhook and give it, for the whole of Acme and everything if nothing else is said."""

    async def make(**fields: Any) -> Any:
        body = {"url": receiver.url, "events": ["*"], "secret": SECRET, "workspaceId": "workspace_789", **fields}
        reply = await ada.post("/api/webhooks", body)
        assert reply.status == 201, reply.body
        return reply.data

    return make


@pytest.fixture
def deliveries(ada: Client) -> AsyncCall[Any]:
    """Give the deliveries of a webhook, the newest first."""

    async def read(webhook: Any, **query: Any) -> Any:
        reply = await ada.get(f"/api/webhooks/{webhook['id']}/deliveries", **query)
        assert reply.status == 200, reply.body
        return reply.data

    return read


@pytest.fixture
def settled(deliveries: AsyncCall[Any]) -> AsyncCall[Any]:
    """Wait until the deliveries of a webhook are in these states, the newest first, and give them."""

    async def wait(webhook: Any, *states: str) -> Any:
        found: list[Any] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            while [delivery["state"] for delivery in found] != list(states):
                await asyncio.sleep(0.02)
                found = await deliveries(webhook)
        return found

    return wait


@pytest.fixture
def tried(deliveries: AsyncCall[Any]) -> AsyncCall[Any]:
    """Wait until the newest delivery of a webhook was tried so often and is on its way no more, and give it."""

    async def wait(webhook: Any, attempts: int = 1) -> Any:
        found: list[Any] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not found or found[0]["attempts"] != attempts or found[0]["state"] == "sending":
                await asyncio.sleep(0.02)
                found = await deliveries(webhook)
        return found[0]

    return wait


@pytest.fixture
def set_webhook(db: Database) -> AsyncCall[None]:
    """Set columns of a webhook, past every verb."""

    async def load(webhook: Any, **columns: Any) -> None:
        statement = update_by_id(webhooks, frozenset(columns))
        await db.write(lambda tx: tx.execute(statement, row_id=webhook["id"], **columns))

    return load


@pytest.fixture
def time_passes(db: Database, client: People) -> AsyncCall[None]:
    """Let everything that waits for its next attempt be due now, and wake the worker."""
    table = webhook_deliveries.c
    statement = Statement(
        sa.update(webhook_deliveries)
        .where(table.next_attempt_at.is_not(None))
        .values(next_attempt_at=sa.bindparam("now", type_=table.next_attempt_at.type))
    )

    async def move() -> None:
        await db.write(lambda tx: tx.execute(statement, now=utc_now()))
        await client("eve").post("/api/tickets", {"title": "Something happens elsewhere"})

    return move


@pytest.fixture
def age_deliveries(db: Database) -> AsyncCall[None]:
    """Let every delivery have been made so long ago."""
    created_at = webhook_deliveries.c.created_at
    statement = Statement(sa.update(webhook_deliveries).values(created_at=sa.bindparam("then", type_=created_at.type)))

    async def age(by: timedelta) -> None:
        await db.write(lambda tx: tx.execute(statement, then=utc_now() - by))

    return age
