"""GET /api/workspaces/{id}/audit, and its export."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from codimir.feeds import exporting
from tests.calls import AsyncCall
from tests.clients import Client, People

AUDIT = "/api/workspaces/workspace_789/audit"


@pytest.fixture
async def log(client: People, jane: Client, new_ticket: AsyncCall[Any]) -> None:
    await new_ticket(title="open")
    await new_ticket(title="secret", projectId="project_sec")
    await client("john").put("/api/tickets/WEB-1/status", {"status": "todo"})
    await jane.post("/api/tickets/WEB-1/comments", {"content": '=HYPERLINK("http://evil.test")'})


def told(reply: Any) -> list[str]:
    return [each["type"] for each in reply.data]


class TestAudit:
    @pytest.mark.parametrize("path", [AUDIT, f"{AUDIT}/export"])
    async def test_who_may_not(self, client: People, path: str) -> None:
        expected = {None: 401, "eve": 404, "jane": 403, "mia": 403, "victor": 403, "ada": 200, "root": 200}
        assert {who: (await client(who).http.get(path)).status_code for who in expected} == expected

    @pytest.mark.usefixtures("log")
    async def test_it_tells_everything(self, client: People) -> None:
        reply = await client("ada").get(AUDIT)
        assert told(reply) == ["comment.created", "ticket.status_changed", "ticket.created", "ticket.created"]
        assert reply.total == 4

    @pytest.mark.usefixtures("log")
    async def test_filters(self, client: People) -> None:
        async def read(**query: str) -> list[str]:
            reply = await client("ada").get(AUDIT, **query)
            assert (reply.status, reply.total) == (200, len(reply.data)), reply.body
            return told(reply)

        now = datetime.now(UTC)
        before, after = [(now + timedelta(hours=h)).isoformat() for h in (-1, 1)]
        assert await read(actor="user_102") == ["ticket.status_changed"]
        assert await read(actor="me") == []
        assert await read(type="comment.created,ticket.status_changed") == ["comment.created", "ticket.status_changed"]
        assert await read(project="SEC") == ["ticket.created"]
        assert await read(project="project_sec", type="comment.created") == []
        assert await read(ticket="web-1", actor="user_101") == ["comment.created", "ticket.created"]
        assert await read(ticket="ticket_gone") == []
        assert len(await read(**{"from": before, "to": after})) == 4
        assert await read(**{"from": after}) == []
        assert await read(to=before) == []

    async def test_a_wrong_filter(self, client: People) -> None:
        reply = await client("ada").get(AUDIT, type="ticket.create")
        assert reply.details == {"type": ["Unknown type of event; did you mean ticket.created?"]}
        reply = await client("ada").get(AUDIT, **{"from": "2024-02-01T00:00:00Z", "to": "2024-01-01T00:00:00Z"})
        assert reply.details == {"to": ["Must not be before from"]}
        assert list((await client("ada").get(AUDIT, **{"from": "yesterday"})).details) == ["from"]
        assert list((await client("ada").get(f"{AUDIT}/export", format="xls", page="2")).details) == ["format", "page"]


class TestExport:
    @pytest.mark.usefixtures("log")
    async def test_a_table(self, client: People) -> None:
        reply = await client("ada").http.get(f"{AUDIT}/export")
        assert reply.headers["content-type"] == "text/csv; charset=utf-8"
        assert reply.headers["content-disposition"] == 'attachment; filename="audit.csv"'
        rows = list(csv.DictReader(io.StringIO(reply.text)))
        assert [row["type"] for row in rows] == [
            "comment.created", "ticket.status_changed", "ticket.created", "ticket.created",
        ]  # fmt: skip
        assert (rows[0]["actorName"], rows[0]["ticketKey"], rows[0]["projectKey"]) == ("Jane Smith", "WEB-1", "WEB")
        assert json.loads(rows[1]["changes"])["status"] == ["backlog", "todo"]

    @pytest.mark.usefixtures("log")
    async def test_lines(self, client: People) -> None:
        reply = await client("ada").http.get(f"{AUDIT}/export", params={"format": "jsonl", "ticket": "WEB-1"})
        assert reply.headers["content-type"] == "application/x-ndjson"
        lines = [json.loads(line) for line in reply.text.splitlines()]
        assert lines == (await client("ada").get(AUDIT, ticket="WEB-1")).data

    @pytest.mark.usefixtures("log")
    async def test_page_by_page_it_is_the_same(self, client: People, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = await client("ada").http.get(f"{AUDIT}/export")
        monkeypatch.setattr(exporting, "READ_AT_ONCE", 1)
        assert (await client("ada").http.get(f"{AUDIT}/export")).text == whole.text

    @pytest.mark.parametrize(
        ("name", "written"), [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t'=1"), ("a;=1", "a;'=1")]
    )
    async def test_no_cell_is_a_formula(
        self, client: People, set_user: AsyncCall[None], new_ticket: AsyncCall[Any], name: str, written: str
    ) -> None:
        await set_user("jane", name=name)
        await new_ticket()
        reply = await client("ada").http.get(f"{AUDIT}/export")
        [row] = csv.DictReader(io.StringIO(reply.text))
        assert row["actorName"] == written

    async def test_head(self, client: People) -> None:
        reply = await client("ada").http.head(f"{AUDIT}/export")
        assert (reply.status_code, reply.content) == (200, b"")
