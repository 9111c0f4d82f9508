"""The live stream of a server in a process of its own: several workers, and how it stops."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.calls import Call
from tests.cli.conftest import Serving


@contextmanager
def following(client: httpx.Client) -> Iterator[Iterator[str]]:
    """Follow the stream from its first event on; gives its lines."""
    with client.stream("GET", "/api/events/stream") as reply:
        assert reply.status_code == 200
        lines = reply.iter_lines()
        for line in lines:
            if line.startswith("data: "):
                break
        yield lines


def titles(lines: Iterator[str], count: int) -> list[str]:
    """Give the titles of the tickets of the next events."""
    found: list[str] = []
    while len(found) < count:
        line = next(lines)
        if line.startswith("data: "):
            found.append(json.loads(line.removeprefix("data: "))["ticket"]["title"])
    return found


class TestStreams:
    def test_every_worker_tells_what_any_of_them_did(
        self, serve: Call[Serving], session_of: Call[dict[str, str]], visit: Call[httpx.Client]
    ) -> None:
        session = session_of()
        server = serve("--workers", "2")
        with (
            following(visit(server, session)) as one, following(visit(server, session)) as two,
            following(visit(server, session)) as three, following(visit(server, session)) as four,
        ):  # fmt: skip
            for n in range(6):
                assert visit(server, session).post("/api/tickets", json={"title": str(n)}).status_code == 201
            for lines in (one, two, three, four):
                assert titles(lines, 6) == [str(n) for n in range(6)]

    def test_open_streams_do_not_hold_up_the_end(
        self, serve: Call[Serving], session_of: Call[dict[str, str]], visit: Call[httpx.Client]
    ) -> None:
        session = session_of()
        server = serve()
        with following(visit(server, session)) as one, following(visit(server, session)) as two:
            assert server.stop() == 0
            assert not [line for lines in (one, two) for line in lines if line.startswith("data")]
        assert server.process.stderr.read() == "", "it would complain of what it had to cut after ten seconds"

    def test_nor_those_of_several_workers(
        self, serve: Call[Serving], session_of: Call[dict[str, str]], visit: Call[httpx.Client]
    ) -> None:
        session = session_of()
        server = serve("--workers", "2")
        with following(visit(server, session)), following(visit(server, session)):
            assert server.stop() == 0
        assert server.process.stderr.read() == ""
