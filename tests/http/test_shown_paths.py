"""What the log tells of the paths of requests."""

import logging
from typing import Any

import pytest
from litestar import Litestar

from codimir.http.shown_paths import shown_path
from tests.clients import People

TOKEN = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE"


class TestShownPath:
    @pytest.mark.parametrize(
        ("scope", "shown"),
        [
            ({"path": f"/reset/{TOKEN}", "path_template": "/reset/{token}"}, "/reset/{token}"),
            ({"path": "/api/tickets/WEB-1", "path_template": "/api/tickets/{ref}"}, "/api/tickets/WEB-1"),
            ({"path": "/api/tickets/a\nb", "path_template": "/api/tickets/{ref}"}, "/api/tickets/a%0Ab"),
            ({"path": f"/Reset/{TOKEN}/x"}, "/Reset/.../x"),
            ({"path": "/nowhere\n"}, "/nowhere%0A"),
        ],
    )
    def test_tokens_and_line_breaks_are_left_out(self, scope: Any, shown: str) -> None:
        assert shown_path(scope) == shown


class TestDefect:
    @pytest.mark.parametrize("path", ["/setup/", "/invite/", "/reset/", "/api/invitations/"])
    async def test_a_defect_behind_a_link_logs_no_token(
        self,
        client: People,
        app: Litestar,
        path: str,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        async def fail(*_: Any) -> None:
            raise RuntimeError("a defect")

        monkeypatch.setattr(type(app.state.database), "read", fail)
        with caplog.at_level(logging.ERROR):
            reply = await client().get(path + TOKEN)
        assert (reply.status, reply.error["code"]) == (500, "INTERNAL_ERROR")
        assert f"GET {path}{{token}}" in caplog.text
        assert TOKEN not in caplog.text
