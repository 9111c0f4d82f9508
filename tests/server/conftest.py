"""A server on a real socket of this machine, with limits that a test need not wait for."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from codimir.server.config import ServerConfig
from codimir.server.limits import Limits

PATIENCE_SECONDS = 300
SHORT: dict[str, Any] = {
    "first_byte_seconds": 0.4, "header_seconds": 0.4, "body_seconds": 0.4, "stalled_seconds": 0.4,
    "linger_seconds": 0.4,
}  # fmt: skip


class Reply:
    """A reply, as it came."""

    def __init__(self, head: bytes, body: bytes) -> None:
        self.lines = head.decode().split("\r\n")
        self.status = int(self.lines[0].split()[1])
        self.headers = dict(line.lower().split(": ", 1) for line in self.lines[1:] if line)
        self.body = body

    @property
    def error(self) -> Any:
        return json.loads(self.body)["error"]


class Visitor:
    """One connection, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def reply(self) -> Reply:
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(line[16:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), 0
            )
            return Reply(head[:-4], await self.reader.readexactly(length))

    async def rest(self) -> bytes:
        """Read until the server ends the connection."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.reader.read()

    async def ask(self, path: str = "/", **headers: str) -> Reply:
        lines = [f"GET {path} HTTP/1.1", "Host: x", *(f"{name}: {value}" for name, value in headers.items())]
        self.send("\r\n".join([*lines, "", ""]).encode())
        return await self.reply()


class App:
    """Answers each path in a way of its own."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.scopes: list[Any] = []
        self.ended: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        self.scopes.append(scope)
        try:
            await getattr(self, f"answer_{scope['path'].strip('/') or 'plain'}")(receive, send)
        finally:
            self.ended.append(scope["path"])

    async def answer_plain(self, _receive: Any, send: Any) -> None:
        await _send(send, b"ok")

    async def answer_length(self, receive: Any, send: Any) -> None:
        length, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            length, more = length + len(message["body"]), message["more_body"]
        await _send(send, b"%d" % length)

    async def answer_later(self, _receive: Any, send: Any) -> None:
        await self.go_on.wait()
        await _send(send, b"at last")

    async def answer_late_reader(self, receive: Any, send: Any) -> None:
        await self.go_on.wait()
        await self.answer_length(receive, send)

    async def answer_large(self, _receive: Any, send: Any) -> None:
        await _send(send, b"x" * 20_000_000)

    async def answer_pieces(self, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"20000000")]})
        for n in range(200):
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": n < 199})

    async def answer_events(self, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await self.go_on.wait()
        await send({"type": "http.response.body", "body": b"last", "more_body": False})

    async def answer_defect(self, _receive: Any, _send: Any) -> None:
        raise BaseException("a defect")  # noqa: TRY002 - of the kind that an application does not see


async def _live(receive: Any, send: Any) -> None:
    for _ in range(2):
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})


async def _send(send: Any, body: bytes) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body, "more_body": False})


class Started:
    """A server that runs in the loop of the test."""

    def __init__(self, server: uvicorn.Server, app: App, address: tuple[str, int]) -> None:
        self.server = server
        self.app = app
        self.address = address
        self.visitors: list[Visitor] = []

    async def visit(self, source: str = "127.0.0.1", receive_bytes: int | None = None) -> Visitor:
        connection = socket.socket()
        if receive_bytes is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        connection.setblocking(False)
        connection.bind((source, 0))
        await asyncio.get_running_loop().sock_connect(connection, self.address)
        self.visitors.append(Visitor(*await asyncio.open_connection(sock=connection, limit=2**16)))
        return self.visitors[-1]

    async def until(self, condition: Any) -> None:
        await _until(condition)

    @property
    def limits(self) -> Limits:
        config = self.server.config
        assert isinstance(config, ServerConfig)
        return config.limits

    @property
    def open(self) -> int:
        return len(self.server.server_state.connections)


async def _until(condition: Any) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 - what it waits for tells nobody
            await asyncio.sleep(0.01)


@asynccontextmanager
async def started(limits: Limits, **settings: Any) -> AsyncIterator[Started]:
    """Run a server with these limits."""
    app = App()
    listening = socket.create_server(("127.0.0.1", 0))
    config = ServerConfig(
        app, limits, lifespan="on", log_config=None, log_level="critical", server_header=False,
        **{"timeout_keep_alive": 65, "timeout_graceful_shutdown": 1, "proxy_headers": False, **settings},
    )  # fmt: skip
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve([listening]))
    await _until(lambda: server.started)
    here = Started(server, app, listening.getsockname())
    try:
        yield here
    finally:
        for visitor in here.visitors:
            visitor.writer.transport.abort()
        app.go_on.set()
        server.should_exit = True
        await running


@pytest.fixture(scope="session")
def anyio_backend() -> Any:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
def short() -> Limits:
    """Limits that end soon."""
    return Limits(**SHORT)


@pytest.fixture
async def patient() -> AsyncIterator[Started]:
    """A server with the limits that it has where nothing else is said."""
    async with started(Limits()) as here:
        yield here


@pytest.fixture
async def hasty(short: Limits) -> AsyncIterator[Started]:
    """A server that waits for nobody."""
    async with started(short) as here:
        yield here


@pytest.fixture
def start() -> Any:
    """Start a server: `async with start(Limits(connections=20)) as here`."""
    return started
