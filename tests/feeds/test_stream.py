"""GET /api/events/stream: nothing is skipped, nothing is repeated, nothing is shown to who may not see it."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.authentication.tokens import hash_of
from codimir.config import Settings
from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.feeds import broadcaster, stream
from codimir.feeds.queries import READ_AT_ONCE
from codimir.http import streaming
from codimir.model.authentication import sessions
from codimir.model.projects import project_members
from codimir.model.workspaces import workspace_members
from codimir.workspaces.actions import add_workspace_member
from tests.apps import RunApp
from tests.calls import AsyncCall
from tests.cast import LONG_AGO
from tests.clients import Client, People

END_SESSION = Statement(sa.delete(sessions).where(sessions.c.token_hash == sa.bindparam("hash")))
LEAVE_WORKSPACE = Statement(sa.delete(workspace_members).where(workspace_members.c.user_id == sa.bindparam("user")))
LEAVE_PROJECT = Statement(sa.delete(project_members).where(project_members.c.user_id == sa.bindparam("user")))


@pytest.fixture
def quick_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "SECONDS_BETWEEN_BEATS", 0.1)


class TestStream:
    async def test_anonymous(self, client: People) -> None:
        assert (await client().get("/api/events/stream")).status == 401

    async def test_it_begins_with_the_cursor_of_the_present(
        self, follow: AsyncCall[Any], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        listening = await follow("jane")
        assert listening.began_with == "cursor"
        assert listening.status == 200
        assert listening.headers["content-type"] == "text/event-stream"
        assert listening.headers["cache-control"] == "no-store"
        await new_ticket()
        assert (await listening.next()).data["ticket"]["key"] == "WEB-2"

    async def test_a_message_says_everything(
        self, follow: AsyncCall[Any], new_ticket: AsyncCall[Any], jane: Client
    ) -> None:
        ticket = await new_ticket()
        listening = await follow("ada")
        await jane.put("/api/tickets/WEB-1/status", {"status": "todo"})
        message = await listening.next()
        assert message.event == "message"
        assert message.id not in (None, listening.cursor)
        assert message.data == {
            "id": message.data["id"],
            "type": "ticket.status_changed",
            "timestamp": message.data["ticket"]["updatedAt"],
            "workspaceId": "workspace_789",
            "projectId": "project_456",
            "ticketId": ticket["id"],
            "subjectId": ticket["id"],
            "batchId": message.data["id"],
            "actor": {
                "id": "user_101",
                "name": "Jane Smith",
                "email": "jane@example.com",
                "image": "https://example.com/jane.jpg",
            },
            "changes": {"status": ["backlog", "todo"]},
            "ticket": message.data["ticket"],
        }
        assert message.data["ticket"]["status"] == "todo"
        assert "description" not in message.data["ticket"]

    async def test_head_has_no_body(self, listen: AsyncCall[Any]) -> None:
        listening = await listen("jane", method="HEAD")
        assert await listening.rest() == []
        assert (listening.status, listening.headers["content-type"]) == (200, "text/event-stream")

    async def test_who_leaves_is_forgotten(self, app: Litestar, follow: AsyncCall[Any]) -> None:
        listening = await follow("jane")
        await listening.leave()
        assert not app.state.hub.positions

    async def test_another_server_tells_too(
        self,
        settings: Settings,
        follow: AsyncCall[Any],
        listen: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        run_app: RunApp,
    ) -> None:
        async with run_app(settings, has_cast=False) as other:
            listening = await follow("jane", of=other)
            await new_ticket()
            assert await listening.types(1) == ["ticket.created"]
            await listening.leave()


class TestScope:
    async def test_everyone_hears_what_they_may_see(self, follow: AsyncCall[Any], new_ticket: AsyncCall[Any]) -> None:
        listening = {who: await follow(who) for who in ("root", "ada", "jane", "mia", "victor", "eve")}
        await new_ticket(title="secret", projectId="project_sec")
        await new_ticket(title="open", projectId="project_456")
        heard = {who: (await each.next()).data["ticket"]["title"] for who, each in listening.items() if who != "eve"}
        assert heard == {"root": "secret", "ada": "secret", "jane": "secret", "mia": "open", "victor": "open"}
        assert listening["eve"].is_quiet

    async def test_a_ticket_that_moves_out_of_sight_is_not_told(
        self, follow: AsyncCall[Any], new_ticket: AsyncCall[Any], jane: Client
    ) -> None:
        await new_ticket()
        listening = await follow("mia")
        await jane.put("/api/tickets/WEB-1", {"projectId": "project_sec"})
        await new_ticket(title="next")
        assert (await listening.next()).data["ticket"]["title"] == "next"

    async def test_filter_by_project(self, follow: AsyncCall[Any], new_ticket: AsyncCall[Any]) -> None:
        listening = await follow("jane", project="web")
        await new_ticket(title="elsewhere", projectId="project_sec")
        await new_ticket(title="here")
        assert (await listening.next()).data["ticket"]["title"] == "here"

    async def test_a_project_hears_that_a_ticket_left_it(
        self, follow: AsyncCall[Any], new_ticket: AsyncCall[Any], jane: Client
    ) -> None:
        await new_ticket()
        listening = await follow("jane", project="project_456")
        await jane.put("/api/tickets/WEB-1", {"projectId": "project_sec"})
        assert (await listening.next()).data["changes"]["projectId"] == ["project_456", "project_sec"]

    async def test_filter_by_ticket(self, follow: AsyncCall[Any], new_ticket: AsyncCall[Any], jane: Client) -> None:
        await new_ticket()
        await new_ticket()
        listening = await follow("jane", ticket="web-2")
        await jane.post("/api/tickets/WEB-1/comments", {"content": "one"})
        await jane.post("/api/tickets/WEB-2/comments", {"content": "two"})
        assert (await listening.next()).data["changes"]["content"] == [None, "two"]

    @pytest.mark.parametrize("name", ["project", "ticket", "workspace"])
    async def test_what_is_not_visible_cannot_be_named(
        self, client: People, new_ticket: AsyncCall[Any], name: str
    ) -> None:
        theirs = {"project": "project_456", "ticket": (await new_ticket())["id"], "workspace": "workspace_789"}
        for value in (theirs[name], "nothing"):
            reply = await client("eve").get("/api/events/stream", **{name: value})
            assert (reply.status, list(reply.details)) == (400, [name])


class TestResuming:
    @pytest.mark.parametrize("by", ["after", "last_event_id"])
    async def test_it_resumes_where_it_broke(self, follow: AsyncCall[Any], new_ticket: AsyncCall[Any], by: str) -> None:
        listening = await follow("jane")
        for n in range(3):
            await new_ticket(title=str(n))
        first = await listening.next()
        await listening.leave()
        await new_ticket(title="3")
        again = await follow("jane", **{by: first.id})
        await new_ticket(title="4")
        assert [(await again.next()).data["ticket"]["title"] for _ in range(4)] == ["1", "2", "3", "4"]

    async def test_the_header_counts_for_the_query_stays_in_the_address(
        self, follow: AsyncCall[Any], new_ticket: AsyncCall[Any]
    ) -> None:
        old = await follow("jane")
        await new_ticket(title="old")
        newer = (await old.next()).id
        again = await follow("jane", after=old.cursor, last_event_id=newer)
        await new_ticket(title="new")
        assert (await again.next()).data["ticket"]["title"] == "new"

    async def test_breaks_everywhere_skip_and_repeat_nothing(
        self, follow: AsyncCall[Any], jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        cursor = (await follow("jane")).cursor
        await new_ticket()

        async def write() -> None:
            for n in range(40):
                await jane.post("/api/tickets/WEB-1/comments", {"content": str(n)})

        writing = asyncio.create_task(write())
        heard: list[str] = []
        while len(heard) < 40:
            listening = await follow("jane", last_event_id=cursor)
            for _ in range(3):
                message = await listening.next()
                cursor = message.id
                if message.data["type"] == "comment.created":
                    heard.append(message.data["changes"]["content"][1])
                if len(heard) == 40:
                    break
            await listening.leave()
        await writing
        assert heard == [str(n) for n in range(40)]

    async def test_a_long_way_back_is_read_page_by_page(
        self, follow: AsyncCall[Any], jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        cursor = (await follow("jane")).cursor
        await new_ticket()
        count = READ_AT_ONCE + 50
        await asyncio.gather(*(jane.post("/api/tickets/WEB-1/comments", {"content": str(n)}) for n in range(count)))
        listening = await follow("jane", after=cursor)
        ids = {(await listening.next()).data["id"] for _ in range(count + 1)}
        assert len(ids) == count + 1

    @pytest.mark.parametrize("cursor", ["nonsense", "A" * 10_000, "é".encode().decode("latin-1"), "ahead"])
    async def test_a_cursor_that_a_browser_cannot_mend_resets(
        self, app: Litestar, db: Database, follow: AsyncCall[Any], new_ticket: AsyncCall[Any], cursor: str
    ) -> None:
        if cursor == "ahead":
            cursor = app.state.cursors.cursor_of({"workspace_789": 10})
        listening = await follow("jane", last_event_id=cursor)
        assert listening.began_with == "reset"
        await new_ticket()
        assert await listening.types(1) == ["ticket.created"]

    @pytest.mark.parametrize("cursor", ["nonsense", "A" * 10_000, "ahead"])
    async def test_a_wrong_cursor_in_the_address_is_refused(self, app: Litestar, jane: Client, cursor: str) -> None:
        if cursor == "ahead":
            cursor = app.state.cursors.cursor_of({"workspace_789": 10})
        reply = await jane.get("/api/events/stream", after=cursor)
        assert (reply.status, list(reply.details)) == (400, ["after"])


class TestAccess:
    async def test_a_session_that_ends_ends_the_stream_before_the_next_event(
        self, db: Database, follow: AsyncCall[Any], new_ticket: AsyncCall[Any], client: People
    ) -> None:
        listening = await follow("mia")
        await db.write(lambda tx: tx.execute(END_SESSION, hash=hash_of("session-of-mia")))
        await new_ticket()
        assert await listening.rest() == []
        assert (await client("mia").get("/api/events/stream")).status == 401

    async def test_a_session_that_ends_ends_an_idle_stream_at_the_next_beat(
        self, db: Database, follow: AsyncCall[Any], quick_beats: None
    ) -> None:
        listening = await follow("mia")
        await listening.next_beat()
        await db.write(lambda tx: tx.execute(END_SESSION, hash=hash_of("session-of-mia")))
        assert await listening.rest() == []

    async def test_who_leaves_the_workspace_hears_no_more(
        self, db: Database, follow: AsyncCall[Any], new_ticket: AsyncCall[Any]
    ) -> None:
        listening = await follow("mia")
        await db.write(lambda tx: tx.execute(LEAVE_WORKSPACE, user="user_mia"))
        await new_ticket()
        assert await listening.rest() == []
        again = await follow("mia", last_event_id=listening.cursor)
        assert again.began_with == "cursor"
        await new_ticket()
        assert again.is_quiet

    async def test_who_leaves_a_project_hears_no_more_of_it(
        self, db: Database, follow: AsyncCall[Any], new_ticket: AsyncCall[Any], jane: Client
    ) -> None:
        listening = await follow("john")
        await db.write(lambda tx: tx.execute(LEAVE_PROJECT, user="user_102"))
        await new_ticket(title="secret", projectId="project_sec")
        assert await listening.rest() == []
        again = await follow("john", last_event_id=listening.cursor)
        await new_ticket(title="open")
        assert (await again.next()).data["ticket"]["title"] == "open"

    async def test_who_is_disabled_hears_no_more(
        self, follow: AsyncCall[Any], new_ticket: AsyncCall[Any], set_user: AsyncCall[None], db: Database
    ) -> None:
        listening = await follow("mia")
        await set_user("mia", disabled_at=LONG_AGO)
        await new_ticket()
        assert await listening.rest() == []

    async def test_a_workspace_that_is_joined_begins_at_the_joining(
        self, db: Database, follow: AsyncCall[Any], client: People, quick_beats: None
    ) -> None:
        listening = await follow("mia")
        await client("eve").post("/api/tickets", {"title": "before", "projectId": "project_evil"})
        await db.write(lambda tx: add_workspace_member(tx, None, "workspace_globex", "user_mia", "MEMBER"))
        await client("eve").post("/api/tickets", {"title": "after", "projectId": "project_evil"})
        assert await listening.rest() == []
        again = await follow("mia", last_event_id=listening.cursor)
        assert await again.types(2) == ["member.added", "ticket.created"]


class TestEnds:
    async def test_a_beat_comes_when_nothing_happens(self, follow: AsyncCall[Any], quick_beats: None) -> None:
        listening = await follow("jane")
        await listening.next_beat()
        await listening.next_beat()

    async def test_a_beat_moves_the_cursor_past_what_is_for_others(
        self, follow: AsyncCall[Any], new_ticket: AsyncCall[Any], quick_beats: None
    ) -> None:
        listening = await follow("mia")
        await listening.next_beat()  # what was there before has been read
        await new_ticket(projectId="project_sec")
        message = await listening.next()
        assert message.data is None
        assert message.id != listening.cursor
        again = await follow("mia", last_event_id=message.id)
        await new_ticket()
        assert await again.types(1) == ["ticket.created"]

    async def test_it_ends_after_a_while_and_goes_on(
        self, follow: AsyncCall[Any], new_ticket: AsyncCall[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stream, "SECONDS_OF_A_STREAM", 0.2)
        listening = await follow("jane")
        assert await listening.rest() == []
        await new_ticket()
        again = await follow("jane", last_event_id=listening.cursor)
        assert await again.types(1) == ["ticket.created"]

    async def test_it_ends_when_the_database_is_away(
        self, db: Database, follow: AsyncCall[Any], quick_beats: None
    ) -> None:
        listening = await follow("jane")
        await db.close()
        assert await listening.rest() == []
        assert listening.task.exception() is None

    async def test_the_server_ends_it_when_it_stops(self, app: Litestar, follow: AsyncCall[Any], jane: Client) -> None:
        listening = await follow("jane")
        app.state.hub.end_all()
        assert await listening.rest() == []
        assert await (await follow("jane")).rest() == []

    async def test_who_reads_too_slowly_is_ended_and_goes_on(
        self, follow: AsyncCall[Any], jane: Client, new_ticket: AsyncCall[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(broadcaster, "MAX_WAITING", 5)
        monkeypatch.setattr(streaming, "SECONDS_TO_TAKE_A_PIECE", 0.3)
        await new_ticket()
        listening = await follow("jane")
        listening.is_stalled = True
        for n in range(20):
            await jane.post("/api/tickets/WEB-1/comments", {"content": str(n)})
        async with asyncio.timeout(60):
            await listening.task
        again = await follow("jane", last_event_id=listening.cursor)
        assert [(await again.next()).data["changes"]["content"][1] for _ in range(20)] == [str(n) for n in range(20)]


class TestTheOtherPlace:
    async def test_of_a_ticket_that_comes_from_elsewhere_only_who_sees_that_is_told_what_it_was(
        self, follow: AsyncCall[Any], jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(projectId="SEC", title="Secret")
        everyone = {who: await follow(who) for who in ("jane", "ada", "mia", "victor")}
        moved = await jane.put(f"/api/tickets/{ticket['id']}", {"projectId": "WEB", "title": "Open", "status": "done"})
        assert moved.status == 200
        told = {who: [(await each.next()).data for _ in range(2)] for who, each in everyone.items()}
        changes = {who: told[who][0]["changes"] | told[who][1]["changes"] for who in everyone}
        for who in ("mia", "victor"):
            assert {old for old, _ in changes[who].values()} == {None}
            assert (changes[who]["title"][1], changes[who]["status"][1]) == ("Open", "done")
        for who in ("jane", "ada"):
            assert changes[who]["title"] == ["Secret", "Open"]
            assert changes[who]["status"] == ["backlog", "done"]
        again = await follow("mia", last_event_id=everyone["mia"].cursor)
        assert [(await again.next()).data for _ in range(2)] == told["mia"]

    async def test_of_a_project_that_is_made_public_the_past_stays_private(
        self, client: People, follow: AsyncCall[Any], jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        listening = {who: await follow(who) for who in ("john", "mia")}
        ticket = await new_ticket(projectId="SEC", title="Secret")
        published = {"visibility": "public", "name": "Open"}
        assert (await client("ada").put("/api/projects/SEC", published)).status == 200
        await jane.put(f"/api/tickets/{ticket['id']}", {"title": "Plain"})
        assert await listening["john"].types(3) == ["ticket.created", "project.updated", "ticket.updated"]
        first, second = [(await listening["mia"].next()).data for _ in range(2)]
        assert first["changes"] == {"visibility": [None, "public"], "name": [None, "Open"]}
        assert second["changes"] == {"title": ["Secret", "Plain"]}
        again = await follow("mia", last_event_id=listening["mia"].cursor)
        assert await again.types(2) == ["project.updated", "ticket.updated"]
