"""Strangers who send without end or hold connections: others are served, and memory stays."""

import re
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.calls import Call
from tests.cli.commands import Done
from tests.cli.conftest import Serving

MEGABYTE = 2**20
MAX_MORE_MEGABYTES = 50
DESCRIPTORS_NEEDED = 2000
LINE = b"X-Filling: " + b"y" * 1000 + b"\r\n"
RESET = b"POST /api/auth/reset HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture
def database_name() -> str:
    """SQLite alone: none of it comes as far as the database."""
    return "sqlite"


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """Let this test open many sockets."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] != resource.RLIM_INFINITY and before[1] < DESCRIPTORS_NEEDED:
        pytest.skip("the system lets a process open too few files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], DESCRIPTORS_NEEDED), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def _connect(address: str, data: bytes = b"") -> socket.socket:
    parts = urlsplit(address)
    connection = socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=60)
    connection.sendall(data)
    return connection


def _memory_megabytes(pid: int) -> int:
    """Say how much memory a process has held at most."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("the system does not tell how much memory a process holds")
    found = re.search(r"VmHWM:\s+(\d+)", status.read_text())
    assert found is not None
    return int(found[1]) // 1024


def _flood(connection: socket.socket, piece: bytes, megabytes: int) -> bytes:
    """Send it for as long as it is taken, and give what is answered."""
    try:
        for _ in range(megabytes * MEGABYTE // len(piece)):
            connection.sendall(piece)
    except OSError:
        pass  # what is refused is not taken to its end
    try:
        return connection.recv(10_000)
    except ConnectionResetError:
        return b""


class TestMemory:
    def test_a_header_without_end_is_not_held(self, serve: Call[Serving]) -> None:
        server = serve()
        httpx.get(f"{server.address}/signin")
        before = _memory_megabytes(server.process.pid)
        for _ in range(3):
            with _connect(server.address, b"GET /signin HTTP/1.1\r\n") as connection:
                assert _flood(connection, LINE * 60, 100)[:12] in (b"HTTP/1.1 431", b"")
        assert _memory_megabytes(server.process.pid) - before < MAX_MORE_MEGABYTES
        assert httpx.get(f"{server.address}/signin").status_code == 200

    def test_nor_are_100_bodies_of_strangers(self, serve: Call[Serving]) -> None:
        server = serve()
        httpx.get(f"{server.address}/signin")
        before = _memory_megabytes(server.process.pid)
        with ExitStack() as stack:
            for number in range(100):
                length = (
                    b"Transfer-Encoding: chunked\r\n\r\n3ffffe\r\n"
                    if number % 2
                    else b"Content-Length: 4194302\r\n\r\n"
                )
                connection = stack.enter_context(_connect(server.address, RESET + length))
                assert _flood(connection, b"y" * 2**16, 3).startswith(b"HTTP/1.1 413")
            assert _memory_megabytes(server.process.pid) - before < MAX_MORE_MEGABYTES

    def test_nor_are_500_bodies_that_stay_below_the_limit(self, serve: Call[Serving]) -> None:
        server = serve()
        httpx.get(f"{server.address}/signin")
        before = _memory_megabytes(server.process.pid)
        with ExitStack() as stack:
            for _ in range(500):
                stack.enter_context(_connect(server.address, RESET + b"Content-Length: 16384\r\n\r\n" + b"y" * 16_000))
            assert httpx.get(f"{server.address}/signin").status_code == 200
            assert _memory_megabytes(server.process.pid) - before < MAX_MORE_MEGABYTES


class TestConnections:
    def test_1100_that_are_idle_and_200_that_are_slow_shut_nobody_out(
        self, serve: Call[Serving], many_descriptors: None, session_of: Call[dict[str, str]], visit: Call[httpx.Client]
    ) -> None:
        session = session_of()
        server = serve(prefix=("sh", "-c", 'ulimit -S -n 256 && exec "$@"', "sh"))
        with ExitStack() as stack:
            for number in range(1_300):
                slow = (b"GET / HTTP/1.1\r\n", RESET + b"Content-Length: 9000\r\n\r\ny")[number % 2]
                stack.enter_context(_connect(server.address, slow if number < 200 else b""))
            client = visit(server, session)
            reply = client.post("/api/tickets", json={"title": "In spite of it"})
            assert reply.status_code == 201
            path = f"/api/tickets/{reply.json()['data']['id']}/attachments"
            assert client.post(path, files={"file": ("a.txt", b"kept")}).status_code == 201

    def test_a_bound_that_is_set_holds(self, serve: Call[Serving], environment: dict[str, str]) -> None:
        environment["CODIMIR_MAX_CONNECTIONS"] = "32"
        server = serve()
        with ExitStack() as stack:
            idle = [stack.enter_context(_connect(server.address)) for _ in range(40)]
            assert httpx.get(f"{server.address}/signin").status_code == 200
            assert idle[0].recv(100) == b""

    def test_one_that_cannot_work_is_refused(self, codimir: Call[Done]) -> None:
        done = codimir("serve", "--port", "0", CODIMIR_MAX_CONNECTIONS="3")
        assert (done.returncode, done.stderr) == (2, "codimir: CODIMIR_MAX_CONNECTIONS must be at least 16\n")


class TestDescriptors:
    def test_too_few_for_the_connections_that_are_wanted_are_said(self, serve: Call[Serving]) -> None:
        server = serve(prefix=("sh", "-c", 'ulimit -n 256 && exec "$@"', "sh"))
        assert httpx.get(f"{server.address}/signin").status_code == 200
        assert server.stop() == 0
        assert "96 connections are taken at most, not 4096" in server.process.stderr.read()
