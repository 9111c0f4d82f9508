"""Someone who listens to the live stream."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest
from litestar import Litestar

from tests.calls import AsyncCall

SOON = 60.0


class Message:
    """A message of a stream."""

    def __init__(self, block: str) -> None:
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        self.id = fields.get("id")
        self.event = fields.get("event", "message")
        self.data = json.loads(fields["data"]) if "data" in fields else None


class Listening:
    """A request that is answered bit by bit; httpx would wait for the end of the reply."""

    def __init__(self, app: Litestar, who: str, path: str, headers: dict[str, str], method: str) -> None:
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.comments = 0
        self.is_stalled = False
        self._app, self._scope = app, self._scope_of(who, path, headers, method)
        self._left = asyncio.Event()
        self._asked = False
        self._received: asyncio.Queue[str | None] = asyncio.Queue()
        self._rest = ""
        self.task = asyncio.create_task(self._run())

    @staticmethod
    def _scope_of(who: str, path: str, headers: dict[str, str], method: str) -> dict[str, Any]:
        path, _, query = path.partition("?")
        sent = {"host": "codimir.test", "cookie": f"next-auth.session-token=session-of-{who}", **headers}
        return {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 1), "server": ("codimir.test", 80),
        }  # fmt: skip

    async def _run(self) -> None:
        await self._app(self._scope, self._receive, self._send)  # type: ignore[arg-type]
        self._received.put_nowait(None)

    async def _receive(self) -> Any:
        if self._asked:
            await self._left.wait()
            return {"type": "http.disconnect"}
        self._asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        if self.is_stalled:
            await asyncio.Event().wait()
        *blocks, self._rest = (self._rest + message["body"].decode()).split("\n\n")
        for block in blocks:
            self._received.put_nowait(block)

    async def next(self) -> Message | None:
        """Give the next message; None when the stream has ended."""
        async with asyncio.timeout(SOON):
            while (block := await self._received.get()) is not None:
                if not block.startswith(":"):
                    return Message(block)
                self.comments += 1
        return None

    async def next_beat(self) -> None:
        async with asyncio.timeout(SOON):
            while (block := await self._received.get()) is not None and not block.startswith(":"):
                pass

    @property
    def is_quiet(self) -> bool:
        """Say whether nothing came that was not taken."""
        return self._received.empty()

    async def types(self, count: int) -> list[str]:
        """Give the types of the next events."""
        messages = [await self.next() for _ in range(count)]
        return [message.data["type"] for message in messages if message is not None]

    async def rest(self) -> list[Message]:
        """Give all that comes until the stream ends."""
        messages = []
        while (message := await self.next()) is not None:
            messages.append(message)
        return messages

    async def leave(self) -> None:
        self._left.set()
        async with asyncio.timeout(SOON):
            await self.task


@pytest.fixture
async def listen(app: Litestar) -> AsyncIterator[AsyncCall[Any]]:
    """Follow the stream: `await listen("jane", project="WEB")`; gives who listens once the stream has begun."""
    everyone: list[Listening] = []

    async def begin(
        who: str, *, last_event_id: str | None = None, method: str = "GET", of: Litestar = app, **query: str
    ) -> Any:
        headers = {"last-event-id": last_event_id} if last_event_id else {}
        path = f"/api/events/stream?{urlencode(query)}"
        everyone.append(Listening(of, who, path, headers, method))
        return everyone[-1]

    yield begin
    for each in everyone:
        await each.leave()


@pytest.fixture
def follow(listen: AsyncCall[Any]) -> AsyncCall[Any]:
    """Follow the stream and take its first message, with the cursor."""

    async def begin(who: str, **options: Any) -> Any:
        listening = await listen(who, **options)
        first = await listening.next()
        assert first is not None
        assert first.data == {"cursor": first.id}
        listening.cursor = first.id
        listening.began_with = first.event
        return listening

    return begin
