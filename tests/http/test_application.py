"""What the application brings into its process, and the way of a request through it."""

import subprocess
import sys
from typing import Any

import pytest
from litestar import Litestar, Request
from litestar.exceptions import LitestarException
from litestar.types import Message

from codimir.http.errors import InvalidInput
from codimir.http.request_values import MAX_REMEMBERED_QUERY_BYTES, query_value
from codimir.http.requests import HttpRequest
from codimir.tickets.schemas import TicketListQuery

LOADED = "import sys; from codimir.app import create_app; create_app(); print(*sys.modules)"


def test_nothing_is_loaded_that_only_holds_memory() -> None:
    """Litestar brings plugins for every library of shapes that happens to be installed."""
    loaded = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True).stdout.split()  # noqa: S603 - our own
    assert "litestar" in loaded
    assert {"pydantic", "attrs", "alembic", "typer", "uvicorn"}.isdisjoint(loaded)


HTTP_OK = 200


class TestWayOfARequest:
    """Straight to the handler of its path, with the replies to errors that Litestar gives."""

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [("GET", "/healthz", 200), ("GET", "//healthz/", 200), ("DELETE", "/healthz", 405), ("GET", "/nowhere", 404)],
    )
    async def test_served_under_another_path_replies_are_the_same(
        self, app: Litestar, method: str, path: str, status: int
    ) -> None:
        there = await _asked(app, _scope(method, path))
        under = await _asked(app, _scope(method, f"/tracker{path}") | {"root_path": "/tracker"})
        assert there[0]["status"] == under[0]["status"] == status
        assert status != HTTP_OK or _told(there) == _told(under)

    async def test_host_that_is_none_is_refused(self, app: Litestar) -> None:
        sent = await _asked(app, _scope("GET", "/healthz") | {"headers": [(b"host", b"a b")]})
        assert sent[0]["status"] == 400

    async def test_error_after_the_reply_has_begun_ends_the_connection(self, app: Litestar) -> None:
        """There can be no second reply, so the server is told."""

        async def fail(message: Message) -> None:
            if message["type"] == "http.response.body":
                raise OSError("gone")

        with pytest.raises(LitestarException, match="after response started"):
            await app(_scope("GET", "/healthz"), _nothing, fail)


async def test_requests_that_ask_the_same_share_the_parsed_query() -> None:
    long = b"search=" + b"x" * MAX_REMEMBERED_QUERY_BYTES
    asked = [await query_value(TicketListQuery, _request(raw)) for raw in (b"limit=7", b"limit=7", long, long)]
    assert asked[0] is asked[1]
    assert asked[0] == TicketListQuery(limit=7)
    assert asked[2] is not asked[3]
    assert asked[2] == asked[3]


async def test_wrong_query_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(InvalidInput):
            await query_value(TicketListQuery, _request(b"limit=none"))


def _request(query_string: bytes) -> HttpRequest:
    return Request(_scope("GET", "/api/tickets") | {"query_string": query_string})


def _scope(method: str, path: str) -> Any:
    return {
        "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": b"", "headers": [(b"host", b"127.0.0.1")],
        "client": ("127.0.0.1", 5), "server": ("127.0.0.1", 80), "state": {}, "extensions": {},
    }  # fmt: skip


async def _nothing() -> Any:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _asked(app: Litestar, scope: Any) -> list[Any]:
    sent: list[Any] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    await app(scope, _nothing, keep)
    return sent


def _told(sent: list[Any]) -> tuple[Any, ...]:
    headers = {name: value for name, value in sent[0]["headers"] if name != b"x-request-id"}
    return headers, b"".join(message["body"] for message in sent[1:])
