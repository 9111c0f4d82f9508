"""GET /api/events: the log, read on from a cursor."""

import asyncio
from base64 import urlsafe_b64decode
from itertools import pairwise
from typing import Any

import pytest
from litestar import Litestar

from codimir.events.cursors import CursorMaker
from codimir.feeds import queries
from tests.calls import AsyncCall
from tests.clients import Client, People


@pytest.fixture
def begin(client: People) -> AsyncCall[str]:
    """Give the present cursor of someone."""

    async def at_present(who: str) -> str:
        reply = await client(who).get("/api/events")
        assert (reply.status, reply.data, reply.body["hasMore"]) == (200, [], False)
        return str(reply.body["cursor"])

    return at_present


def titles(reply: Any) -> list[str]:
    return [event["ticket"]["title"] for event in reply.data]


class TestFeed:
    async def test_anonymous(self, client: People) -> None:
        assert (await client().get("/api/events")).status == 401

    async def test_it_gives_what_happened_after_the_cursor(
        self, jane: Client, begin: AsyncCall[str], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(title="before")
        cursor = await begin("jane")
        await new_ticket(title="after")
        reply = await jane.get("/api/events", after=cursor)
        assert titles(reply) == ["after"]
        assert (await jane.get("/api/events", after=reply.body["cursor"])).data == []
        assert titles(await jane.get("/api/events", after=cursor)) == ["after"], "it can be read again"

    async def test_pages_follow_each_other(
        self, jane: Client, begin: AsyncCall[str], new_ticket: AsyncCall[Any]
    ) -> None:
        cursor = await begin("jane")
        seen: list[Any] = []
        for n in range(5):
            await new_ticket(title=str(n))
        for more in (True, True, False):
            reply = await jane.get("/api/events", after=cursor, limit=2)
            assert reply.body["hasMore"] is more
            seen += titles(reply)
            cursor = reply.body["cursor"]
        assert seen == ["0", "1", "2", "3", "4"]

    async def test_everyone_reads_what_they_may_see(
        self, client: People, begin: AsyncCall[str], new_ticket: AsyncCall[Any]
    ) -> None:
        cursors = {who: await begin(who) for who in ("root", "ada", "jane", "mia", "victor", "eve")}
        await new_ticket(title="open")
        await new_ticket(title="secret", projectId="project_sec")
        await client("eve").post("/api/tickets", {"title": "evil", "projectId": "project_evil"})
        read = {who: titles(await client(who).get("/api/events", after=cursor)) for who, cursor in cursors.items()}
        assert read == {
            "root": ["open", "secret", "evil"],
            "ada": ["open", "secret"],
            "jane": ["open", "secret"],
            "mia": ["open"],
            "victor": ["open"],
            "eve": ["evil"],
        }

    async def test_the_cursor_of_another_says_nothing(
        self, client: People, begin: AsyncCall[str], new_ticket: AsyncCall[Any]
    ) -> None:
        cursor = await begin("jane")
        await new_ticket()
        assert (await client("eve").get("/api/events", after=cursor)).data == []

    async def test_filters(self, jane: Client, begin: AsyncCall[str], new_ticket: AsyncCall[Any]) -> None:
        cursor = await begin("jane")
        await new_ticket(title="open")
        await new_ticket(title="secret", projectId="project_sec")
        await new_ticket(title="nowhere", projectId=None)

        async def read(**query: str) -> list[str]:
            return titles(await jane.get("/api/events", after=cursor, **query))

        assert await read(project="WEB") == ["open"]
        assert await read(project="web,project_sec") == ["open", "secret"]
        assert await read(ticket="sec-1") == ["secret"]
        assert await read(project="WEB", ticket="SEC-1") == []
        assert await read(workspace="workspace_789") == ["open", "secret", "nowhere"]

    async def test_little_among_much_is_found_in_bounded_steps(
        self, client: People, begin: AsyncCall[str], new_ticket: AsyncCall[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queries, "MAX_LOOKED_AT", 3)
        cursor = await begin("mia")
        for n in range(7):
            await new_ticket(title=str(n), projectId="project_sec")
        await new_ticket(title="open")
        replies: list[Any] = []
        while not replies or replies[-1].body["hasMore"]:
            replies.append(await client("mia").get("/api/events", after=cursor, limit=2))
            cursor = replies[-1].body["cursor"]
        assert [title for reply in replies for title in titles(reply)] == ["open"]
        assert len(replies) > 1

    async def test_events_of_one_change_share_a_batch(
        self, jane: Client, begin: AsyncCall[str], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        cursor = await begin("jane")
        await jane.put("/api/tickets/WEB-1", {"title": "Other", "status": "todo", "assigneeId": "user_102"})
        events = (await jane.get("/api/events", after=cursor)).data
        assert len(events) == 3
        assert {event["batchId"] for event in events} == {events[0]["id"]}

    async def test_head_and_a_reader_who_writes_meanwhile(
        self, jane: Client, begin: AsyncCall[str], new_ticket: AsyncCall[Any]
    ) -> None:
        cursor = await begin("jane")
        seen: list[Any] = []
        writing = asyncio.gather(*(new_ticket(title=str(n)) for n in range(20)))
        while len(seen) < 20:
            reply = await jane.get("/api/events", after=cursor, limit=3)
            seen += titles(reply)
            cursor = reply.body["cursor"]
            await asyncio.sleep(0)
        await writing
        assert sorted(seen, key=int) == [str(n) for n in range(20)]


class TestCursor:
    async def test_it_does_not_tell_how_much_happens_out_of_sight(
        self, app: Litestar, client: People, begin: AsyncCall[str], new_ticket: AsyncCall[Any]
    ) -> None:
        cursors = [await begin("mia")]
        for _ in range(3):
            await new_ticket(projectId="SEC")
            cursors.append(await begin("mia"))
        assert len(set(cursors)) == 4, "that something happened is no secret"
        assert len({len(cursor) for cursor in cursors}) == 1
        opened = [urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)) for cursor in cursors]
        changed = [sum(a != b for a, b in zip(*pair, strict=True)) for pair in pairwise(opened)]
        assert min(changed) > len(opened[0]) // 2, "all of it is another one, not a number in it"
        other = CursorMaker("another secret").cursor_of({"workspace_789": 1})
        assert (await client("mia").get("/api/events", after=other)).status == 400

    async def test_the_same_place_has_the_same_one(
        self, jane: Client, begin: AsyncCall[str], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        assert await begin("jane") == await begin("jane")


class TestBadInput:
    @pytest.mark.parametrize(
        "cursor",
        [
            "x",
            "nonsense",
            "A" * 10_000,
            "é",
            "%00",
            "AYGbOYRU6qGwAI6f",  # of the form that was not sealed
            "ahead",
        ],
    )
    async def test_a_wrong_cursor(self, app: Litestar, jane: Client, cursor: str) -> None:
        if cursor == "ahead":
            cursor = app.state.cursors.cursor_of({"workspace_789": 9})
        reply = await jane.get("/api/events", after=cursor)
        assert (reply.status, reply.error["code"], list(reply.details)) == (400, "VALIDATION_ERROR", ["after"])

    async def test_a_future_cursor_says_what_to_do(self, app: Litestar, jane: Client) -> None:
        reply = await jane.get("/api/events", after=app.state.cursors.cursor_of({"workspace_789": 9}))
        assert reply.error["message"] == "This cursor cannot be used; read without one to start from now"

    @pytest.mark.parametrize("limit", ["0", "501", "-1", "x"])
    async def test_a_wrong_limit(self, jane: Client, limit: str) -> None:
        assert list((await jane.get("/api/events", limit=limit)).details) == ["limit"]

    @pytest.mark.parametrize("name", ["project", "ticket", "workspace"])
    async def test_what_is_not_visible_cannot_be_named(
        self, client: People, new_ticket: AsyncCall[Any], name: str
    ) -> None:
        theirs = {"project": "project_456", "ticket": (await new_ticket())["id"], "workspace": "workspace_789"}
        replies = [
            await client("eve").get("/api/events", **{name: value}) for value in (theirs[name], "x", "y" * 9_000)
        ]
        assert {(reply.status, str(reply.details)) for reply in replies} == {(400, str(replies[0].details))}

    async def test_too_many_names(self, jane: Client) -> None:
        reply = await jane.get("/api/events", ticket=",".join(f"WEB-{n}" for n in range(60)))
        assert reply.details == {"ticket": ["Name at most 50"]}
