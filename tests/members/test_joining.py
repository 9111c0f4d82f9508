"""Becoming a member of a project by oneself."""

from typing import Any

import pytest
from litestar import Litestar

from codimir.database.core import Database
from codimir.database.statements import update_by_id
from codimir.model.users import users
from tests.calls import Recorded
from tests.clients import Client, People

OPEN = "/api/project/OPEN"


@pytest.fixture
async def open_project(client: People) -> Any:
    """A public project of John's that people of Acme may join."""
    made = await client("john").post("/api/projects", {"name": "Open", "key": "OPEN", "visibility": "public"})
    assert (made.status, made.data["joinPolicy"]) == (201, "open")
    return made.data


class TestJoin:
    async def test_outsiders_find_nothing_to_join(self, client: People, open_project: Any) -> None:
        assert (await client().post(f"{OPEN}/join")).status == 401
        unknown, there = [await client("eve").post(f"/api/project/{ref}/join") for ref in ("none", "OPEN")]
        assert (unknown.status, there.status) == (404, 404)
        assert unknown.response.content == there.response.content

    async def test_member_of_the_workspace_joins_and_writes(
        self, client: People, open_project: Any, recorded: Recorded
    ) -> None:
        mia, new = client("mia"), {"title": "x", "projectId": "OPEN"}
        assert (await mia.post("/api/tickets", new)).status == 403
        reply = await mia.post(f"{OPEN}/join")
        assert (reply.status, reply.data["userId"], reply.data["role"]) == (201, "user_mia", "MEMBER")
        assert (await mia.get(reply.headers["location"])).data == reply.data
        assert (await mia.post("/api/tickets", new)).status == 201
        changes = {"userId": [None, "user_mia"], "role": [None, "MEMBER"]}
        assert await recorded("user_mia") == [("member.added", changes)]
        assert (await mia.post(f"{OPEN}/join")).error["code"] == "CONFLICT"

    async def test_readers_stay_readers(self, client: People, open_project: Any, db: Database) -> None:
        assert (await client("victor").post(f"{OPEN}/join")).status == 403
        await db.write(
            lambda tx: tx.execute(update_by_id(users, frozenset({"role"})), row_id="user_mia", role="VIEWER")
        )
        assert (await client("mia").post(f"{OPEN}/join")).status == 403

    @pytest.mark.parametrize(
        "update", [{"joinPolicy": "invite_only"}, {"status": "archived"}], ids=["invite only", "archived"]
    )
    async def test_nobody_joins_where_it_is_not_open(self, client: People, open_project: Any, update: Any) -> None:
        assert (await client("john").put(OPEN, update)).status == 200
        assert (await client("mia").post(f"{OPEN}/join")).status == 403

    async def test_nobody_joins_a_private_project_but_its_workspaces_administrators(
        self, client: People, open_project: Any
    ) -> None:
        await client("john").put(OPEN, {"visibility": "private"})
        assert (await client("mia").post(f"{OPEN}/join")).status == 404
        assert (await client("ada").post(f"{OPEN}/join")).status == 201

    async def test_administrator_of_the_instance_joins_what_they_are_in(
        self, client: People, open_project: Any
    ) -> None:
        assert (await client("root").post(f"{OPEN}/join")).status == 403

    async def test_a_token_without_administration_widens_no_rights(
        self, client: People, open_project: Any, app: Litestar
    ) -> None:
        made = await client("mia").post("/api/user/tokens", {"name": "CI", "scopes": ["write"]})
        program = Client(app, {"authorization": f"Bearer {made.data['token']}"})
        refused = await program.post(f"{OPEN}/join")
        assert (refused.status, refused.error["message"]) == (403, "This token lacks the scope admin")


class TestComingBack:
    async def test_who_was_removed_by_another_does_not_join_again(self, client: People, open_project: Any) -> None:
        mia = client("mia")
        await mia.post(f"{OPEN}/join")
        assert (await client("john").delete(f"{OPEN}/members/user_mia")).status == 204
        refused = await mia.post(f"{OPEN}/join")
        assert (refused.status, refused.error["message"].partition(";")[2]) == (
            403, " ask one of its administrators to add you",
        )  # fmt: skip
        assert (await client("john").post(f"{OPEN}/members", {"userId": "user_mia"})).status == 201

    async def test_a_reader_does_not_become_a_member_by_leaving(self, client: People, open_project: Any) -> None:
        mia = client("mia")
        await client("john").post(f"{OPEN}/members", {"userId": "user_mia", "role": "VIEWER"})
        assert (await mia.delete(f"{OPEN}/members/user_mia")).status == 204
        assert (await mia.post(f"{OPEN}/join")).status == 403

    async def test_who_left_by_themselves_comes_back(self, client: People, open_project: Any) -> None:
        mia = client("mia")
        for _ in range(2):
            assert (await mia.post(f"{OPEN}/join")).status == 201
            assert (await mia.delete(f"{OPEN}/members/user_mia")).status == 204


class TestPolicy:
    async def test_what_was_there_before_is_for_who_is_added(self, client: People, db: Database) -> None:
        assert (await client("mia").get("/api/project/WEB")).data["joinPolicy"] == "invite_only"
        assert (await client("mia").post("/api/project/WEB/join")).status == 403

    async def test_its_administrators_change_it_and_it_is_told(
        self, client: People, open_project: Any, recorded: Recorded
    ) -> None:
        assert (await client("mia").put(OPEN, {"joinPolicy": "invite_only"})).status == 403
        changed = await client("john").put(OPEN, {"joinPolicy": "invite_only"})
        assert changed.data["joinPolicy"] == "invite_only"
        assert (await client("john").put(OPEN, {"joinPolicy": "invite_only"})).status == 200
        told = [changes for kind, changes in await recorded(open_project["id"]) if kind == "project.updated"]
        assert told == [{"joinPolicy": ["open", "invite_only"]}]
        assert list((await client("john").put(OPEN, {"joinPolicy": "ask"})).details) == ["joinPolicy"]
