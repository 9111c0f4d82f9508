"""POST /api/tickets."""

from tests.calls import Recorded
from tests.clients import Client, People

DOCUMENTED = {
    "title": "Login page crashes on mobile",
    "description": "The login page crashes when accessed on mobile devices",
    "type": "BUG",
    "priority": "high",
    "projectId": "project_456",
    "assigneeId": "user_101",
}


class TestCreate:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        reply = await client().post("/api/tickets", {})
        assert reply.status == 401
        assert reply.body == {"error": {"code": "UNAUTHORIZED", "message": "Authentication required"}}

    async def test_outsider_does_not_know_the_project(self, client: People) -> None:
        reply = await client("eve").post("/api/tickets", DOCUMENTED)
        assert reply.status == 400
        assert reply.details == {"projectId": ["Invalid project ID"]}

    async def test_viewer_may_not(self, client: People) -> None:
        reply = await client("victor").post("/api/tickets", DOCUMENTED)
        assert (reply.status, reply.error["code"]) == (403, "FORBIDDEN")

    async def test_member_creates_the_documented_ticket(self, jane: Client, recorded: Recorded) -> None:
        reply = await jane.post("/api/tickets", DOCUMENTED)
        assert reply.status == 201
        assert reply.headers["location"] == f"/api/tickets/{reply.data['id']}"
        assert reply.data.items() >= DOCUMENTED.items()
        assert reply.data["key"] == "WEB-1"
        assert (reply.data["status"], reply.data["stage"]) == ("backlog", "PLANNING")
        assert reply.data["reporter"]["name"] == "Jane Smith"
        [(kind, changes)] = await recorded(reply.data["id"])
        assert kind == "ticket.created"
        assert changes["title"] == [None, "Login page crashes on mobile"]

    async def test_every_wrong_field_is_named_at_once(self, jane: Client) -> None:
        reply = await jane.post("/api/tickets", {"assigneeId": "user_nobody", "priority": "hgih", "colour": 1})
        assert reply.status == 400
        assert reply.error["code"] == "VALIDATION_ERROR"
        assert reply.error["message"] == "Invalid input data"
        assert reply.details["title"] == ["Title is required"]
        assert reply.details["assigneeId"] == ["Invalid assignee ID"]
        assert "did you mean high?" in reply.details["priority"][0]
        assert "Unknown field" in reply.details["colour"][0]
