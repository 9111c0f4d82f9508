"""`codimir serve` as a process: how it starts, answers and stops."""

import os
import re
import resource
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from codimir.config import Settings, variables_of
from tests.calls import Call
from tests.cli.commands import Done
from tests.cli.conftest import Serving

MAX_SECONDS_TO_START = 5
HALF, OTHER_HALF = b'{"title": "Sent before ', b'and after"}'


class TestStart:
    def test_it_is_ready_after_less_than_five_seconds_of_work(self, serve: Call[Serving]) -> None:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        serve().stop()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)  # how long it took depends on what else is running
        assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < MAX_SECONDS_TO_START

    def test_first_start_makes_the_database_and_says_how_to_sign_in(
        self,
        serve: Call[Serving],
        visit: Call[httpx.Client],
        environment: dict[str, str],
        tmp_path: Path,
        database_name: str,
    ) -> None:
        if database_name == "sqlite":
            environment |= variables_of(Settings(data_dir=tmp_path / "not" / "there" / "yet"))
        server = serve()
        visit(server, {}).get("/api/tickets")
        said = server.said()
        assert "codimir user add you@example.com" in said
        assert "codimir session you@example.com" in said

    def test_first_start_prints_a_link_that_sets_it_up_once(
        self, serve: Call[Serving], visit: Call[httpx.Client]
    ) -> None:
        grace = {"name": "Grace", "email": "grace@example.com", "password": "correct horse", "workspaceName": "Acme"}
        first = serve()
        visit(first, {}).get("/api/tickets")
        old = _setup_token(first.said())
        first.stop()
        server = serve()
        client = visit(server, {})
        client.get("/api/tickets")
        token = _setup_token(server.said())
        assert client.post(f"/api/setup/{old}", json=grace).status_code == 404
        assert client.post(f"/api/setup/{token}", json=grace).status_code == 200
        assert client.get("/api/tickets").status_code == 200
        assert client.post(f"/api/setup/{token}", json=grace).status_code == 404

    def test_it_says_nothing_of_that_when_there_are_people(
        self, serve: Call[Serving], session_of: Call[dict[str, str]], visit: Call[httpx.Client]
    ) -> None:
        session = session_of()
        server = serve()
        assert visit(server, session).get("/api/tickets").status_code == 200
        assert server.said() == ""

    def test_an_option_goes_before_the_environment(
        self, serve: Call[Serving], tmp_path: Path, environment: dict[str, str]
    ) -> None:
        environment.pop("CODIMIR_DATABASE_URL", None)
        serve("--data-dir", str(tmp_path / "other"))
        assert (tmp_path / "other" / "codimir.db").exists()


class TestWorkers:
    def test_two_processes_answer(
        self, serve: Call[Serving], session_of: Call[dict[str, str]], visit: Call[httpx.Client]
    ) -> None:
        session = session_of()
        server = serve("--workers", "2")
        assert len(_workers_of(server.process.pid)) == 2
        made = [visit(server, session).post("/api/tickets", json={"title": f"{n}"}) for n in range(20)]
        assert {reply.status_code for reply in made} == {201}
        assert visit(server, session).get("/api/tickets").json()["pagination"]["total"] == 20
        assert server.stop() == 0

    def test_a_worker_that_dies_is_replaced(
        self, serve: Call[Serving], session_of: Call[dict[str, str]], visit: Call[httpx.Client]
    ) -> None:
        session = session_of()
        server = serve("--workers", "2")
        first, second = _workers_of(server.process.pid)
        os.kill(first, 9)
        _wait(lambda: len(_workers_of(server.process.pid) - {first}) == 2)
        assert second in _workers_of(server.process.pid)
        assert visit(server, session).get("/api/tickets").status_code == 200


class TestStop:
    def test_a_request_under_way_is_finished(
        self, serve: Call[Serving], session_of: Call[dict[str, str]], visit: Call[httpx.Client]
    ) -> None:
        session = session_of()
        server = serve()
        with socket.create_connection(_place_of(server.address)) as connection:
            connection.sendall(_head(session["cookie"], len(HALF + OTHER_HALF)))
            assert connection.recv(100).startswith(b"HTTP/1.1 100 ")  # the route waits for the body
            connection.sendall(HALF)
            server.process.terminate()
            _wait(lambda: _refuses(server.address))
            connection.sendall(OTHER_HALF)
            assert connection.recv(10_000).startswith(b"HTTP/1.1 201 ")
        assert server.process.wait(60) == 0
        listed = visit(serve(), session).get("/api/tickets").json()["data"]
        assert [ticket["title"] for ticket in listed] == ["Sent before and after"]

    def test_an_idle_connection_does_not_hold_it(self, serve: Call[Serving]) -> None:
        server = serve()
        with socket.create_connection(_place_of(server.address)):
            assert server.stop() == 0


class TestRefusal:
    def test_a_folder_that_takes_no_files_is_said(self, codimir: Call[Done], tmp_path: Path) -> None:
        (tmp_path / "none").write_text("no folder")
        done = codimir("serve", "--port", "0", CODIMIR_FILES_URL=str(tmp_path / "none"))
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"codimir: the folder {tmp_path / 'none'} cannot be used for files: ")

    @pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="no folder in which nobody can make a file")
    def test_a_folder_in_which_nothing_can_be_made_is_said(self, codimir: Call[Done]) -> None:
        done = codimir("serve", "--port", "0", CODIMIR_FILES_URL="/sys/kernel")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.splitlines()[-1].startswith("codimir: the folder /sys/kernel takes no files: ")

    def test_a_port_that_is_taken_is_said(self, codimir: Call[Done]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            done = codimir("serve", "--port", str(port))
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"codimir: cannot listen on 127.0.0.1, port {port}: Address already in use\n"


def _place_of(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    return str(parts.hostname), int(parts.port or 0)


def _head(cookie: str, length: int) -> bytes:
    lines = (
        "POST /api/tickets HTTP/1.1", "Host: localhost", "Content-Type: application/json", "Expect: 100-continue",
        f"Cookie: {cookie}", f"Content-Length: {length}", "", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


def _refuses(address: str) -> bool:
    try:
        socket.create_connection(_place_of(address), timeout=1).close()
    except OSError:
        return True
    return False


def _workers_of(pid: int) -> set[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        pytest.skip("the system does not tell which processes a process has started")
    return {int(child) for child in children.read_text().split() if _is_worker(int(child))}


def _is_worker(pid: int) -> bool:
    return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()


def _wait(condition: Any) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def _setup_token(said: str) -> str:
    found = re.search(r"^  http://127\.0\.0\.1:\d+/setup/(\S+)$", said, re.MULTILINE)
    assert found, said
    return found[1]
