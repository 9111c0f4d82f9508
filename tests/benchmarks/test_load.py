"""The load generator counts what a server answered, and never takes a failure for speed."""

import asyncio
import math
from collections.abc import Callable, Sequence
from http import HTTPStatus
from time import perf_counter

import pytest
import uvloop

from benchmarks.load import Result, measure, request

LIST = request("GET", "/tickets", {})
SECONDS = 0.2
CONNECTIONS = 2

Answer = Callable[[bytes], bytes | None]


def reply(body: bytes, status: HTTPStatus = HTTPStatus.OK) -> bytes:
    return b"HTTP/1.1 %d %s\r\nContent-Length: %d\r\n\r\n%s" % (status, status.phrase.encode(), len(body), body)


def load(
    answer: Answer,
    requests: Sequence[bytes] = (LIST,),
    connections: int = CONNECTIONS,
    warmup: float = 0.0,
    delay: float = 0.0,
) -> tuple[Result, list[bytes]]:
    """What is measured against a server that answers so, or hangs up on None; and what it was asked."""
    seen: list[bytes] = []

    def see(raw: bytes) -> bytes | None:
        seen.append(raw)
        return answer(raw)

    async def scenario() -> Result:
        server = await asyncio.start_server(lambda *streams: serve(see, delay, *streams), "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await measure("127.0.0.1", port, requests, connections=connections, seconds=SECONDS, warmup=warmup)

    return uvloop.run(scenario()), seen


async def serve(answer: Answer, delay: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while reply := answer(await read_request(reader)):
            await asyncio.sleep(delay)
            writer.write(reply)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]
    return head + await reader.readexactly(int(length or 0))


class TestRequest:
    def test_reads_as_http(self) -> None:
        assert request("POST", "/tickets", {"Accept": "*/*"}, b"{}") == (
            b"POST /tickets HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nContent-Length: 2\r\n\r\n{}"
        )

    def test_keeps_a_host_that_was_given(self) -> None:
        assert request("GET", "/", {"host": "web.test"}) == b"GET / HTTP/1.1\r\nhost: web.test\r\n\r\n"


class TestMeasure:
    def test_counts_every_reply(self) -> None:
        result, seen = load(lambda raw: reply(b"[]"))
        assert result.count == pytest.approx(len(seen), rel=0.01, abs=10)
        assert 0 < result.per_second < 1.05 * result.count / SECONDS
        assert (result.errors, result.first_error) == (0, None)

    def test_latencies_are_milliseconds(self) -> None:
        """None is faster than the server, and none takes longer than the whole measurement, whatever else runs."""
        start = perf_counter()
        result, _ = load(lambda raw: reply(b"[]"), connections=4, delay=0.02)
        assert 10 <= result.p50_ms <= result.p90_ms <= result.p99_ms <= result.max_ms
        assert result.max_ms < 1000 * (perf_counter() - start)

    def test_leaves_the_warmup_out(self) -> None:
        result, seen = load(lambda raw: reply(b"[]"), warmup=3 * SECONDS)
        assert result.count < len(seen) - CONNECTIONS

    def test_sends_the_requests_in_turn(self) -> None:
        creates = [request("POST", "/tickets", {}, b"%d" % number) for number in range(3)]
        _, seen = load(lambda raw: reply(b"{}", HTTPStatus.CREATED), creates, connections=1)
        assert seen[:5] == [*creates, *creates[:2]]

    @pytest.mark.parametrize("size", [0, 7, 300_000])
    def test_reads_chunked_replies(self, size: int) -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunk = b"%x\r\n%s\r\n" % (size, b"x" * size) if size else b""
        result, seen = load(lambda raw: head + chunk + b"3\r\nend\r\n0\r\n\r\n")
        assert result.count == pytest.approx(len(seen), rel=0.01, abs=10)
        assert result.errors == 0

    def test_reads_replies_without_a_body(self) -> None:
        result, _ = load(lambda raw: b"HTTP/1.1 204 No Content\r\n\r\n")
        assert result.count > 1
        assert result.errors == 0


class TestErrors:
    def test_other_statuses_do_not_count(self) -> None:
        result, seen = load(lambda raw: reply(b'{"code":"conflict"}', HTTPStatus.CONFLICT))
        assert (result.count, result.per_second) == (0, 0)
        assert result.errors == pytest.approx(len(seen), abs=2)
        assert math.isnan(result.p50_ms)

    def test_the_first_one_is_told(self) -> None:
        bodies = iter([b"fine", b"too many tickets", b"too many again"])
        result, _ = load(lambda raw: reply(body := next(bodies, b"fine"), status_for(body)), connections=1)
        assert (result.errors, result.first_error) == (2, "429 too many tickets")
        assert result.count > 0

    def test_a_lost_connection_is_one_and_ends_it(self) -> None:
        result, _ = load(lambda raw: None)
        assert (result.count, result.errors) == (0, 2)
        assert result.first_error == "connection lost after 0 replies: closed by the server"

    def test_silence_is_one(self) -> None:
        result, _ = load(lambda raw: b"HTTP/1.1 200 OK\r\n")
        assert (result.count, result.errors) == (0, 2)
        assert result.first_error == "no reply on a connection until the end"

    def test_a_reply_of_another_protocol_is_one(self) -> None:
        result, _ = load(lambda raw: b"220 mail.test ESMTP\r\n")
        assert (result.count, result.errors) == (0, 2)
        assert str(result.first_error).startswith("not an HTTP reply")

    def test_no_server_is_an_exception(self) -> None:
        with pytest.raises(ConnectionRefusedError):
            uvloop.run(measure("127.0.0.1", 1, [LIST]))

    def test_no_request_is_an_exception(self) -> None:
        with pytest.raises(ValueError, match="no request"):
            uvloop.run(measure("127.0.0.1", 1, []))


def status_for(body: bytes) -> HTTPStatus:
    return HTTPStatus.TOO_MANY_REQUESTS if body.startswith(b"too many") else HTTPStatus.OK
