"""Nothing of another workspace is in any list, count, search or statistic: a rich one beside ours changes no reply."""

import re
from typing import Any

import pytest

from tests.access.matrix import ROWS
from tests.access.test_matrix import send, things, url_of
from tests.calls import AsyncCall
from tests.clients import People

__all__ = ["things"]

READS = [row for row in ROWS if row.route.startswith("GET ") and not row.route.endswith("/stream")]
THE_TIME = re.compile(rb'"(startDate|endDate)":"[^"]*"')


@pytest.fixture
def enrich(client: People) -> AsyncCall[None]:
    """Let Eve do in Globex whatever people do in Acme, in the same words."""

    async def do() -> None:
        eve = client("eve")
        for name, key in (("Security", "SEC"), ("Website", "WEB")):
            assert (await eve.post("/api/projects", {"name": name, "key": key, "visibility": "public"})).status == 201
            label = (await eve.post("/api/labels", {"name": "bug", "projectId": key})).data["id"]
            for _ in range(3):
                body = {"title": "Fix login", "projectId": key, "labelIds": [label], "assigneeId": "user_eve"}
                ticket = (await eve.post("/api/tickets", body)).data
                at = f"/api/tickets/{ticket['id']}"
                assert (await eve.post(f"{at}/comments", {"content": "Fix security"})).status == 201
                assert (await eve.post(f"{at}/time-logs", {"minutes": 60})).status == 201
            assert (await eve.put(f"{at}/status", {"status": "done"})).status == 200
            assert (await eve.delete(at)).status == 204
        assert (await eve.post("/api/groups", {"name": "Platform"})).status == 201
        hook = {"url": "https://hooks.example.com/x", "events": ["ticket.created"]}
        assert (await eve.post("/api/webhooks", hook)).status == 201

    return do


class TestIsolation:
    @pytest.mark.parametrize("who", ["jane", "mia", "victor"])
    async def test_another_workspace_changes_no_reply(
        self,
        client: People,
        things: dict[str, str],
        enrich: AsyncCall[None],
        who: str,
    ) -> None:
        someone = client(who)

        async def read() -> dict[str, Any]:
            replies = {row.route: await send(someone, row, url_of(row.route, things)) for row in READS}
            return {route: (status, THE_TIME.sub(b"", body)) for route, (status, body) in replies.items()}

        before = await read()
        assert sum(status == 200 for status, _ in before.values()) > 30
        await enrich()
        after = await read()
        assert {route for route in before if before[route] != after[route]} == set()
