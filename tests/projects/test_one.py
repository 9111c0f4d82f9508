"""GET, PUT, PATCH and DELETE /api/project/{id}, and the same under the plural."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.model.projects import projects
from codimir.model.tickets import tickets
from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People

DELETED_AT = Statement(sa.select(tickets.c.key, tickets.c.deleted_at).order_by(tickets.c.number))
PROJECT_DELETED_AT = Statement(sa.select(projects.c.deleted_at).where(projects.c.id == "project_456"))


class TestGet:
    @pytest.mark.parametrize("ref", ["project/project_456", "projects/project_456", "project/WEB", "projects/web"])
    async def test_by_id_and_by_key_in_any_case(self, jane: Client, ref: str) -> None:
        reply = await jane.get(f"/api/{ref}")
        assert (reply.status, reply.data["id"], reply.data["key"]) == (200, "project_456", "WEB")

    async def test_what_is_not_seen_is_as_what_does_not_exist(self, client: People) -> None:
        assert (await client().get("/api/project/WEB")).status == 401
        mia, eve = client("mia"), client("eve")
        replies = [await mia.get(f"/api/project/{name}") for name in ("SEC", "project_sec", "EVIL", "project_none")]
        replies += [await eve.get("/api/project/WEB"), await eve.put("/api/project/WEB", {"name": "Mine"})]
        replies += [await eve.delete("/api/project/WEB"), await mia.delete("/api/projects/none")]
        assert {reply.status for reply in replies} == {404}
        assert {reply.response.content for reply in replies} == {replies[0].response.content}


class TestUpdate:
    @pytest.mark.parametrize("who", ["mia", "victor", "jane"])
    async def test_who_does_not_administer_it_may_not(self, client: People, who: str) -> None:
        reply = await client(who).put("/api/project/WEB", {"name": "Mine"})
        assert (reply.status, reply.error["message"]) == (403, "Insufficient permissions to change this project")

    async def test_only_what_is_given_changes(self, client: People, recorded: Recorded) -> None:
        ada = client("ada")
        before = (await ada.get("/api/project/WEB")).data
        changed = await ada.put("/api/project/WEB", {"name": "Web shop", "description": "Sells"})
        assert changed.data == before | {
            "name": "Web shop", "description": "Sells", "updatedAt": changed.data["updatedAt"],
        }  # fmt: skip
        assert changed.data["updatedAt"] > before["updatedAt"]
        cleared = await ada.request("PATCH", "/api/projects/web", {"description": None, "visibility": "private"})
        assert (cleared.data["description"], cleared.data["visibility"]) == (None, "private")
        assert await recorded("project_456") == [
            ("project.updated", {"name": ["Website", "Web shop"], "description": [None, "Sells"]}),
            ("project.updated", {"description": ["Sells", None], "visibility": ["public", "private"]}),
        ]
        assert (await client("mia").get("/api/project/WEB")).status == 404
        assert [p["key"] for p in (await ada.get("/api/projects", search="shop")).data] == ["WEB"]

    async def test_a_new_name_changes_no_ticket_and_is_told_by_what_holds_it(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        """A ticket does not hold the name of its project: who keeps the ticket with it asks by its tag."""
        path = f"/api/tickets/{(await new_ticket())['id']}"
        before, listed = await jane.get(path), await jane.get("/api/tickets")
        assert (await client("ada").put("/api/project/WEB", {"name": "Web shop"})).status == 200
        after = await jane.request("GET", path, headers={"if-none-match": before.headers["etag"]})
        assert (after.status, after.data["project"]["name"]) == (200, "Web shop")
        assert after.data["updatedAt"] == before.data["updatedAt"]
        assert after.data["project"]["updatedAt"] > before.data["project"]["updatedAt"]
        assert (await jane.get("/api/tickets")).headers["etag"] != listed.headers["etag"]

    async def test_nothing_changes_nothing(self, client: People, recorded: Recorded) -> None:
        ada = client("ada")
        before = await ada.get("/api/project/WEB")
        for body in ({}, {"name": "Website", "key": "web", "status": "active"}):
            assert (await ada.put("/api/project/WEB", body)).data == before.data
        assert await recorded("project_456") == []

    @pytest.mark.parametrize(
        "body", [{"name": None}, {"status": "deleted"}, {"key": None}, {"id": "x"}, {"workspaceId": "workspace_789"}]
    )
    async def test_what_cannot_be_is_refused(self, client: People, body: Any) -> None:
        reply = await client("ada").put("/api/project/WEB", body)
        assert (reply.status, list(reply.details)) == (400, list(body))


class TestKey:
    async def test_tickets_follow_and_old_keys_keep_finding_everything(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded
    ) -> None:
        ticket = await new_ticket()
        await new_ticket(title="Another")
        await jane.put("/api/tickets/WEB-2", {"projectId": "SEC"})
        ada = client("ada")
        assert (await ada.put("/api/project/web", {"key": "site"})).data["key"] == "SITE"
        for name in ("SITE-1", "WEB-1", "web-1", ticket["id"]):
            assert (await jane.get(f"/api/tickets/{name}")).data["key"] == "SITE-1"
        for name in ("WEB-2", "SITE-2", "SEC-1"):
            assert (await jane.get(f"/api/tickets/{name}")).data["key"] == "SEC-1"
        for name in ("WEB", "web", "SITE", "site"):
            assert (await jane.get(f"/api/project/{name}")).data["id"] == "project_456"
            assert (await jane.get("/api/tickets", project=name)).total == 1
            assert (await jane.get("/api/tickets/search", q="login", project=name)).data[0]["key"] == "SITE-1"
        assert (await jane.post("/api/tickets", {"title": "Third", "projectId": "WEB"})).data["key"] == "SITE-3"
        assert await recorded("project_456") == [("project.updated", {"key": ["WEB", "SITE"]})]

    async def test_search_finds_tickets_by_the_new_key(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        await client("ada").put("/api/project/WEB", {"key": "SITE"})
        assert [t["key"] for t in (await jane.get("/api/tickets", search="SITE-1")).data] == ["SITE-1"]
        for q in ("SITE-1", "WEB-1"):
            assert [t["key"] for t in (await jane.get("/api/tickets/search", q=q)).data] == ["SITE-1"]

    async def test_a_former_key_is_kept_for_the_project_that_had_it(self, client: People, jane: Client) -> None:
        ada = client("ada")
        await ada.put("/api/project/WEB", {"key": "SITE"})
        for body in ({"name": "Other", "key": "WEB"}, {"name": "Other", "key": "SITE"}):
            assert (await jane.post("/api/projects", body)).status == 409
        reply = await ada.put("/api/project/SEC", {"key": "WEB"})
        assert (reply.status, list(reply.details)) == (409, ["key"])
        assert (await ada.put("/api/project/SITE", {"key": "WEB"})).data["key"] == "WEB"
        assert (await ada.put("/api/project/SITE", {"key": "SITE"})).data["key"] == "SITE"
        assert (await ada.get("/api/project/WEB")).data["key"] == "SITE"

    async def test_a_former_key_shows_nothing_to_who_does_not_see_the_project(self, client: People) -> None:
        await client("ada").put("/api/project/SEC", {"key": "HUSH"})
        mia = client("mia")
        assert (await mia.get("/api/project/SEC")).status == 404
        assert (await mia.get("/api/tickets", project="SEC")).status == 400


class TestDelete:
    @pytest.mark.parametrize("who", ["mia", "victor", "jane"])
    async def test_who_does_not_own_it_may_not(self, client: People, who: str) -> None:
        assert (await client(who).delete("/api/project/WEB")).status == 403

    async def test_administrator_of_the_project_may_not(self, client: People) -> None:
        assert (await client("john").put("/api/project/SEC", {"name": "Safety"})).status == 200
        assert (await client("john").delete("/api/project/SEC")).status == 403

    async def test_it_and_its_tickets_are_gone(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded, db: Database
    ) -> None:
        for _ in range(3):
            await new_ticket()
        await jane.delete("/api/tickets/WEB-2")
        reply = await client("ada").delete("/api/projects/web")
        assert (reply.status, reply.body) == (204, None)
        for path in ("/api/project/WEB", "/api/tickets/WEB-1", "/api/tickets/WEB-3"):
            assert (await jane.get(path)).status == 404
        for who in ("jane", "ada", "root"):
            assert (await client(who).get("/api/tickets")).total == 0
            assert (await client(who).get("/api/tickets/stats")).data["total"] == 0
        assert (await jane.post("/api/tickets", {"title": "x", "projectId": "WEB"})).status == 400
        assert (await client("ada").delete("/api/project/WEB")).status == 404
        [(kind, changes)] = await recorded("project_456")
        assert (kind, changes["status"], changes["deletedAt"][0]) == ("project.deleted", ["active", "deleted"], None)

        moment = await db.read(lambda tx: tx.fetch_value(PROJECT_DELETED_AT))
        rows = await db.read(lambda tx: tx.fetch_all(DELETED_AT))
        assert [deleted_at == moment for _, deleted_at in rows] == [True, False, True]

    async def test_a_ticket_deleted_at_the_same_moment_can_be_told_apart(
        self, client: People, load_ticket: AsyncCall[None], db: Database
    ) -> None:
        ahead = (await client("ada").put("/api/project/WEB", {"name": "x"})).data["updatedAt"].replace("20", "21", 1)
        moment = datetime.fromisoformat(ahead)
        await load_ticket("ticket_1", number=1, key="WEB-1", deleted_at=moment)
        await load_ticket("ticket_2", number=2, key="WEB-2")
        await client("ada").delete("/api/project/WEB")
        rows: dict[str, Any] = dict(await db.read(lambda tx: tx.fetch_all(DELETED_AT)))
        assert rows["WEB-1"] == moment < rows["WEB-2"] == await db.read(lambda tx: tx.fetch_value(PROJECT_DELETED_AT))


class TestRestore:
    async def test_it_comes_back_with_what_was_deleted_with_it(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded
    ) -> None:
        for _ in range(3):
            await new_ticket()
        await jane.delete("/api/tickets/WEB-2")
        ada = client("ada")
        before = (await ada.get("/api/project/WEB")).data
        await ada.put("/api/project/WEB", {"status": "archived"})
        await ada.delete("/api/project/WEB")
        assert (await jane.post("/api/trash/project_456/restore")).status == 403
        assert (await client("eve").post("/api/trash/project_456/restore")).status == 404
        assert (await ada.post("/api/trash/project_456/restore")).status == 200
        after = (await ada.get("/api/project/WEB")).data
        assert after == before | {"status": "archived", "updatedAt": after["updatedAt"]}
        assert sorted(t["key"] for t in (await jane.get("/api/tickets")).data) == ["WEB-1", "WEB-3"]
        assert [kind for kind, _ in await recorded("project_456")] == [
            "project.updated", "project.deleted", "project.restored",
        ]  # fmt: skip
