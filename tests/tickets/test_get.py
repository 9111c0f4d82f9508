"""GET /api/tickets/{id}, and what every ticket route answers about a ticket that is not there."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.clients import Client, People

EVERY_ROUTE: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("HEAD", "", None),
    ("PUT", "", {}),
    ("PUT", "", {"title": "Mine now"}),
    ("PUT", "", {"title": None}),
    ("PATCH", "", {"projectId": "project_none", "colour": 1}),
    ("DELETE", "", None),
    ("PUT", "/status", {"status": "done"}),
    ("PUT", "/assignee", {"assigneeId": "user_eve"}),
    ("PUT", "/assignee", {"assigneeId": None}),
]


class TestGet:
    async def test_nobody_must_sign_in(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        for name in ("WEB-1", "WEB-2"):
            assert (await client().get(f"/api/tickets/{name}")).body == {
                "error": {"code": "UNAUTHORIZED", "message": "Authentication required"}
            }

    async def test_everyone_who_sees_the_project_may_read(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        for who in ("root", "ada", "jane", "mia", "victor"):
            assert (await client(who).get("/api/tickets/WEB-1")).status == 200, who

    async def test_gives_everything_around_it(self, jane: Client, load_ticket: AsyncCall[None]) -> None:
        await load_ticket(
            "ticket_123", ["label_2", "label_1"], number=45, key="WEB-45", assignee_id="user_101",
            reporter_id="user_102", group_id="group_103", due_date=datetime(2024, 2, 1, tzinfo=UTC),
        )  # fmt: skip
        ticket = (await jane.get("/api/tickets/ticket_123")).data
        assert ticket["project"] == {
            "id": "project_456", "name": "Website", "description": None, "key": "WEB", "status": "active",
            "visibility": "public", "workspaceId": "workspace_789", "ownerId": "user_ada",
            "createdAt": "2024-01-01T00:00:00Z", "updatedAt": "2024-01-01T00:00:00Z",
        }  # fmt: skip
        assert ticket["workspace"].items() >= {"id": "workspace_789", "name": "Acme", "slug": "acme"}.items()
        assert ticket["group"].items() >= {"id": "group_103", "name": "Platform"}.items()
        assert [label["name"] for label in ticket["labels"]] == ["bug", "frontend"]
        assert ticket["labels"][1].items() >= {"id": "label_2", "projectId": "project_456"}.items()
        assert (ticket["assignee"]["name"], ticket["reporter"]["name"]) == ("Jane Smith", "John Doe")
        assert (ticket["dueDate"], ticket["comments"]) == ("2024-02-01T00:00:00Z", [])
        assert ticket["_count"] == {"comments": 0, "attachments": 0, "timeLogs": 0}

    async def test_has_null_where_there_is_nothing(self, jane: Client, load_ticket: AsyncCall[None]) -> None:
        await load_ticket("ticket_1", project_id=None, reporter_id=None)
        ticket = (await jane.get("/api/tickets/ticket_1")).data
        for name in ("project", "group", "assignee", "reporter", "key", "description", "completedAt"):
            assert ticket[name] is None, name
        assert (ticket["labels"], ticket["workspace"]["id"]) == ([], "workspace_789")

    async def test_key_finds_it_in_any_case(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        for name in ("WEB-1", "web-1", "wEb-1", ticket["id"]):
            assert (await jane.get(f"/api/tickets/{name}")).data["id"] == ticket["id"]

    async def test_same_key_of_another_workspace_is_not_mistaken(
        self, client: People, new_ticket: AsyncCall[Any], load_ticket: AsyncCall[None], join: AsyncCall[None]
    ) -> None:
        globex = {"workspace_id": "workspace_globex", "project_id": "project_evil", "reporter_id": "user_eve"}
        await load_ticket("ticket_theirs", **globex, key="WEB-1")
        ours = await new_ticket()
        assert (await client("eve").get("/api/tickets/WEB-1")).data["id"] == "ticket_theirs"
        assert (await client("mia").get("/api/tickets/WEB-1")).data["id"] == ours["id"]

    async def test_an_id_that_looks_like_anything_else_is_not_found(
        self, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        for name in ("WEB-0", "WEB-01", "WEB", "WEB-", "-1", "WEB-1 ", "WEB-99999999999", "ticket_%25", "%27", "ß-1"):
            reply = await jane.get(f"/api/tickets/{name}")
            assert (reply.status, reply.error["message"]) == (404, "Ticket not found"), name

    async def test_odd_characters_are_no_defect(self, jane: Client) -> None:
        for name in ("%00", "a%00b", "%ff", "%ED%A0%80", "x" * 5000):
            reply = await jane.get(f"/api/tickets/{name}")
            assert reply.status in (400, 404), (name, reply.body)


class TestNotFound:
    @pytest.mark.parametrize(("method", "path", "body"), EVERY_ROUTE)
    async def test_not_yours_and_not_there_are_the_same_bytes(
        self, client: People, new_ticket: AsyncCall[Any], jane: Client, method: str, path: str, body: Any
    ) -> None:
        web, secret, gone = await new_ticket(), await new_ticket(projectId="SEC"), await new_ticket()
        await jane.delete(f"/api/tickets/{gone['id']}")
        eve, mia = client("eve"), client("mia")
        asked = [(eve, name) for name in (web["id"], "WEB-1", secret["id"], "SEC-1", gone["id"], "ticket_none", "NO-1")]
        asked += [(mia, name) for name in (secret["id"], "sec-1", gone["id"], gone["key"], "ticket_none", "WEB-9")]
        replies = [await who.request(method, f"/api/tickets/{name}{path}", body) for who, name in asked]
        assert {reply.status for reply in replies} == {404}
        assert len({reply.response.content for reply in replies}) == 1
        assert len({str(sorted(reply.headers.items())) for reply in replies}) == 1
        if method != "HEAD":
            assert replies[0].body == {"error": {"code": "NOT_FOUND", "message": "Ticket not found"}}
        assert (await jane.get("/api/tickets/WEB-1")).data == web
        assert (await jane.get("/api/tickets/SEC-1")).data == secret
