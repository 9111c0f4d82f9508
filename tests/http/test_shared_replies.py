"""The reply to one person is the reply to all who see the same, and to nobody else."""

from typing import Any

import pytest
from litestar import Litestar

from codimir.authorization.audience import audience_of
from codimir.database.core import Database
from codimir.kit.clock import utc_now
from codimir.revisions.reply_cache import ReplyCache
from codimir.revisions.sharing import Audiences
from tests.calls import AsyncCall
from tests.clients import People

LIST, SEARCH, ITEM = "/api/tickets", "/api/tickets/search?q=fix", "/api/tickets/WEB-1"
MAKERS = {
    LIST: "list_tickets",
    SEARCH: "search_tickets",
    ITEM: "get_visible_details",
}
EVERYBODY = ("jane", "john", "mia", "victor", "ada", "root", "eve")
NAMES_SOMEBODY = (
    f"{LIST}?assignee=me",
    f"{LIST}?reporter=me",
    f"{LIST}?assignee=user_101",
    "/api/tickets/search?q=fix&reporter=me",
)
QUESTIONS = (
    LIST, SEARCH, ITEM, "/api/tickets/SEC-1", "/api/tickets/web-1", "/api/tickets/OLD-1", f"{LIST}?project=SEC",
    f"{LIST}?project=WEB,none", f"{LIST}?label=label_sec", f"{LIST}?label=label_1", f"{LIST}?group=group_103",
    f"{LIST}?workspace=workspace_789", f"{LIST}?workspace=workspace_globex", f"{LIST}?search=fix",
    f"{LIST}?search=SEC-1",
    f"{LIST}?created=2020-01-01..2100-01-01", f"{LIST}?archived=false", f"{LIST}?sort=rank&project=WEB",
    f"{LIST}?page=2&limit=1", f"{LIST}?assignee=user_102", f"{LIST}?assignee=user_eve", f"{LIST}?status=dont",
    "/api/tickets/search?q=SEC-1", *NAMES_SOMEBODY,
)  # fmt: skip


@pytest.fixture
async def tickets(client: People, new_ticket: AsyncCall[Any]) -> None:
    """Tickets in both projects and in none, one of each person; WEB was OLD, and SEC is seen by its members."""
    jane, john = client("jane"), client("john")
    await new_ticket(assigneeId="user_101", labelIds=["label_1"], groupId="group_103")
    await new_ticket(projectId="SEC", labelIds=["label_sec"])
    await john.post(LIST, {"title": "Fix that", "projectId": "WEB", "assigneeId": "user_102"})
    await jane.post(LIST, {"title": "Fix nowhere", "workspaceId": "workspace_789"})
    await client("eve").post(LIST, {"title": "Fix evil", "projectId": "EVIL"})
    for key in ("OLD", "WEB"):
        assert (await client("ada").put("/api/project/project_456", {"key": key})).status == 200


class TestWhoSeesTheSame:
    @pytest.mark.parametrize("path", MAKERS)
    async def test_gets_what_was_made_for_another(
        self, client: People, tickets: None, made: list[str], path: str
    ) -> None:
        first = await client("jane").request("GET", path)
        second = await client("john").request("GET", path)
        again = await client("john").request("GET", path)
        assert made == [MAKERS[path]]
        assert second.response.content == first.response.content == again.response.content
        assert second.headers["etag"] == again.headers["etag"] != first.headers["etag"]

    @pytest.mark.parametrize("path", MAKERS)
    async def test_has_the_tag_that_their_own_reply_would_have(
        self, app: Litestar, client: People, tickets: None, path: str
    ) -> None:
        john = client("john")
        await client("jane").request("GET", path)
        shared = await john.request("GET", path)
        app.state.reply_cache = ReplyCache(0)
        own = await john.request("GET", path)
        assert shared.headers == own.headers
        assert shared.response.content == own.response.content
        assert (await john.request("GET", path, headers={"if-none-match": shared.headers["etag"]})).status == 304

    async def test_may_change_what_was_read_with_its_tag(self, client: People, tickets: None) -> None:
        john = client("john")
        await client("jane").get(ITEM)
        tag = (await john.get(ITEM)).headers["etag"]
        changed = await john.request("PUT", ITEM, {"title": "Fix logout"}, headers={"if-match": tag})
        assert changed.status == 200
        refused = await john.request("PUT", ITEM, {"title": "Fix login"}, headers={"if-match": tag})
        assert refused.status == 412

    async def test_sees_a_change_by_the_other_at_once(self, client: People, tickets: None) -> None:
        jane, john = client("jane"), client("john")
        for number in range(3):
            assert (await jane.put(ITEM, {"title": f"Fix {number}"})).status == 200
            assert [(await who.get(ITEM)).data["title"] for who in (jane, john)] == [f"Fix {number}"] * 2


class TestNobodyElse:
    @pytest.mark.parametrize("path", QUESTIONS)
    async def test_everybody_gets_what_they_would_get_without_others(
        self, app: Litestar, client: People, tickets: None, path: str
    ) -> None:
        """Whoever asked first, each gets the bytes and the tag that they get where nothing is kept."""
        cache, app.state.reply_cache = app.state.reply_cache, ReplyCache(0)
        alone = {who: await client(who).request("GET", path) for who in EVERYBODY}
        app.state.reply_cache = cache
        for first in range(len(EVERYBODY)):
            app.state.reply_cache = ReplyCache(cache.max_bytes)
            for who in (*EVERYBODY[first:], *EVERYBODY[:first], *EVERYBODY):
                reply, own = await client(who).request("GET", path), alone[who]
                assert (who, reply.status, reply.response.content) == (who, own.status, own.response.content)
                assert reply.headers.get("etag") == own.headers.get("etag")

    @pytest.mark.parametrize("path", NAMES_SOMEBODY[:2])
    async def test_what_names_who_asks_is_theirs(
        self, client: People, tickets: None, made: list[str], path: str
    ) -> None:
        jane, john = [await client(who).request("GET", path) for who in ("jane", "john") * 2][:2]
        assert made == ["list_tickets"] * 2
        assert {ticket["id"] for ticket in jane.data}.isdisjoint({ticket["id"] for ticket in john.data})

    async def test_the_days_of_a_person_are_theirs(self, client: People, tickets: None, made: list[str]) -> None:
        path = f"{LIST}?created={utc_now().date().isoformat()}..2100-01-01"
        for who in ("jane", "john"):
            assert (await client(who).request("GET", path)).status == 200
        assert made == ["list_tickets"] * 2

    async def test_who_is_let_into_a_project_is_of_another_audience_from_then_on(
        self, client: People, tickets: None
    ) -> None:
        john, mia, path = client("john"), client("mia"), "/api/tickets/SEC-1"
        assert [(await who.get(path)).status for who in (john, mia)] == [200, 404]
        assert (await john.post("/api/project/SEC/members", {"userId": "user_mia"})).status == 201
        assert [(await who.get(path)).status for who in (john, mia)] == [200, 200]
        assert (await john.delete("/api/project/SEC/members/user_mia")).status == 204
        assert [(await who.get(path)).status for who in (john, mia)] == [200, 404]

    async def test_a_token_bound_to_a_workspace_is_not_its_owner(
        self, client: People, tickets: None, made: list[str]
    ) -> None:
        jane = client("jane")
        wanted = {"name": "ci", "scopes": ["read"], "workspaceId": "workspace_789"}
        program = client()
        token = (await jane.post("/api/user/tokens", wanted)).data["token"]
        program.http.headers["authorization"] = f"Bearer {token}"
        replies = [await who.get(LIST) for who in (jane, program)]
        assert made == ["list_tickets"] * 2
        assert replies[0].data == replies[1].data

    async def test_the_past_of_a_project_that_was_made_public_is_its_members(
        self, client: People, tickets: None
    ) -> None:
        then = utc_now().isoformat().replace("+00:00", "Z")
        ada, people = client("ada"), [client(who) for who in ("jane", "john", "mia")]
        assert (await ada.put("/api/project/SEC", {"visibility": "public"})).status == 200
        for order in (people, people[::-1]):
            totals = {id(who): (await who.request("GET", f"{LIST}?asOf={then}")).total for who in order}
            assert [totals[id(who)] for who in people] == [4, 4, 3]


class TestAudiences:
    async def test_later_versions_are_no_answer_about_earlier_ones(
        self, app: Litestar, client: People, tickets: None, db: Database
    ) -> None:
        """Who sees the same now may not have seen the same when the reply was made."""
        await client("jane").get(LIST)
        [kept] = app.state.reply_cache._kept.values()  # noqa: SLF001 - whose it is
        viewer, versions = kept.origin.viewer, kept.origin.versions
        assert await Audiences(audience_of).see_the_same(db, versions, viewer, viewer)
        await client("jane").post(LIST, {"title": "More", "projectId": "WEB"})
        assert not await Audiences(audience_of).see_the_same(db, versions, viewer, viewer)
