"""Members of workspaces and projects."""

from typing import Any

import pytest

from tests.calls import AsyncCall, Recorded
from tests.clients import People

WEB, SEC, ACME = "/api/project/WEB/members", "/api/project/SEC/members", "/api/workspaces/acme/members"


class TestList:
    async def test_who_sees_the_place_sees_who_is_in_it(self, client: People) -> None:
        reply = await client("mia").get(WEB, limit=2)
        assert reply.body["pagination"] == {"page": 1, "limit": 2, "total": 3, "totalPages": 2}
        assert reply.data[0] == {
            "userId": "user_101", "role": "MEMBER", "createdAt": "2024-01-01T00:00:00Z",
            "user": {
                "id": "user_101", "name": "Jane Smith", "email": "jane@example.com",
                "image": "https://example.com/jane.jpg",
            },
        }  # fmt: skip
        people = await client("victor").get(ACME)
        assert [member["role"] for member in people.data] == ["OWNER", "MEMBER", "MEMBER", "MEMBER", "VIEWER"]
        assert (await client("victor").get(f"{ACME}/user_101")).data["role"] == "MEMBER"

    async def test_outsider_finds_neither_the_place_nor_its_members(self, client: People) -> None:
        assert (await client().get(WEB)).status == 401
        eve, mia = client("eve"), client("mia")
        for who, path, unknown in ((mia, SEC, "/api/project/none/members"), (eve, ACME, "/api/workspaces/x/members")):
            for send in (who.get, who.delete):
                replies = [await send(f"{place}/user_101") for place in (path, unknown)]
                assert {reply.status for reply in replies} == {404}
                assert replies[0].response.content == replies[1].response.content
        assert (await mia.get(f"{WEB}/user_eve")).status == 404


class TestAdd:
    @pytest.mark.parametrize("named", [{"userId": "user_mia"}, {"email": "Mia@Example.com"}])
    async def test_administrator_adds_someone_of_the_workspace(
        self, client: People, recorded: Recorded, named: Any
    ) -> None:
        reply = await client("john").post(SEC, {**named, "role": "VIEWER"})
        assert (reply.status, reply.data["userId"], reply.data["role"]) == (201, "user_mia", "VIEWER")
        assert (await client("mia").get(reply.headers["location"])).data == reply.data
        assert await recorded("user_mia") == [
            ("member.added", {"userId": [None, "user_mia"], "role": [None, "VIEWER"]})
        ]
        again = await client("john").post(SEC, named)
        assert (again.status, list(again.details)) == (409, list(named))

    async def test_who_is_not_in_the_workspace_is_as_who_does_not_exist(self, client: People) -> None:
        for place in (SEC, ACME):
            for field, names in (
                ("userId", ["user_eve", "user_none", ""]), ("email", ["eve@example.com", "x@example.com"]),
            ):  # fmt: skip
                replies = [await client("ada").post(place, {field: name}) for name in names]
                assert {reply.response.content for reply in replies} == {replies[0].response.content}
                assert (replies[0].status, list(replies[0].details)) == (400, [field])

    @pytest.mark.parametrize("body", [{}, {"userId": "user_mia", "email": "mia@example.com"}])
    async def test_one_person_must_be_named(self, client: People, body: Any) -> None:
        assert (await client("ada").post(SEC, body)).details == {"userId": ["Name one person, by userId or by email"]}

    async def test_who_does_not_administer_may_not(self, client: People) -> None:
        for who in ("jane", "victor"):
            assert (await client(who).post(WEB, {"userId": "user_mia"})).status == 403
            assert (await client(who).post(ACME, {"userId": "user_eve"})).status == 403

    async def test_only_owners_name_owners(self, client: People) -> None:
        assert (await client("john").post(SEC, {"userId": "user_mia", "role": "OWNER"})).status == 403
        assert (await client("ada").post(SEC, {"userId": "user_mia", "role": "OWNER"})).status == 201
        assert (await client("john").put(f"{SEC}/user_mia", {"role": "MEMBER"})).status == 403
        assert (await client("john").delete(f"{SEC}/user_mia")).status == 403

    async def test_people_known_from_another_workspace_come_into_this_one(
        self, client: People, join: AsyncCall[None]
    ) -> None:
        await join("eve", "VIEWER", "workspace_789")
        assert (await client("eve").post("/api/workspaces/globex/members", {"userId": "user_101"})).status == 201
        assert (await client("jane").get("/api/projects", workspace="workspace_globex")).total == 1
        assert (await client("root").post(ACME, {"email": "root@example.com", "role": "ADMIN"})).status == 201


class TestChange:
    async def test_role_changes_and_is_told(self, client: People, recorded: Recorded) -> None:
        assert (await client("jane").put(f"{WEB}/user_victor", {"role": "MEMBER"})).status == 403
        reply = await client("ada").put(f"{WEB}/user_victor", {"role": "MEMBER"})
        assert reply.data["role"] == "MEMBER"
        assert await recorded("user_victor") == [("member.role_changed", {"role": ["VIEWER", "MEMBER"]})]
        assert (await client("victor").post("/api/tickets", {"title": "x", "projectId": "WEB"})).status == 201
        assert (await client("ada").put(f"{WEB}/user_victor", {"role": "MEMBER"})).status == 200
        assert len(await recorded("user_victor")) == 1
        assert (await client("ada").put(f"{WEB}/user_victor", {"role": "BOSS"})).status == 400

    async def test_the_last_owner_stays(self, client: People) -> None:
        ada = client("ada")
        for send in (ada.put(f"{ACME}/user_ada", {"role": "ADMIN"}), ada.delete(f"{ACME}/user_ada")):
            assert (await send).error["code"] == "CONFLICT"
        await ada.put(f"{ACME}/user_101", {"role": "OWNER"})
        assert (await ada.put(f"{ACME}/user_ada", {"role": "VIEWER"})).status == 200
        assert (await ada.put("/api/workspaces/acme", {"name": "Mine"})).status == 403


class TestRemove:
    async def test_removed_member_sees_nothing_on_the_next_request(self, client: People, recorded: Recorded) -> None:
        jane = client("jane")
        assert (await jane.get("/api/project/SEC")).status == 200
        assert (await client("mia").delete(f"{ACME}/user_101")).status == 403
        assert (await client("ada").delete(f"{ACME}/user_101")).status == 204
        assert (await jane.get("/api/project/SEC")).status == 404
        assert (await jane.get("/api/projects")).total == 0
        assert (await client("ada").get(SEC)).total == 1
        assert [kind for kind, _ in await recorded("user_101")] == ["member.removed"] * 3

    async def test_everyone_may_leave_but_the_last_owner(self, client: People) -> None:
        assert (await client("victor").delete(f"{WEB}/user_victor")).status == 204
        mine = (await client("jane").post("/api/projects", {"name": "Mine"})).data
        path = f"/api/projects/{mine['id']}/members"
        assert (await client("jane").delete(f"{path}/user_101")).status == 409
        await client("jane").post(path, {"userId": "user_102", "role": "OWNER"})
        assert (await client("jane").delete(f"{path}/user_101")).status == 204
        assert (await client("john").get(f"/api/project/{mine['id']}")).data["ownerId"] == "user_102"

    async def test_a_project_of_who_leaves_the_workspace_finds_another_owner(self, client: People) -> None:
        mine = (await client("jane").post("/api/projects", {"name": "Mine"})).data
        assert (await client("ada").delete(f"{ACME}/user_101")).status == 204
        assert (await client("ada").get(f"/api/project/{mine['id']}")).data["ownerId"] == "user_ada"


class TestGive:
    async def test_owner_gives_a_project_away(self, client: People) -> None:
        mine = (await client("jane").post("/api/projects", {"name": "Mine"})).data
        path = f"/api/project/{mine['id']}"
        for name in ("user_eve", "user_none", ""):
            assert (await client("jane").put(path, {"ownerId": name})).details == {"ownerId": ["Invalid owner ID"]}
        given = await client("jane").put(path, {"ownerId": "user_mia"})
        assert (given.data["ownerId"], given.data["owner"]["name"]) == ("user_mia", "Mia Member")
        roles = {m["userId"]: m["role"] for m in (await client("mia").get(f"{path}/members")).data}
        assert roles == {"user_mia": "OWNER", "user_101": "ADMIN"}
        assert (await client("jane").put(path, {"ownerId": "user_101"})).status == 403
