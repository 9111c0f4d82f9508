"""Loads a local HTTP/1.1 server as hard as it can answer, and says how fast it was.

Every connection is kept alive and has one request outstanding, so the number of
connections is the number of requests the server works on at a time. The latency of a
reply runs from handing its request to the socket until its last byte is parsed.

Run it in a process of its own: beside the server on one event loop it would measure itself.
"""

import asyncio
import contextlib
import itertools
import math
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import cast

import httptools
import msgspec
import uvloop

SUCCESS = frozenset({*range(200, 300), 304})
MAX_ERROR_BYTES = 2000


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured; latencies are in milliseconds and NaN when nothing succeeded.

    Only replies with a 2xx status that came after the warm-up make the rate, the count
    and the latencies. Errors are counted from the first request on: other statuses, lost
    connections, and connections that never got a reply. `first_error` tells the first one.
    """

    per_second: float
    p50_ms: float
    p90_ms: float
    p99_ms: float
    max_ms: float
    count: int
    errors: int
    first_error: str | None


def request(method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> bytes:
    """Build a complete HTTP/1.1 request, with Host and Content-Length added.

    HEAD is not for `measure`: its reply announces a body that never comes.
    """
    lines = [f"{method} {path} HTTP/1.1"]
    if "host" not in {name.lower() for name in headers}:
        lines.append("Host: localhost")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")


def run(
    host: str,
    port: int,
    requests: Sequence[bytes],
    *,
    connections: int = 16,
    seconds: float = 3.0,
    warmup: float = 0.5,
) -> Result:
    """`measure`, for a process that has no event loop yet."""
    return uvloop.run(measure(host, port, requests, connections=connections, seconds=seconds, warmup=warmup))


async def measure(
    host: str,
    port: int,
    requests: Sequence[bytes],
    *,
    connections: int = 16,
    seconds: float = 3.0,
    warmup: float = 0.5,
) -> Result:
    """Send the requests in turn, over and over, for `warmup` and then `seconds` seconds.

    Whichever connection is free takes the next request; the warm-up takes its share of
    them too. A lost connection is not opened again, and when none is left the measurement
    ends early. Raises OSError when the server cannot be reached.
    """
    load = _Load(requests)
    try:
        await load.connect(host, port, connections)
        await load.go_on(warmup)
        elapsed_seconds = await load.record(seconds)
    finally:
        await load.disconnect()
    return _summary(load, elapsed_seconds)


async def measure_during(
    work: "asyncio.Future[object]",
    host: str,
    port: int,
    requests: Sequence[bytes],
    *,
    connections: int = 16,
) -> Result:
    """Send the requests in turn, over and over, until the work is done.

    Raises what the work raises, and OSError when the server cannot be reached.
    """
    load = _Load(requests)
    try:
        await load.connect(host, port, connections)
        load.recording, start = True, perf_counter()
        await work
        load.recording = False
        elapsed_seconds = perf_counter() - start
    finally:
        await load.disconnect()
    return _summary(load, elapsed_seconds)


class _Load:
    """What the connections of one measurement share."""

    def __init__(self, requests: Sequence[bytes]) -> None:
        if not requests:
            raise ValueError("There is no request to send.")
        self.upcoming = itertools.cycle(requests)
        self.recording = False
        self.latencies_seconds: list[float] = []
        self.errors = 0
        self.first_error: str | None = None
        self.connections: set[_Connection] = set()
        self.deserted = asyncio.Event()

    async def connect(self, host: str, port: int, connections: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(connections):
            await loop.create_connection(lambda: _Connection(self), host, port)
        for connection in self.connections:
            connection.send()

    async def go_on(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.deserted.wait(), seconds)

    async def record(self, seconds: float) -> float:
        """Keep latencies for a while, and return how many seconds that really was."""
        self.recording = True
        start = perf_counter()
        await self.go_on(seconds)
        self.recording = False
        return perf_counter() - start

    async def disconnect(self) -> None:
        for connection in list(self.connections):
            connection.close()
        if self.connections:
            await self.deserted.wait()

    def fail(self, error: str) -> None:
        self.errors += 1
        self.first_error = self.first_error or error


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as the reply to the last one is complete."""

    def __init__(self, load: _Load) -> None:
        self._load = load
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self._replies = 0
        self._closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._load.connections.add(self)
        self._load.deserted.clear()

    def send(self) -> None:
        self._sent_at = perf_counter()
        self._transport.write(next(self._load.upcoming))

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._load.fail(f"not an HTTP reply: {error}")
            self._closing = True
            self._transport.abort()

    def on_body(self, part: bytes) -> None:
        self._body.append(part)

    def on_message_complete(self) -> None:
        latency_seconds = perf_counter() - self._sent_at
        self._replies += 1
        status = self._parser.get_status_code()
        if status not in SUCCESS:
            self._load.fail(f"{status} {_text(self._body)}")
        elif self._load.recording:
            self._load.latencies_seconds.append(latency_seconds)
        self._body.clear()
        if not self._closing:
            self.send()

    def close(self) -> None:
        self._closing = True
        if not self._replies:
            self._load.fail("no reply on a connection until the end")
        self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._closing:
            self._load.fail(f"connection lost after {self._replies} replies: {exc or 'closed by the server'}")
        self._load.connections.remove(self)
        if not self._load.connections:
            self._load.deserted.set()


def _text(body: list[bytes]) -> str:
    return b"".join(body)[:MAX_ERROR_BYTES].decode(errors="replace")


def _summary(load: _Load, elapsed_seconds: float) -> Result:
    ordered_ms = [1000 * seconds for seconds in sorted(load.latencies_seconds)]
    return Result(
        per_second=len(ordered_ms) / elapsed_seconds,
        p50_ms=_percentile(ordered_ms, 0.50),
        p90_ms=_percentile(ordered_ms, 0.90),
        p99_ms=_percentile(ordered_ms, 0.99),
        max_ms=_percentile(ordered_ms, 1.00),
        count=len(ordered_ms),
        errors=load.errors,
        first_error=load.first_error,
    )


def _percentile(ordered: Sequence[float], share: float) -> float:
    """Find the smallest value that at least this share of the values does not exceed (nearest rank)."""
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else math.nan
