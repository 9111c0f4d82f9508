"""Two hundred megabytes through a real socket: refused, and never held in memory."""

import re
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.calls import Call
from tests.cli.conftest import Serving

MEGABYTE = 2**20
HUGE_MEGABYTES = 200
MAX_MORE_MEGABYTES = 40
FORM = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'


@pytest.fixture
def database_name() -> str:
    """SQLite alone: none of it comes as far as the database."""
    return "sqlite"


class TestHugeBody:
    @pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
    @pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x"])
    def test_it_is_refused_and_the_server_goes_on(
        self,
        serve: Call[Serving],
        session_of: Call[dict[str, str]],
        visit: Call[httpx.Client],
        kind: str,
        chunked: Any,
        environment: dict[str, str],
    ) -> None:
        session = session_of()
        server = serve()
        client = visit(server, session)
        ticket = client.post("/api/tickets", json={"title": "With a file"}).json()["data"]["id"]
        path = "/api/tickets" if kind == "application/json" else f"/api/tickets/{ticket}/attachments"
        before = _memory_megabytes(server.process.pid)
        reply = _send_huge(server.address, path, kind, session["cookie"], chunked=chunked)
        assert reply.startswith(b"HTTP/1.1 413 ")
        assert b'"code":"PAYLOAD_TOO_LARGE"' in reply
        assert _memory_megabytes(server.process.pid) - before < MAX_MORE_MEGABYTES
        assert client.get("/api/tickets").json()["pagination"]["total"] == 1
        assert client.get(f"/api/tickets/{ticket}").json()["data"]["_count"]["attachments"] == 0
        files = Path(environment["CODIMIR_DATA_DIR"]) / "files"
        assert [file for file in files.rglob("*") if file.is_file()] == []


def _send_huge(address: str, path: str, kind: str, cookie: str, *, chunked: bool) -> bytes:
    """Send it whole, whatever is answered meanwhile, and give the answer."""
    parts = urlsplit(address)
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {HUGE_MEGABYTES * MEGABYTE}"
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nCookie: {cookie}\r\n{length}\r\n\r\n"
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=60) as connection:
        connection.sendall(head.encode())
        for number in range(HUGE_MEGABYTES):
            piece = FORM.ljust(MEGABYTE, b"a") if number == 0 else b"a" * MEGABYTE
            connection.sendall(b"%x\r\n%b\r\n" % (MEGABYTE, piece) if chunked else piece)
        return connection.recv(10_000)


def _memory_megabytes(pid: int) -> int:
    """Say how much memory a process has held at most."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("the system does not tell how much memory a process holds")
    found = re.search(r"VmHWM:\s+(\d+)", status.read_text())
    assert found is not None
    return int(found[1]) // 1024
