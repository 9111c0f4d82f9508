"""How much a client may send before it is told that it is too much."""

import pytest

from tests.server.conftest import Started

MANY = b"".join(b"X-%d: y\r\n" % n for n in range(101))
LONG = b"X: " + b"y" * 33_000 + b"\r\n"


class TestHeader:
    @pytest.mark.parametrize("lines", [MANY, LONG], ids=["lines", "bytes"])
    async def test_one_that_is_too_large_is_refused_and_the_connection_ends(
        self, patient: Started, lines: bytes
    ) -> None:
        visitor = await patient.visit()
        visitor.send(b"GET / HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n")
        reply = await visitor.reply()
        assert (reply.status, reply.error["code"]) == (431, "HEADER_TOO_LARGE")
        assert reply.headers["connection"] == "close"
        assert reply.headers["x-request-id"]
        assert await visitor.rest() == b""
        assert patient.app.scopes == []

    @pytest.mark.parametrize("piece", [b"X: y\r\n" * 200, b"y" * 1_000], ids=["many-lines", "one-line"])
    async def test_one_without_end_is_refused_before_it_ends(self, patient: Started, piece: bytes) -> None:
        visitor = await patient.visit()
        visitor.send(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
        for _ in range(1_000):
            visitor.send(piece)
        assert (await visitor.reply()).status == 431

    async def test_100_lines_of_30_kilobytes_pass(self, patient: Started) -> None:
        visitor = await patient.visit()
        visitor.send(b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: %b\r\n" % (n, b"y" * 290) for n in range(100)) + b"\r\n")
        assert (await visitor.reply()).status == 200
        assert len(patient.app.scopes[0]["headers"]) == 100

    async def test_a_request_after_others_on_the_connection_is_refused_as_well(self, patient: Started) -> None:
        visitor = await patient.visit()
        assert (await visitor.ask()).status == 200
        visitor.send(b"GET / HTTP/1.1\r\nHost: x\r\n" + LONG + b"\r\n")
        assert (await visitor.reply()).status == 431

    async def test_many_requests_on_one_connection_are_not_one_large_one(self, patient: Started) -> None:
        visitor = await patient.visit()
        for _ in range(20):
            assert (await visitor.ask(Cookie="y" * 8_000)).status == 200


class TestAddress:
    @pytest.mark.parametrize("end", [b" HTTP/1.1\r\nHost: x\r\n\r\n", b""], ids=["whole", "without-end"])
    async def test_a_long_one_is_refused(self, patient: Started, end: bytes) -> None:
        visitor = await patient.visit()
        visitor.send(b"GET /?" + b"y" * 40_000 + end)
        reply = await visitor.reply()
        assert (reply.status, reply.error["code"]) == (414, "URI_TOO_LONG")

    async def test_one_of_16000_bytes_passes(self, patient: Started) -> None:
        assert (await (await patient.visit()).ask("/?" + "y" * 16_000)).status == 200

    async def test_a_whole_one_of_a_proxy_passes(self, patient: Started) -> None:
        assert (await (await patient.visit()).ask("http://x")).status == 200
        assert patient.app.scopes[0]["path"] == "/"


class TestMalformed:
    @pytest.mark.parametrize("data", [b"Hello?\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n"])
    async def test_what_is_no_request_is_answered_in_the_envelope(self, patient: Started, data: bytes) -> None:
        visitor = await patient.visit()
        visitor.send(data)
        reply = await visitor.reply()
        assert (reply.status, reply.error["code"]) == (400, "VALIDATION_ERROR")
        assert reply.headers["content-type"] == "application/json"
        assert reply.headers["x-request-id"]
        assert await visitor.rest() == b""

    async def test_the_request_before_it_is_answered_first(self, patient: Started) -> None:
        visitor = await patient.visit()
        visitor.send(b"GET /later HTTP/1.1\r\nHost: x\r\n\r\nHello?\r\n\r\n")
        await patient.until(lambda: patient.app.scopes)
        patient.app.go_on.set()
        assert (await visitor.reply()).body == b"at last"
        assert (await visitor.reply()).status == 400
        assert await visitor.rest() == b""

    async def test_a_body_that_breaks_off_is_answered_instead_of_its_request(self, patient: Started) -> None:
        visitor = await patient.visit()
        visitor.send(b"POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\ny\r\nnone\r\n")
        assert (await visitor.reply()).status == 400
        assert await visitor.rest() == b""
        await patient.until(lambda: patient.app.ended == ["/length"])

    async def test_a_body_that_breaks_off_after_its_reply_ends_the_connection(self, patient: Started) -> None:
        visitor = await patient.visit()
        visitor.send(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\ny\r\n")
        assert (await visitor.reply()).status == 200
        visitor.send(b"none\r\n")
        assert await visitor.rest() == b""


class TestTrailers:
    HEAD = b"POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

    async def test_they_are_thrown_away(self, patient: Started) -> None:
        visitor = await patient.visit()
        visitor.send(self.HEAD + b"1\r\ny\r\n0\r\nAuthorization: Bearer x\r\n\r\n")
        assert (await visitor.reply()).body == b"1"
        assert [name for name, _ in patient.app.scopes[0]["headers"]] == [b"host", b"transfer-encoding"]

    @pytest.mark.parametrize("endless", [b"X: y\r\n", b"y" * 100], ids=["lines", "line"])
    async def test_those_without_end_are_refused(self, patient: Started, endless: bytes) -> None:
        visitor = await patient.visit()
        visitor.send(self.HEAD + b"1\r\ny\r\n0\r\nX: ")
        visitor.send(endless * (600_000 // len(endless)))
        assert (await visitor.reply()).status == 431

    async def test_many_small_chunks_are_a_body(self, patient: Started) -> None:
        visitor = await patient.visit()
        visitor.send(self.HEAD + b"1\r\ny\r\n" * 50_000 + b"0\r\n\r\n")
        assert (await visitor.reply()).body == b"50000"


class TestAhead:
    async def test_some_requests_may_be_sent_before_the_first_is_answered(self, patient: Started) -> None:
        visitor = await patient.visit()
        visitor.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 60)
        assert [(await visitor.reply()).status for _ in range(60)] == [200] * 60

    async def test_too_many_are_not_held_in_memory(self, patient: Started) -> None:
        visitor = await patient.visit()
        visitor.send(b"GET /later HTTP/1.1\r\nHost: x\r\n\r\n" + b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 1_000)
        await patient.until(lambda: patient.app.scopes)
        patient.app.go_on.set()
        statuses = [(await visitor.reply()).status for _ in range(66)]
        assert statuses == [200] * 65 + [503]
        assert await visitor.rest() == b""

    async def test_requests_with_bodies_are_told_apart(self, patient: Started) -> None:
        visitor = await patient.visit()
        post = b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b"
        visitor.send(b"".join(post % (n, b"y" * n) for n in (3, 0, 100_000, 5)))
        assert [(await visitor.reply()).body for _ in range(4)] == [b"3", b"0", b"100000", b"5"]
