"""Workspaces: the tenants."""

import pytest

from tests.calls import AsyncCall, Recorded
from tests.clients import People


class TestList:
    async def test_each_sees_their_own(self, client: People) -> None:
        assert (await client().get("/api/workspaces")).status == 401
        seen = {who: [w["slug"] for w in (await client(who).get("/api/workspaces")).data] for who in ("mia", "root")}
        assert seen == {"mia": ["acme"], "root": ["acme", "globex"]}

    @pytest.mark.parametrize("ref", ["workspace_789", "acme"])
    async def test_one_is_found_by_id_and_slug(self, client: People, ref: str) -> None:
        found = await client("victor").get(f"/api/workspaces/{ref}")
        assert (found.data["id"], found.data["name"]) == ("workspace_789", "Acme")
        unknown = await client("eve").get("/api/workspaces/none")
        hidden = await client("eve").get(f"/api/workspaces/{ref}")
        assert (hidden.status, hidden.response.content) == (404, unknown.response.content)


class TestCreate:
    async def test_who_creates_one_owns_it(self, client: People, recorded: Recorded) -> None:
        reply = await client("mia").post("/api/workspaces", {"name": "Acme"})
        workspace = reply.data
        assert (reply.status, workspace["slug"]) == (201, "acme-2")
        assert (await client("mia").get(reply.headers["location"])).data == workspace
        members = await client("mia").get(f"/api/workspaces/{workspace['id']}/members")
        assert [(m["userId"], m["role"]) for m in members.data] == [("user_mia", "OWNER")]
        assert await recorded(workspace["id"]) == [
            ("workspace.created", {"name": [None, "Acme"], "slug": [None, "acme-2"]})
        ]
        assert (await client("jane").get(f"/api/workspaces/{workspace['id']}")).status == 404

    async def test_slug_is_taken_once_and_has_its_form(self, client: People) -> None:
        assert (await client("mia").post("/api/workspaces", {"name": "x", "slug": "ACME"})).status == 409
        for slug in ("a b", "-a", "a--b", "é", "", "x" * 51):
            reply = await client("mia").post("/api/workspaces", {"name": " ", "slug": slug})
            assert set(reply.details) == {"name", "slug"}

    async def test_who_only_reads_may_not(self, client: People, set_user: AsyncCall[None]) -> None:
        await set_user("mia", role="VIEWER")
        assert (await client("mia").post("/api/workspaces", {"name": "x"})).status == 403


class TestUpdate:
    async def test_administrators_change_it(self, client: People, recorded: Recorded) -> None:
        assert (await client("jane").put("/api/workspaces/acme", {"name": "Mine"})).status == 403
        reply = await client("ada").put("/api/workspaces/acme", {"name": "Acme Inc", "slug": "acme-inc"})
        assert (reply.data["name"], reply.data["slug"]) == ("Acme Inc", "acme-inc")
        assert (await client("ada").put("/api/workspaces/acme-inc", {"name": "Acme Inc"})).data == reply.data
        assert (await client("ada").put("/api/workspaces/acme-inc", {"slug": "globex"})).status == 409
        assert await recorded("workspace_789") == [
            ("workspace.updated", {"name": ["Acme", "Acme Inc"], "slug": ["acme", "acme-inc"]})
        ]


class TestDelete:
    async def test_only_an_owner_deletes_one_in_which_nothing_is_left(self, client: People) -> None:
        assert (await client("jane").delete("/api/workspaces/acme")).status == 403
        ada = client("ada")
        assert (await ada.delete("/api/workspaces/acme")).error["code"] == "CONFLICT"
        for key in ("WEB", "SEC"):
            await ada.delete(f"/api/project/{key}")
        assert (await ada.delete("/api/workspaces/acme")).status == 204
        assert (await ada.get("/api/workspaces/acme")).status == 404
        assert (await ada.get("/api/workspaces")).total == 0
        assert [w["slug"] for w in (await client("root").get("/api/workspaces")).data] == ["globex"]
