"""What a server logs of its requests."""

import re
from typing import Any

import httpx
import pytest

from tests.calls import Call
from tests.cli.commands import Done
from tests.cli.conftest import Serving

TOKEN = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE"


@pytest.fixture
def database_name() -> str:
    """SQLite alone: none of it depends on the database."""
    return "sqlite"


def _log_of(server: Any) -> str:
    assert server.stop() == 0
    return str(server.process.stderr.read())


class TestAccessLog:
    def test_a_line_for_each_request_names_it_and_no_token(self, serve: Call[Serving]) -> None:
        server = serve("--access-log")
        reply = httpx.get(f"{server.address}/api/tickets?search={TOKEN}")
        for path in ("/setup/", "/invite/", "/reset/", "/api/setup/", "/api/invitations/", "/api/auth/reset/", "/x/"):
            httpx.get(f"{server.address}{path}{TOKEN}")
            httpx.put(f"{server.address}{path}{TOKEN}")
        log = _log_of(server)
        request_id = reply.headers["x-request-id"]
        assert re.search(rf"INFO codimir.access: \[{request_id}\] 127.0.0.1 GET /api/tickets 401 [\d.]+ ms\n", log)
        assert log.count(" codimir.access: ") == 15
        assert TOKEN not in log

    def test_without_it_nothing_is_logged(self, serve: Call[Serving]) -> None:
        server = serve()
        httpx.get(f"{server.address}/api/tickets")
        assert _log_of(server) == ""


class TestLogLevel:
    def test_info_tells_of_the_limit_of_open_files(self, serve: Call[Serving]) -> None:
        server = serve("--log-level", "info", prefix=("sh", "-c", 'ulimit -S -n 512 && exec "$@"', "sh"))
        assert "the limit of open files was raised from 512 to " in _log_of(server)

    def test_one_that_does_not_exist_is_refused(self, codimir: Call[Done]) -> None:
        done = codimir("serve", "--log-level", "loud")
        assert done.returncode == 2
        assert "'warning'" in done.stderr


class TestRequestId:
    def test_each_reply_has_its_own(self, serve: Call[Serving]) -> None:
        server = serve()
        given = {"x-request-id": "of-a-client-1234"}
        ids = {httpx.get(f"{server.address}/{n}", headers=given).headers["x-request-id"] for n in range(5)}
        assert len(ids) == 5
        assert given["x-request-id"] not in ids

    @pytest.mark.parametrize(
        ("given", "is_kept"), [("of-a-proxy-1234", True), ("with spaces in it", False), ("x", False)]
    )
    def test_that_of_a_proxy_is_kept(
        self, serve: Call[Serving], environment: dict[str, str], given: str, is_kept: Any
    ) -> None:
        environment["CODIMIR_BASE_URL"] = "https://codimir.example"
        server = serve("--access-log")
        reply = httpx.get(f"{server.address}/api/tickets", headers={"x-request-id": given})
        assert (reply.headers["x-request-id"] == given) is is_kept
        assert reply.headers.get_list("x-request-id") == [reply.headers["x-request-id"]]
        assert f"[{reply.headers['x-request-id']}] 127.0.0.1 GET /api/tickets 401" in _log_of(server)


class TestMetrics:
    def test_requests_are_counted_by_route_and_status(self, serve: Call[Serving], environment: dict[str, str]) -> None:
        environment["CODIMIR_METRICS_TOKEN"] = "a-token-of-metrics"
        server = serve()
        for path in ("/api/tickets/WEB-1", "/api/tickets/WEB-2", f"/nowhere/{TOKEN}"):
            httpx.get(f"{server.address}{path}")
        bearer = {"authorization": "Bearer a-token-of-metrics"}
        lines = httpx.get(f"{server.address}/metrics", headers=bearer).text.splitlines()
        name = "codimir_http_request_duration_seconds_count"
        assert f'{name}{{method="GET",route="/api/tickets/{{ref}}",status="401"}} 2' in lines
        assert f'{name}{{method="GET",route="(none)",status="404"}} 1' in lines
        assert "codimir_connections 1" in lines
