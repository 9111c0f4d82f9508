"""GET /api/projects and its search: who sees which, in which order, and how many."""

from datetime import timedelta
from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.cast import LONG_AGO
from tests.clients import Client, People

ACME, GLOBEX = "workspace_789", "workspace_globex"
FIELDS = {
    "id", "name", "description", "key", "status", "visibility", "workspaceId", "ownerId", "owner", "createdAt",
    "updatedAt", "_count", "joinPolicy",
}  # fmt: skip


async def keys(someone: Any, **query: Any) -> list[str]:
    reply = await someone.get("/api/projects", **query)
    assert reply.status == 200, reply.body
    assert reply.total == len(reply.data)
    return [project["key"] for project in reply.data]


async def found(someone: Any, q: str, **query: Any) -> list[str]:
    reply = await someone.get("/api/project/search", q=q, **query)
    assert reply.status == 200, reply.body
    return [project["key"] for project in reply.data]


class TestList:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        assert (await client().get("/api/projects", limit="abc")).status == 401

    async def test_each_sees_their_own(self, client: People) -> None:
        seen = {"root": 3, "ada": 2, "jane": 2, "mia": 1, "victor": 1, "eve": 1}
        assert {who: (await client(who).get("/api/projects")).total for who in seen} == seen
        assert await keys(client("mia")) == ["WEB"]
        assert await keys(client("eve")) == ["EVIL"]

    async def test_item_has_all_documented_fields(
        self, jane: Client, new_ticket: AsyncCall[Any], client: People
    ) -> None:
        await new_ticket()
        await new_ticket()
        await client("jane").delete("/api/tickets/WEB-2")
        [web] = [item for item in (await jane.get("/api/projects")).data if item["key"] == "WEB"]
        assert set(web) == FIELDS
        assert web["owner"] == {"id": "user_ada", "name": "Ada Owner", "email": "ada@example.com", "image": None}
        assert web["_count"] == {"tickets": 1, "members": 3}
        assert (web["status"], web["visibility"], web["workspaceId"]) == ("active", "public", ACME)

    async def test_the_last_changed_comes_first_unless_asked_otherwise(
        self, jane: Client, load_project: AsyncCall[None]
    ) -> None:
        for n, name in enumerate(["beta", "Alpha", "Ärger", "alpha 2"]):
            later = LONG_AGO + timedelta(days=n + 1)
            await load_project(f"project_{n}", name=name, key=f"P{n}", updated_at=later, created_at=LONG_AGO)
        assert (await keys(jane))[:4] == ["P3", "P2", "P1", "P0"]
        names = [p["name"] for p in (await jane.get("/api/projects", sort="name", order="asc")).data]
        assert names == ["Alpha", "alpha 2", "Ärger", "beta", "Security", "Website"]
        pages = [await jane.get("/api/projects", sort="createdAt", limit=2, page=n) for n in (1, 2, 3)]
        assert len({p["id"] for reply in pages for p in reply.data}) == 6
        assert pages[0].body["pagination"] == {"page": 1, "limit": 2, "total": 6, "totalPages": 3}

    async def test_filters_by_workspace_status_and_words(
        self, client: People, jane: Client, load_project: AsyncCall[None]
    ) -> None:
        await load_project("project_old", name="Café zum 100%", key="OLD", status="archived", description="Mouse traps")
        assert await keys(jane, status="archived") == ["OLD"]
        assert len(await keys(jane, status="active,archived")) == 3
        for words in ("café", "CAFE zum", "mouse", "tra mou", "old", "100%"):
            assert await keys(jane, search=words) == ["OLD"], words
        for words in ("%", "_", "' OR 1=1 --", "mouse evil", "x" * 5000):
            assert await keys(jane, search=words) == [], words
        assert await keys(client("root"), workspace=GLOBEX) == ["EVIL"]
        assert sorted(await keys(client("root"), workspace=f"{ACME},{GLOBEX}")) == ["EVIL", "OLD", "SEC", "WEB"]

    async def test_a_workspace_that_is_not_seen_is_as_one_that_does_not_exist(
        self, client: People, jane: Client
    ) -> None:
        replies = [await jane.get("/api/projects", workspace=name) for name in (GLOBEX, "workspace_none")]
        replies.append(await client("root").get("/api/projects", workspace="workspace_none"))
        assert {reply.response.content for reply in replies} == {replies[0].response.content}
        assert (replies[0].status, replies[0].details) == (400, {"workspace": ["Invalid workspace ID"]})

    async def test_deleted_ones_are_listed_only_when_asked_for(self, client: People, jane: Client) -> None:
        await client("ada").delete("/api/project/WEB")
        assert await keys(jane) == ["SEC"]
        [gone] = (await jane.get("/api/projects", status="deleted")).data
        assert (gone["key"], gone["status"], gone["_count"]["tickets"]) == ("WEB", "deleted", 0)
        assert await keys(client("eve"), status="deleted") == []

    @pytest.mark.parametrize(
        "query", [{"sort": "key"}, {"order": "up"}, {"limit": 101}, {"status": "gone"}, {"owner": "me"}]
    )
    async def test_what_is_asked_wrongly_is_named(self, jane: Client, query: Any) -> None:
        reply = await jane.get("/api/projects", **query)
        assert (reply.status, list(reply.details)) == (400, list(query))


class TestSearch:
    @pytest.mark.parametrize("path", ["/api/project/search", "/api/projects/search"])
    async def test_needs_words(self, client: People, jane: Client, path: str) -> None:
        assert (await client().get(path, q="web")).status == 401
        assert (await jane.get(path)).details == {"q": ["Q is required"]}

    async def test_the_key_comes_first_then_what_begins_so(self, jane: Client, load_project: AsyncCall[None]) -> None:
        await load_project("project_1", name="Our web shop", key="SHOP")
        await load_project("project_2", name="Web statistics", key="STAT")
        assert await found(jane, "web") == ["WEB", "STAT", "SHOP"]
        assert await found(jane, "web", limit=1) == ["WEB"]

    async def test_a_typo_is_forgiven(self, jane: Client) -> None:
        assert await found(jane, "websiet") == ["WEB"]
        assert await found(jane, "qqqqqq") == []

    async def test_a_former_key_finds_it(self, client: People, jane: Client) -> None:
        await client("ada").put("/api/project/WEB", {"key": "SITE"})
        assert await found(jane, "web") == ["SITE"]

    async def test_nobody_finds_what_they_do_not_see(self, client: People) -> None:
        assert await found(client("mia"), "security") == []
        assert await found(client("eve"), "SEC") == []
        assert await found(client("root"), "sec") == ["SEC"]
        assert (await client("mia").get("/api/project/search", q="x", workspace=GLOBEX)).status == 400

    @pytest.mark.parametrize("q", ["%", "'", "👩‍👩‍👧", "a" * 3000, '"', "\\"])
    async def test_odd_characters_never_fail(self, jane: Client, q: str) -> None:
        assert await found(jane, q) == []
