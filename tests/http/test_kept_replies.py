"""A reply that was given is given again, and never once anything has changed of what it follows from."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar

from codimir.authorization.actor import Actor
from codimir.config import Settings
from codimir.kit.clock import utc_now
from codimir.model.enums import Role
from codimir.revisions.reply_cache import KeptReply, Origin, Question, ReplyCache, question_of
from codimir.tickets.listing import best_matches, pages
from codimir.tickets.schemas import TicketListQuery
from tests.apps import RunApp
from tests.calls import AsyncCall
from tests.clients import Client, People

LIST, SEARCH, ITEM, COMMENTS = (
    "/api/tickets",
    "/api/tickets/search?q=fix",
    "/api/tickets/WEB-1",
    "/api/tickets/WEB-1/comments",
)
ALL = (LIST, SEARCH, ITEM, COMMENTS)
MAKERS = {
    LIST: "list_tickets",
    SEARCH: "search_tickets",
    ITEM: "get_visible_details",
}
STATS, DUE = "/api/tickets/stats", "/api/tickets?due=overdue"


@pytest.fixture
async def beside(settings: Settings, jane: Client, run_app: RunApp) -> AsyncIterator[Client]:
    """Jane at another server on the same database."""
    async with run_app(settings, has_cast=False) as other:
        client = Client(other, dict(jane.http.headers))
        yield client
        await client.http.aclose()


class TestTheSameQuestion:
    @pytest.mark.parametrize("path", MAKERS)
    async def test_its_reply_is_made_once(
        self, jane: Client, new_ticket: AsyncCall[Any], made: list[str], path: str
    ) -> None:
        await new_ticket()
        first, second = await jane.request("GET", path), await jane.request("GET", path)
        assert made == [MAKERS[path]]
        assert second.response.content == first.response.content
        assert second.headers == first.headers

    @pytest.mark.parametrize("path", ALL)
    async def test_head_and_if_none_match_are_answered_as_before(
        self, jane: Client, new_ticket: AsyncCall[Any], path: str
    ) -> None:
        await new_ticket()
        first = await jane.request("GET", path)
        head = await jane.request("HEAD", path)
        assert (head.status, head.response.content, head.headers) == (200, b"", first.headers)
        for held in (first.headers["etag"], "*"):
            again = await jane.request("GET", path, headers={"if-none-match": held})
            assert (again.status, again.response.content) == (304, b"")
            assert again.headers["etag"] == first.headers["etag"]
        other = await jane.request("GET", path, headers={"if-none-match": '"v1"'})
        assert other.response.content == first.response.content

    async def test_another_question_has_its_own(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        await new_ticket(status="done")
        totals = {
            path: [(await jane.request("GET", path)).total for _ in range(2)] for path in (LIST, f"{LIST}?status=done")
        }
        assert totals == {LIST: [2, 2], f"{LIST}?status=done": [1, 1]}
        assert (await jane.request("GET", f"{LIST}?status=dont")).status == 400

    async def test_many_who_ask_it_at_the_same_time_have_it_made_once(
        self, jane: Client, new_ticket: AsyncCall[Any], made: list[str]
    ) -> None:
        await new_ticket()
        await jane.request("GET", SEARCH.replace("fix", "other"))
        replies = await asyncio.gather(*(jane.request("GET", SEARCH) for _ in range(16)))
        assert {reply.response.content for reply in replies} == {replies[0].response.content}
        assert made == ["search_tickets"] * 2

    async def test_who_waits_for_a_reply_that_fails_makes_their_own(
        self, jane: Client, new_ticket: AsyncCall[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await new_ticket()
        search, calls = best_matches.search_tickets, []

        async def failing_once(*args: Any) -> Any:
            calls.append(args)
            if len(calls) == 1:
                raise ZeroDivisionError
            return await search(*args)

        monkeypatch.setattr(best_matches, "search_tickets", failing_once)
        replies = await asyncio.gather(*(jane.request("GET", SEARCH) for _ in range(4)))
        assert sorted(reply.status for reply in replies) == [200, 200, 200, 500]


class TestChange:
    @pytest.mark.parametrize("path", ALL)
    async def test_the_next_request_after_a_write_sees_it(
        self, jane: Client, new_ticket: AsyncCall[Any], path: str
    ) -> None:
        await new_ticket()
        for number in range(3):
            before = await jane.request("GET", path)
            assert (await jane.post(COMMENTS, {"content": f"fix {number}"})).status == 201
            after = await jane.request("GET", path)
            assert after.response.content != before.response.content
            assert f"{number + 1}" in after.response.text

    @pytest.mark.parametrize("path", ALL)
    async def test_so_does_the_next_one_after_a_write_by_another_server(
        self, jane: Client, beside: Client, new_ticket: AsyncCall[Any], path: str
    ) -> None:
        await new_ticket()
        for number in range(3):
            before = await jane.request("GET", path)
            assert (await beside.post(COMMENTS, {"content": f"fix {number}"})).status == 201
            after = await jane.request("GET", path)
            assert after.response.content != before.response.content
            assert after.response.content == (await beside.request("GET", path)).response.content

    async def test_a_write_in_another_workspace_changes_nothing(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any], made: list[str]
    ) -> None:
        await new_ticket()
        await jane.get(LIST)
        assert (await client("eve").post(LIST, {"title": "Plan", "workspaceId": "workspace_globex"})).status == 201
        await jane.get(LIST)
        assert made == ["list_tickets"]

    async def test_an_administrator_of_the_instance_sees_a_write_anywhere(
        self, client: People, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        root = client("root")
        assert [(await root.get(LIST)).total for _ in range(2)] == [1, 1]
        assert (await client("eve").post(LIST, {"title": "Plan", "workspaceId": "workspace_globex"})).status == 201
        assert (await root.get(LIST)).total == 2

    async def test_a_new_name_of_a_person_is_seen_at_once(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        john = client("john")
        assert (await john.get(ITEM)).data["reporter"]["name"] == "Jane Smith"
        assert (await jane.put("/api/user/profile", {"name": "Jane Miller"})).status == 200
        assert (await john.get(ITEM)).data["reporter"]["name"] == "Jane Miller"

    async def test_a_write_while_the_reply_is_made_is_seen_by_the_next_request(
        self, jane: Client, beside: Client, new_ticket: AsyncCall[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is read before a write is kept under the version before it, and nobody asks for that one again."""
        await new_ticket()
        encode_list, written = pages.list_tickets, []
        answer = jane.request("GET", LIST)

        async def write_then_list(*args: Any, **options: Any) -> Any:
            page = await encode_list(*args, **options)
            written.append(page.pagination.total)
            return page

        monkeypatch.setattr(pages, "list_tickets", write_then_list)
        writing = asyncio.ensure_future(beside.post(LIST, {"title": "More", "projectId": "WEB"}))
        first, reply = await asyncio.gather(answer, writing)
        assert (reply.status, first.total in (1, 2)) == (201, True)
        assert (await jane.get(LIST)).total == 2


class TestRights:
    async def test_nobody_gets_the_reply_to_somebody_else(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        await new_ticket(projectId="SEC")
        people = ("jane", "john", "mia", "victor", "ada", "root", "eve")
        for who in (*people, *people):
            totals = {"jane": 2, "john": 2, "mia": 1, "victor": 1, "ada": 2, "root": 2, "eve": 0}
            assert (await client(who).get(LIST)).total == totals[who]
            assert (await client(who).get("/api/tickets/SEC-1")).status == (200 if totals[who] == 2 else 404)
        assert (await client().get(LIST)).status == 401

    async def test_who_is_taken_out_of_a_project_sees_it_no_more(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(projectId="SEC")
        secret = "/api/tickets/SEC-1"
        assert [((await jane.get(LIST)).total, (await jane.get(secret)).status) for _ in range(2)] == [(1, 200)] * 2
        assert (await client("john").delete("/api/project/SEC/members/user_101")).status == 204
        assert ((await jane.get(LIST)).total, (await jane.get(secret)).status) == (0, 404)

    async def test_who_leaves_a_workspace_sees_it_no_more(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        mia = client("mia")
        assert [(await mia.get(LIST)).total for _ in range(2)] == [1, 1]
        assert (await client("ada").delete("/api/workspaces/workspace_789/members/user_mia")).status == 204
        assert ((await mia.get(LIST)).total, (await mia.get(ITEM)).status) == (0, 404)

    async def test_a_project_that_is_made_private_is_seen_by_its_members_only(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        mia = client("mia")
        assert [(await mia.get(path)).status for path in (ITEM, LIST) * 2] == [200] * 4
        assert (await client("ada").put("/api/project/WEB", {"visibility": "private"})).status == 200
        assert ((await mia.get(ITEM)).status, (await mia.get(LIST)).total) == (404, 0)
        assert ((await jane.get(ITEM)).status, (await jane.get(LIST)).total) == (200, 1)

    async def test_a_token_bound_to_a_workspace_gets_nothing_of_others(
        self, client: People, new_ticket: AsyncCall[Any], join: AsyncCall[None]
    ) -> None:
        await new_ticket()
        await join("eve", "MEMBER", "workspace_789")
        eve = client("eve")
        made = {"name": "ci", "scopes": ["read"], "workspaceId": "workspace_globex"}
        token = (await eve.post("/api/user/tokens", made)).data["token"]
        program = client()
        program.http.headers["authorization"] = f"Bearer {token}"
        assert [((await eve.get(LIST)).total, (await program.get(LIST)).total) for _ in range(2)] == [(1, 0)] * 2
        assert ((await eve.get(ITEM)).status, (await program.get(ITEM)).status) == (200, 404)

    async def test_who_signs_out_gets_nothing_that_is_kept(self, jane: Client, client: People) -> None:
        assert [(await jane.get(LIST)).status for _ in range(2)] == [200, 200]
        assert (await client("root").put("/api/users/user_101", {"disabled": True})).status == 200
        assert (await jane.get(LIST)).status == 401


class TestTime:
    async def test_what_follows_from_the_time_is_made_each_time(
        self, jane: Client, new_ticket: AsyncCall[Any], made: list[str]
    ) -> None:
        await new_ticket()
        for path in (STATS, DUE):
            for _ in range(2):
                assert (await jane.request("GET", path)).status == 200
        assert made == ["get_statistics"] * 2 + ["list_tickets"] * 2

    async def test_a_ticket_is_overdue_when_it_is(
        self, app: Litestar, jane: Client, new_ticket: AsyncCall[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        start = utc_now()
        await new_ticket(dueDate=(start + timedelta(seconds=30)).isoformat())
        totals = []
        for seconds in (0, 29, 31):
            moment = start + timedelta(seconds=seconds)
            monkeypatch.setattr(app.state.database, "_clock", lambda moment=moment: moment)
            totals.append((await jane.request("GET", DUE)).total)
        assert totals == [0, 0, 1]

    async def test_the_past_is_kept_as_long_as_it_is_seen(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(projectId="SEC")
        past = f"{LIST}?asOf={utc_now().isoformat().replace('+00:00', 'Z')}"
        assert [(await jane.request("GET", past)).total for _ in range(2)] == [1, 1]
        assert (await client("john").delete("/api/project/SEC/members/user_101")).status == 204
        assert (await jane.request("GET", past)).total == 0


class TestRoom:
    def test_it_is_never_exceeded(self) -> None:
        tracemalloc.start()
        try:
            replies = ReplyCache(1_000_000)
            before, _ = tracemalloc.get_traced_memory()
            for number in range(100_000):
                question = Question(b"r" * 300 + b"%d" % number, f"/api/tickets/{number}", b"page=%d" % number)
                replies.keep(question, KeptReply(b"x" * (number % 7_000), f"v{number:030}"))
                assert replies.bytes <= 1_000_000
            held = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
        assert len(replies) > 100
        assert held < 1_100_000

    def test_it_is_never_exceeded_by_what_many_share_either(self) -> None:
        workspaces: dict[str, Role] = {f"workspace_{number}": "MEMBER" for number in range(20)}
        tracemalloc.start()
        try:
            replies = ReplyCache(1_000_000)
            before, _ = tracemalloc.get_traced_memory()
            for number in range(10_000):
                versions = {f"workspace_{place}": 1_000_000 + number for place in range(20)}
                actor = Actor(f"user_{number}", "Jane", "EDITOR", dict(workspaces), None, versions)
                question = question_of(actor, versions, f"/api/tickets/{number % 7}", b"")
                shared = replies.find_shared(question)
                body = shared.body if shared else b"x" * 50_000
                query = TicketListQuery(limit=number % 100 + 1)
                replies.keep(question, KeptReply(body, f"v{number:030}", Origin(actor, versions, query, None)))
                assert replies.bytes <= 1_000_000
            held = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
        assert len(replies) > 20
        assert held < 1_100_000

    def test_a_reply_that_is_shared_is_counted_once(self) -> None:
        replies, body = ReplyCache(200_000), b"x" * 20_000
        for number in range(20):
            replies.keep(Question(b"%d" % number, LIST, b""), KeptReply(body, "v"))
        assert len(replies) == 20
        assert replies.bytes < 2 * len(body)
        for number in range(20):
            replies.keep(Question(b"%d" % number, LIST, b""), KeptReply(b"", "v"))
        assert replies.bytes < len(body)

    async def test_what_is_asked_again_stays(self) -> None:
        replies = ReplyCache(20_000)
        often = Question(b"jane", LIST, b"")
        replies.keep(often, KeptReply(b"often", "v"))
        for number in range(1_000):
            replies.keep(Question(b"jane", LIST, b"%d" % number), KeptReply(b"x" * 500, "v"))
            assert await replies.find(often) is not None
        assert await replies.find(Question(b"jane", LIST, b"0")) is None

    def test_one_that_would_push_out_the_others_is_not_kept(self) -> None:
        replies = ReplyCache(100_000)
        replies.keep(Question(b"jane", LIST, b""), KeptReply(b"x" * 20_000, "v"))
        assert (len(replies), replies.bytes) == (0, 0)

    async def test_a_second_reply_to_a_question_takes_the_place_of_the_first(self) -> None:
        replies, question = ReplyCache(100_000), Question(b"jane", LIST, b"")
        for body in (b"x" * 1_000, b"y"):
            replies.keep(question, KeptReply(body, "v"))
        assert await replies.find(question) == KeptReply(b"y", "v")
        assert replies.bytes < 1_000

    async def test_without_room_everything_is_made_each_time(
        self, app: Litestar, jane: Client, new_ticket: AsyncCall[Any], made: list[str]
    ) -> None:
        app.state.reply_cache = ReplyCache(0)
        await new_ticket()
        for path in (LIST, SEARCH) * 2:
            assert (await jane.request("GET", path)).status == 200
        assert made == ["list_tickets", "search_tickets"] * 2
