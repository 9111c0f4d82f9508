"""/api/users: the administration of people."""

from tests.calls import Recorded
from tests.clients import Client, People


class TestUsers:
    async def test_only_administrators_of_the_instance_see_everyone(self, client: People) -> None:
        assert (await client().get("/api/users")).status == 401
        ada, root = client("ada"), client("root")
        assert (await ada.get("/api/users")).status == 403
        assert (await ada.post("/api/users", {"email": "x@example.com", "name": "x"})).status == 403
        for user_id in ("user_101", "user_none"):
            assert (await ada.get(f"/api/users/{user_id}")).status == 403
            assert (await ada.put(f"/api/users/{user_id}", {"role": "ADMIN"})).status == 403
        assert (await root.get("/api/users")).total == 7
        assert [u["id"] for u in (await root.get("/api/users", search="JANE@")).data] == ["user_101"]
        assert [u["id"] for u in (await root.get("/api/users", search="smith")).data] == ["user_101"]
        assert (await root.get("/api/users", search="%")).total == 0
        assert (await root.get("/api/users/none")).status == 404

    async def test_someone_is_created(self, client: People) -> None:
        root = client("root")
        reply = await root.post("/api/users", {"email": " New@Example.com", "name": "New", "role": "VIEWER"})
        assert (reply.status, reply.data["email"], reply.data["role"]) == (201, "New@Example.com", "VIEWER")
        assert (await root.get(reply.headers["location"])).data == reply.data
        assert (await root.post("/api/users", {"email": "new@example.com", "name": "New"})).status == 409
        wrong = await root.post("/api/users", {"email": "nobody", "name": " "})
        assert set(wrong.details) == {"email", "name"}

    async def test_who_is_disabled_is_out_at_once_and_their_sessions_are_over(
        self, client: People, jane: Client, recorded: Recorded
    ) -> None:
        root = client("root")
        reply = await root.put("/api/users/user_101", {"disabled": True})
        assert reply.data["disabledAt"] is not None
        assert (await jane.get("/api/tickets")).status == 401
        assert (await root.put("/api/users/user_101", {"disabled": False})).data["disabledAt"] is None
        assert (await jane.get("/api/tickets")).status == 401
        assert [kind for kind, _ in await recorded("user_101")] == ["user.updated", "user.updated"]

    async def test_role_counts_from_the_next_request_on(self, client: People, jane: Client) -> None:
        assert (await client("root").put("/api/users/user_101", {"role": "VIEWER"})).data["role"] == "VIEWER"
        assert (await jane.post("/api/tickets", {"title": "x"})).status == 403

    async def test_the_last_administrator_stays(self, client: People) -> None:
        root = client("root")
        for body in ({"role": "EDITOR"}, {"disabled": True}):
            assert (await root.put("/api/users/user_root", body)).error["code"] == "CONFLICT"
        await root.put("/api/users/user_ada", {"role": "ADMIN"})
        assert (await root.put("/api/users/user_root", {"role": "EDITOR"})).status == 200
