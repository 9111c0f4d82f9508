"""How long a client may take."""

import asyncio
import time
from typing import Any

import pytest

from codimir.server.limits import Limits
from tests.server.conftest import Started

SLOW_HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"


class TestRequest:
    async def test_a_connection_that_says_nothing_ends(self, hasty: Started) -> None:
        assert await (await hasty.visit()).rest() == b""

    @pytest.mark.parametrize("data", [SLOW_HEAD, b"G"], ids=["lines", "letter"])
    async def test_a_header_that_does_not_end_is_answered_408(self, hasty: Started, data: bytes) -> None:
        visitor = await hasty.visit()
        visitor.send(data)
        reply = await visitor.reply()
        assert (reply.status, reply.error["code"]) == (408, "REQUEST_TIMEOUT")
        assert await visitor.rest() == b""

    async def test_empty_lines_win_no_time(self, hasty: Started) -> None:
        visitor = await hasty.visit()
        assert (await visitor.ask()).status == 200
        visitor.send(b"\r\n")
        assert (await visitor.reply()).status == 408

    async def test_a_header_that_grows_wins_no_time(self, hasty: Started) -> None:
        visitor = await hasty.visit()
        visitor.send(SLOW_HEAD)
        growing = asyncio.create_task(_grow(visitor))
        assert (await visitor.reply()).status == 408
        growing.cancel()

    @pytest.mark.parametrize("begun", [b"", b"y" * 10], ids=["nothing", "little"])
    async def test_a_body_that_stands_still_is_answered_408(self, hasty: Started, begun: bytes) -> None:
        visitor = await hasty.visit()
        visitor.send(POST + begun)
        assert (await visitor.reply()).status == 408
        assert await visitor.rest() == b""
        await hasty.until(lambda: hasty.app.ended == ["/length"])

    async def test_a_body_that_came_fast_and_then_stands_still_too(self, hasty: Started) -> None:
        visitor = await hasty.visit()
        visitor.send(POST + b"y" * 99_000)
        assert (await visitor.reply()).status == 408

    async def test_a_body_at_an_honest_speed_comes_whole(self, hasty: Started) -> None:
        visitor = await hasty.visit()
        visitor.send(POST.replace(b"100000", b"6000"))
        began = time.monotonic()
        for _ in range(60):
            visitor.send(b"y" * 100)
            await asyncio.sleep(0.02)
        assert (await visitor.reply()).body == b"6000"
        assert time.monotonic() - began > 2 * hasty.limits.body_seconds

    async def test_a_body_is_not_slow_while_nobody_reads_it(self, hasty: Started) -> None:
        visitor = await hasty.visit()
        visitor.send(POST.replace(b"/length", b"/late_reader").replace(b"100000", b"900000") + b"y" * 900_000)
        await asyncio.sleep(3 * hasty.limits.body_seconds)
        hasty.app.go_on.set()
        assert (await visitor.reply()).body == b"900000"

    async def test_nor_while_the_client_waits_to_be_asked_for_it(self, hasty: Started) -> None:
        visitor = await hasty.visit()
        visitor.send(
            POST.replace(b"/length", b"/late_reader").replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n")
        )
        await asyncio.sleep(3 * hasty.limits.body_seconds)
        hasty.app.go_on.set()
        assert (await visitor.reply()).status == 100
        visitor.send(b"y" * 100_000)
        assert (await visitor.reply()).body == b"100000"


class TestKeepAlive:
    async def test_a_connection_is_kept_for_the_next_request(self, hasty: Started) -> None:
        visitor = await hasty.visit()
        assert (await visitor.ask()).status == 200
        await asyncio.sleep(3 * hasty.limits.first_byte_seconds)
        assert (await visitor.ask()).status == 200

    async def test_it_ends_when_none_comes(self, start: Any, short: Limits) -> None:
        async with start(short, timeout_keep_alive=0.3) as here:
            visitor = await here.visit()
            assert (await visitor.ask()).status == 200
            assert await visitor.rest() == b""

    async def test_it_ends_too_when_the_body_came_after_the_reply(self, start: Any, short: Limits) -> None:
        async with start(short, timeout_keep_alive=0.3) as here:
            visitor = await here.visit()
            visitor.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n")
            assert (await visitor.reply()).status == 200
            visitor.send(b"y")
            assert await visitor.rest() == b""

    async def test_another_protocol_is_not_waited_for(self, hasty: Started) -> None:
        visitor = await hasty.visit()
        reply = await visitor.ask(Connection="Upgrade", Upgrade="h2c")
        assert (reply.status, reply.headers["connection"]) == (200, "close")
        assert await visitor.rest() == b""


class TestReply:
    @pytest.mark.parametrize("path", ["/large", "/pieces"])
    @pytest.mark.parametrize("connection", ["keep-alive", "close"])
    async def test_a_client_that_takes_nothing_is_left(self, hasty: Started, path: str, connection: str) -> None:
        visitor = await hasty.visit(receive_bytes=4096)
        visitor.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: {connection}\r\n\r\n".encode())
        await hasty.until(lambda: hasty.app.scopes)
        await hasty.until(lambda: hasty.open == 0)

    async def test_one_that_takes_it_slowly_gets_it_whole(self, hasty: Started) -> None:
        visitor = await hasty.visit(receive_bytes=65_536)
        visitor.send(b"GET /pieces HTTP/1.1\r\nHost: x\r\n\r\n")
        await visitor.reader.readuntil(b"\r\n\r\n")
        began, received = time.monotonic(), 0
        while received < 20_000_000:
            piece = await visitor.reader.read(2**16)
            assert piece
            received += len(piece)
            await asyncio.sleep(0.005)
        assert time.monotonic() - began > 2 * hasty.limits.stalled_seconds

    async def test_a_stream_without_news_goes_on(self, hasty: Started) -> None:
        visitor = await hasty.visit()
        visitor.send(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        await visitor.reader.readuntil(b"first\r\n")
        await asyncio.sleep(3 * hasty.limits.stalled_seconds)
        hasty.app.go_on.set()
        assert await visitor.reader.readuntil(b"0\r\n\r\n") == b"4\r\nlast\r\n0\r\n\r\n"

    async def test_a_reply_that_takes_its_time_comes(self, hasty: Started) -> None:
        visitor = await hasty.visit()
        visitor.send(b"GET /later HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.sleep(3 * hasty.limits.first_byte_seconds)
        hasty.app.go_on.set()
        assert (await visitor.reply()).body == b"at last"


class TestEnd:
    async def test_a_request_that_is_not_done_by_then_is_told_so(self, start: Any) -> None:
        async with start(Limits(), timeout_graceful_shutdown=0.2) as here:
            visitor = await here.visit()
            visitor.send(b"GET /later HTTP/1.1\r\nHost: x\r\n\r\n")
            await here.until(lambda: here.app.scopes)
            here.server.should_exit = True
            reply = await visitor.reply()
        assert (reply.status, reply.error["code"]) == (503, "UNAVAILABLE")
        assert "check whether this was done" in reply.error["message"]
        assert reply.headers["x-request-id"]

    async def test_a_defect_of_any_kind_is_told_in_the_envelope(self, patient: Started) -> None:
        reply = await (await patient.visit()).ask("/defect")
        assert (reply.status, reply.error["code"]) == (500, "INTERNAL_ERROR")
        assert reply.error["details"]["requestId"] == reply.headers["x-request-id"]


async def _grow(visitor: Any) -> None:
    while True:
        visitor.send(b"X: y\r\n")
        await asyncio.sleep(0.05)
