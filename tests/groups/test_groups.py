"""Groups: teams inside a workspace."""

from typing import Any

from tests.calls import AsyncCall, Recorded
from tests.clients import People


class TestGroups:
    async def test_who_is_in_the_workspace_sees_them(self, client: People) -> None:
        assert (await client().get("/api/groups")).status == 401
        assert [g["name"] for g in (await client("victor").get("/api/groups")).data] == ["Platform"]
        assert (await client("root").get("/api/groups")).total == 2
        assert (await client("root").get("/api/groups", workspace="workspace_globex")).total == 1
        assert (await client("jane").get("/api/groups", workspace="workspace_globex")).status == 400
        assert (await client("jane").get("/api/groups/group_103")).data["name"] == "Platform"
        hidden, unknown = [await client("jane").get(f"/api/groups/{name}") for name in ("group_evil", "none")]
        assert (hidden.status, hidden.response.content) == (404, unknown.response.content)

    async def test_administrators_create_and_change_them(self, client: People, recorded: Recorded) -> None:
        for who, status in (("jane", 403), ("victor", 403)):
            assert (await client(who).post("/api/groups", {"name": "Design"})).status == status
            assert (await client(who).put("/api/groups/group_103", {"name": "Design"})).status == status
            assert (await client(who).delete("/api/groups/group_103")).status == status
        assert (await client("ada").post("/api/groups", {"name": "x", "workspaceId": "none"})).status == 400
        ada = client("ada")
        reply = await ada.post("/api/groups", {"name": "Design", "description": "Draws"})
        assert (await ada.get(reply.headers["location"])).data == reply.data
        assert (await ada.post("/api/groups", {"name": "Design"})).status == 409
        changed = await ada.put(reply.headers["location"], {"name": "Art", "description": None})
        assert (changed.data["name"], changed.data["description"]) == ("Art", None)
        assert (await ada.put(reply.headers["location"], {})).data == changed.data
        assert (await ada.put(reply.headers["location"], {"name": "Platform"})).status == 409
        assert await recorded(reply.data["id"]) == [
            ("group.created", {"name": [None, "Design"], "description": [None, "Draws"]}),
            ("group.updated", {"name": ["Design", "Art"], "description": ["Draws", None]}),
        ]

    async def test_deleted_one_leaves_its_tickets(
        self, client: People, new_ticket: AsyncCall[Any], recorded: Recorded
    ) -> None:
        ticket = await new_ticket(groupId="group_103")
        assert (await client("ada").delete("/api/groups/group_103")).status == 204
        after = (await client("jane").get("/api/tickets/WEB-1")).data
        assert (after["groupId"], after["group"]) == (None, None)
        assert (await recorded(ticket["id"]))[1:] == [("ticket.updated", {"groupId": ["group_103", None]})]
        assert [kind for kind, _ in await recorded("group_103")] == ["group.deleted"]
        assert (await client("ada").get("/api/groups")).total == 0
