"""POST /api/projects."""

import pytest

from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People


class TestCreate:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        assert (await client().post("/api/projects", {})).status == 401

    async def test_outsider_does_not_know_the_workspace(self, client: People) -> None:
        replies = [
            await client("eve").post("/api/projects", {"name": "Mole", "workspaceId": name})
            for name in ("workspace_789", "workspace_none", "")
        ]
        assert {reply.response.content for reply in replies} == {replies[0].response.content}
        assert (replies[0].status, replies[0].details) == (400, {"workspaceId": ["Invalid workspace ID"]})

    async def test_who_only_reads_may_not(self, client: People, set_user: AsyncCall[None]) -> None:
        assert (await client("victor").post("/api/projects", {"name": "Mine"})).status == 403
        await set_user("jane", role="VIEWER")
        assert (await client("jane").post("/api/projects", {"name": "Mine"})).status == 403

    async def test_member_owns_what_they_create(self, jane: Client, client: People, recorded: Recorded) -> None:
        reply = await jane.post("/api/projects", {"name": " Mobile App ", "description": "For *phones*"})
        project = reply.data
        assert reply.status == 201
        assert reply.headers["location"] == f"/api/project/{project['id']}"
        assert (project["name"], project["key"], project["visibility"]) == ("Mobile App", "MA", "private")
        assert (project["workspaceId"], project["ownerId"]) == ("workspace_789", "user_101")
        assert project["_count"] == {"tickets": 0, "members": 1}
        assert (await jane.get(reply.headers["location"])).data == project
        assert (await client("john").get(reply.headers["location"])).status == 404
        assert await recorded(project["id"]) == [
            ("project.created", {
                "name": [None, "Mobile App"], "description": [None, "For *phones*"], "key": [None, "MA"],
                "visibility": [None, "private"],
                "joinPolicy": [None, "open"],
            }),
        ]  # fmt: skip
        ticket = await jane.post("/api/tickets", {"title": "First", "projectId": "ma"})
        assert ticket.data["key"] == "MA-1"

    async def test_key_is_kept_in_upper_case_and_taken_once(self, jane: Client, client: People) -> None:
        assert (await jane.post("/api/projects", {"name": "Mobile", "key": "mob1"})).data["key"] == "MOB1"
        reply = await jane.post("/api/projects", {"name": "Mobile", "key": "MOB1"})
        assert (reply.status, reply.error["code"], list(reply.details)) == (409, "CONFLICT", ["key"])
        elsewhere = await client("eve").post("/api/projects", {"name": "Mobile", "key": "MOB1"})
        assert elsewhere.status == 201

    async def test_everything_wrong_is_named_at_once(self, jane: Client) -> None:
        reply = await jane.post(
            "/api/projects",
            {"name": " ", "key": "1", "visibility": "secret", "workspaceId": "workspace_globex", "ownerId": "user_102"},
        )
        assert reply.status == 400
        assert set(reply.details) == {"name", "key", "visibility", "workspaceId", "ownerId"}

    @pytest.mark.parametrize("key", ["W", "WEBWEBWEB12", "1WEB", "WE B", "WÉB", "", "WEB-1", "web\n1"])
    async def test_key_has_its_form(self, jane: Client, key: str) -> None:
        reply = await jane.post("/api/projects", {"name": "Mobile", "key": key})
        assert (reply.status, list(reply.details)) == (400, ["key"])
