"""GET and PUT /api/user/…: profile, preferences, statistics, activity."""

from typing import Any

import pytest

from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People


class TestProfile:
    async def test_is_ones_own(self, client: People, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        assert (await client().get("/api/user/profile")).status == 401
        profile = (await jane.get("/api/user/profile")).data
        assert profile == {
            "id": "user_101", "name": "Jane Smith", "firstName": None, "lastName": None, "email": "jane@example.com",
            "image": "https://example.com/jane.jpg", "role": "EDITOR", "createdAt": "2024-01-01T00:00:00Z",
            "updatedAt": "2024-01-01T00:00:00Z",
            "preferences": {"theme": "system", "notifications": True, "timezone": "UTC"},
        }  # fmt: skip
        await new_ticket(assigneeId="user_101")
        await jane.post("/api/tickets/WEB-1/comments", {"content": "Mine"})
        counted = (await jane.get("/api/user/profile", counts="true")).data
        assert counted["counts"] == {"projects": 2, "tickets": 1, "comments": 1}
        others = (await client("eve").get("/api/user/profile", counts="true")).data["counts"]
        assert others == {"projects": 1, "tickets": 0, "comments": 0}

    async def test_only_what_is_given_changes(self, jane: Client, recorded: Recorded) -> None:
        reply = await jane.put("/api/user/profile", {"firstName": "Jane", "image": None})
        assert (reply.data["firstName"], reply.data["image"], reply.data["name"]) == ("Jane", None, "Jane Smith")
        assert (await jane.put("/api/user/profile", {})).data == reply.data
        assert await recorded("user_101") == [
            ("user.updated", {"firstName": [None, "Jane"], "image": ["https://example.com/jane.jpg", None]})
        ]

    @pytest.mark.parametrize(
        "body",
        [{"role": "ADMIN"}, {"email": "x@example.com"}, {"name": None}, {"name": " "}, {"image": "javascript:x"}],
    )
    async def test_what_cannot_be_is_refused(self, jane: Client, body: Any) -> None:
        reply = await jane.put("/api/user/profile", body)
        assert (reply.status, list(reply.details)) == (400, list(body))


class TestPreferences:
    async def test_merge(self, client: People, jane: Client) -> None:
        assert (await client().get("/api/user/preferences")).status == 401
        assert (await jane.get("/api/user/preferences")).data == {
            "id": "user_101", "userId": "user_101", "theme": "system", "notifications": True, "timezone": "UTC",
            "language": "en", "density": "comfortable",
            "emailNotifications": {"ticketAssigned": True, "ticketUpdated": True, "projectInvites": True},
        }  # fmt: skip
        await jane.put("/api/user/preferences", {"theme": "dark", "emailNotifications": {"ticketUpdated": False}})
        reply = await jane.put(
            "/api/user/preferences",
            {"timezone": "Europe/Berlin", "language": "de", "emailNotifications": {"projectInvites": False}},
        )
        assert reply.data == {
            "id": "user_101", "userId": "user_101", "theme": "dark", "notifications": True,
            "timezone": "Europe/Berlin", "language": "de", "density": "comfortable",
            "emailNotifications": {"ticketAssigned": True, "ticketUpdated": False, "projectInvites": False},
        }  # fmt: skip
        assert (await jane.get("/api/user/profile")).data["preferences"] == {
            "theme": "dark", "notifications": True, "timezone": "Europe/Berlin",
        }  # fmt: skip

    @pytest.mark.parametrize(
        "body",
        [
            {"theme": "pink"},
            {"density": "tight"},
            {"timezone": "Mars/Base"},
            {"language": "<b>"},
            {"notifications": "yes"},
        ],
    )
    async def test_what_cannot_be_is_refused(self, jane: Client, body: Any) -> None:
        reply = await jane.put("/api/user/preferences", body)
        assert (reply.status, list(reply.details)) == (400, list(body))


class TestStats:
    async def test_count_what_is_ones_own(self, client: People, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        assert (await client().get("/api/user/stats")).status == 401
        await new_ticket(assigneeId="user_101")
        await new_ticket()
        await jane.post("/api/tickets/WEB-2/comments", {"content": "Mine"})
        await jane.post("/api/tickets/WEB-2/time-logs", {"minutes": 90})
        await client("john").post("/api/tickets/WEB-2/time-logs", {"minutes": 5})
        stats = (await jane.get("/api/user/stats", period="week")).data
        assert (stats["period"], stats["total"], stats["comments"], stats["minutesLogged"]) == ("week", 1, 1, 90)
        assert stats["byStatus"]["backlog"] == 1
        assert (await jane.get("/api/user/stats", period="day")).status == 400


class TestActivity:
    async def test_lists_what_one_did_the_last_first(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        assert (await client().get("/api/user/activity")).status == 401
        ticket = await new_ticket(title="Fix login bug")
        comment = (await jane.post("/api/tickets/WEB-1/comments", {"content": "Mine"})).data
        await client("john").post("/api/tickets/WEB-1/comments", {"content": "His"})
        reply = await jane.get("/api/user/activity")
        said, created = reply.data
        assert reply.total == 2
        assert created | {"id": "", "createdAt": ""} == {
            "id": "", "type": "ticket", "action": "created", "entityId": ticket["id"], "entityTitle": "Fix login bug",
            "description": "Created ticket: Fix login bug", "createdAt": "",
            "metadata": {"projectId": "project_456", "projectName": "Website"},
        }  # fmt: skip
        assert (said["type"], said["action"], said["entityId"]) == ("comment", "created", comment["id"])
        assert said["description"] == "Commented on ticket: Fix login bug"
        for kind, total in (("ticket", 1), ("comment", 1), ("project", 0), ("ticket,comment", 2)):
            assert (await jane.get("/api/user/activity", type=kind)).total == total
        assert (await jane.get("/api/user/activity", page=2, limit=1)).data == [created]
        assert (await jane.get("/api/user/activity", type="label")).status == 400

    async def test_giving_a_ticket_to_nobody_is_said_so(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket(assigneeId="user_102")
        for assignee in ("user_101", None):
            await jane.put(f"/api/tickets/{ticket['id']}/assignee", {"assigneeId": assignee})
        said = (await jane.get("/api/user/activity", limit=2)).data
        assert [item["description"] for item in said] == ["Unassigned ticket: Fix login", "Assigned ticket: Fix login"]
        assert {item["action"] for item in said} == {"assigned"}

    async def test_projects_are_told(self, client: People) -> None:
        mia = client("mia")
        made = (await mia.post("/api/projects", {"name": "Mine"})).data
        await mia.delete(f"/api/project/{made['id']}")
        assert [item["description"] for item in (await mia.get("/api/user/activity")).data] == [
            "Deleted project: Mine", "Created project: Mine",
        ]  # fmt: skip

    async def test_what_one_no_longer_sees_is_left_out(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(projectId="SEC")
        await new_ticket()
        await client("ada").delete("/api/project/SEC/members/user_101")
        assert (await jane.get("/api/user/activity")).total == 1
        await client("ada").delete("/api/workspaces/acme/members/user_101")
        assert (await jane.get("/api/user/activity")).total == 0
