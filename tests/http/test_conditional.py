"""If-None-Match: who has the newest reply already is told so, and nobody is told so who has not."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.app import PROVIDERS, create_app
from codimir.authorization.actor import Actor
from codimir.config import Settings
from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.http.paging import Data
from codimir.http.routing import get, handlers
from codimir.kit.clock import utc_now
from codimir.model.authentication import sessions
from codimir.model.projects import project_members
from codimir.model.workspaces import workspace_members, workspaces
from codimir.revisions import etags
from codimir.revisions.dispatch import choose_answer
from codimir.revisions.reply_cache import ReplyCache
from codimir.tickets.listing import pages
from tests.calls import AsyncCall
from tests.clients import Client, People

LIST, STATS, SEARCH, ITEM = "/api/tickets", "/api/tickets/stats", "/api/tickets/search?q=fix", "/api/tickets/WEB-1"
ALL = (LIST, STATS, SEARCH, ITEM, f"{ITEM}/comments")
COUNT_SESSIONS = Statement(sa.select(sa.func.count()).select_from(sessions))
RAISE = Statement(sa.update(workspaces).values(version=workspaces.c.version + 1))


@get("/test/sessions")
async def count_sessions(actor: Actor, db: Database) -> Data[int]:
    """Count what no version counts."""
    return Data(await db.read(lambda tx: tx.fetch_value(COUNT_SESSIONS)))


@pytest.fixture
def again() -> AsyncCall[Any]:
    """Ask again with a tag: `await again(jane, path, tag)` gives the status."""

    async def ask(who: Any, path: str, tag: str, method: str = "GET") -> Any:
        return await who.request(method, path, headers={"if-none-match": tag})

    return ask


class TestTag:
    @pytest.mark.parametrize("path", ALL)
    async def test_each_reply_has_a_strong_one_and_is_private(
        self, jane: Client, new_ticket: AsyncCall[Any], path: str
    ) -> None:
        await new_ticket()
        reply = await jane.request("GET", path)
        assert reply.headers["etag"].startswith('"')
        assert reply.headers["cache-control"] == "private, no-cache"
        assert reply.headers["vary"] == "Cookie, Authorization"

    @pytest.mark.parametrize("path", ALL)
    async def test_two_viewers_never_share_one(
        self, client: People, new_ticket: AsyncCall[Any], again: AsyncCall[Any], path: str
    ) -> None:
        await new_ticket()
        replies = {
            who: await client(who).request("GET", path) for who in ("jane", "john", "ada", "victor", "mia", "root")
        }
        assert {reply.status for reply in replies.values()} == {200}
        tags = [reply.headers["etag"] for reply in replies.values()]
        assert len(set(tags)) == len(tags)
        assert (await again(client("john"), path, replies["jane"].headers["etag"])).status == 200

    async def test_two_questions_never_share_one(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        paths = (*ALL, f"{LIST}?page=2", f"{LIST}?status=done", f"{LIST}?status=done,todo")
        tags = {(await jane.request("GET", path)).headers["etag"] for path in paths}
        assert len(tags) == len(paths)

    async def test_a_question_in_other_words_shares_it(self, jane: Client) -> None:
        first, second = (
            await jane.request("GET", f"{LIST}?page=1&limit=20"),
            await jane.request("GET", f"{LIST}?limit=20&search="),
        )
        assert first.headers["etag"] == second.headers["etag"]

    async def test_an_error_has_none(self, jane: Client) -> None:
        assert "etag" not in (await jane.get("/api/tickets/WEB-9")).headers


class TestNotModified:
    @pytest.mark.parametrize("path", ALL)
    async def test_who_has_it_gets_no_body(
        self, jane: Client, new_ticket: AsyncCall[Any], again: AsyncCall[Any], path: str
    ) -> None:
        await new_ticket()
        tag = (await jane.request("GET", path)).headers["etag"]
        for method in ("GET", "HEAD"):
            reply = await again(jane, path, f'"other", W/{tag}', method)
            assert (reply.status, reply.response.content) == (304, b"")
            assert reply.headers["etag"] == tag
            assert reply.headers["cache-control"] == "private, no-cache"
            assert reply.headers["vary"] == "Cookie, Authorization"
            assert "content-length" not in reply.headers

    async def test_nothing_is_looked_up_for_it(
        self, jane: Client, new_ticket: AsyncCall[Any], again: AsyncCall[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await new_ticket()
        tag = (await jane.get(LIST)).headers["etag"]
        monkeypatch.delattr(pages, "list_tickets")
        assert (await again(jane, LIST, tag)).status == 304
        assert (await again(jane, f"{LIST}?limit=7", '"v"')).status == 500

    async def test_head_has_the_tag_of_get(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        assert (await jane.request("HEAD", ITEM)).headers["etag"] == (await jane.get(ITEM)).headers["etag"]

    async def test_a_star_matches_what_exists(
        self, jane: Client, new_ticket: AsyncCall[Any], again: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        assert (await again(jane, ITEM, "*")).status == 304
        assert (await again(jane, "/api/tickets/WEB-9", "*")).status == 404

    @pytest.mark.parametrize(
        "tag", ["", "x", '"', '"v', "W/", '""', '"v"', '"m"', '"c"', '"v.1.a"', '"🦊"', "," * 5_000]
    )
    async def test_a_tag_of_nobody_is_no_tag(self, jane: Client, again: AsyncCall[Any], tag: str) -> None:
        assert (await again(jane, LIST, tag.encode())).status == 200

    async def test_a_wrong_question_stays_wrong(self, jane: Client, again: AsyncCall[Any]) -> None:
        tag = (await jane.get(LIST)).headers["etag"]
        assert (await again(jane, f"{LIST}?page=0", tag)).status == 400

    async def test_nobody_gets_401(self, client: People, jane: Client, again: AsyncCall[Any]) -> None:
        tag = (await jane.get(LIST)).headers["etag"]
        assert (await again(client(), LIST, tag)).status == 401


class TestChange:
    @pytest.mark.parametrize("path", ALL)
    async def test_every_write_makes_a_new_tag(
        self, jane: Client, new_ticket: AsyncCall[Any], again: AsyncCall[Any], path: str
    ) -> None:
        await new_ticket()
        writes = [
            ("PUT", ITEM, {"title": "Fix logout"}), ("PUT", f"{ITEM}/status", {"status": "done"}),
            ("PUT", f"{ITEM}/assignee", {"assigneeId": "user_102"}), ("POST", f"{ITEM}/comments", {"content": "a"}),
            ("POST", f"{ITEM}/time-logs", {"minutes": 5}), ("POST", LIST, {"title": "Fix more"}),
        ]  # fmt: skip
        for method, written, body in writes:
            tag = (await jane.request("GET", path)).headers["etag"]
            assert (await jane.request(method, written, body)).status < 300
            reply = await again(jane, path, tag)
            assert reply.status == 200, (method, written)
            assert reply.headers["etag"] != tag

    @pytest.mark.parametrize("who", ["jane", "root"])
    async def test_a_new_name_of_someone_does(
        self, client: People, new_ticket: AsyncCall[Any], again: AsyncCall[Any], set_user: AsyncCall[None], who: str
    ) -> None:
        await new_ticket()
        tag = (await client(who).get(ITEM)).headers["etag"]
        await set_user("jane", name="Jane Miller")
        reply = await again(client(who), ITEM, tag)
        assert (reply.status, reply.data["reporter"]["name"]) == (200, "Jane Miller")

    async def test_another_role_does(
        self, client: People, new_ticket: AsyncCall[Any], again: AsyncCall[Any], set_user: AsyncCall[None]
    ) -> None:
        await new_ticket()
        tag = (await client("eve").get(LIST)).headers["etag"]
        await set_user("eve", role="ADMIN")
        assert (await again(client("eve"), LIST, tag)).total == 1

    async def test_a_new_workspace_does(
        self, client: People, new_ticket: AsyncCall[Any], again: AsyncCall[Any], join: AsyncCall[None]
    ) -> None:
        await new_ticket()
        tag = (await client("eve").get(LIST)).headers["etag"]
        await join("eve", "MEMBER", "workspace_789")
        assert (await again(client("eve"), LIST, tag)).total == 1

    async def test_an_administrator_sees_a_write_anywhere(
        self, client: People, new_ticket: AsyncCall[Any], again: AsyncCall[Any]
    ) -> None:
        root = client("root")
        tag = (await root.get(LIST)).headers["etag"]
        assert (await again(root, LIST, tag)).status == 304
        await client("eve").post(LIST, {"title": "Plan", "workspaceId": "workspace_globex"})
        assert (await again(root, LIST, tag)).total == 1

    async def test_a_write_elsewhere_changes_nothing(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any], again: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        tag = (await jane.get(LIST)).headers["etag"]
        await client("eve").post(LIST, {"title": "Plan", "workspaceId": "workspace_globex"})
        assert (await again(jane, LIST, tag)).status == 304

    async def test_who_was_removed_is_not_told_that_nothing_changed(
        self, client: People, new_ticket: AsyncCall[Any], again: AsyncCall[Any], db: Database
    ) -> None:
        await new_ticket()
        mia = client("mia")
        tags = {path: (await mia.request("GET", path)).headers["etag"] for path in ALL}
        left = sa.delete(workspace_members).where(workspace_members.c.user_id == "user_mia")
        await db.write(lambda tx: tx.execute(Statement(left)))
        assert [(await again(mia, path, tag)).status for path, tag in tags.items()] == [200, 200, 200, 404, 404]

    async def test_who_lost_a_private_project_is_not_told_so_either(
        self, jane: Client, new_ticket: AsyncCall[Any], again: AsyncCall[Any], db: Database
    ) -> None:
        await new_ticket(projectId="SEC")
        tags = {path: (await jane.request("GET", path)).headers["etag"] for path in (LIST, "/api/tickets/SEC-1")}
        left = sa.delete(project_members).where(
            project_members.c.user_id == "user_101", project_members.c.project_id == "project_sec"
        )
        await db.write(lambda tx: tx.execute(Statement(left)))
        await db.write(lambda tx: tx.execute(RAISE))  # as the event does that tells of it
        assert [(await again(jane, path, tag)).status for path, tag in tags.items()] == [200, 404]

    async def test_who_signed_out_gets_401(self, jane: Client, again: AsyncCall[Any], db: Database) -> None:
        tag = (await jane.get(LIST)).headers["etag"]
        await db.write(lambda tx: tx.execute(Statement(sa.delete(sessions))))
        assert (await again(jane, LIST, tag)).status == 401


class TestWhatNoVersionTells:
    @pytest.fixture(scope="class")
    @staticmethod
    def application() -> Litestar:
        """An application of its own, with a route that counts sessions."""
        app = create_app(Settings())
        [_, handler] = handlers((count_sessions,), PROVIDERS, app.state.fair_share, choose_answer)
        app.register(handler)
        return app

    async def test_statistics_are_asked_for_again_after_a_minute(
        self, jane: Client, again: AsyncCall[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock = [1_700_000_000.0]
        monkeypatch.setattr(etags, "time", lambda: clock[0])
        tags = {path: (await jane.request("GET", path)).headers["etag"] for path in (STATS, LIST)}
        assert [(await again(jane, path, tag)).status for path, tag in tags.items()] == [304, 304]
        clock[0] += 60
        assert [(await again(jane, path, tag)).status for path, tag in tags.items()] == [200, 304]

    @pytest.mark.parametrize("path", [STATS, "/api/project/WEB/stats", "/api/user/stats"])
    async def test_who_asks_in_the_next_minute_is_told_what_has_become_overdue(
        self,
        app: Litestar,
        jane: Client,
        new_ticket: AsyncCall[Any],
        again: AsyncCall[Any],
        monkeypatch: pytest.MonkeyPatch,
        path: str,
    ) -> None:
        start = utc_now().replace(second=0, microsecond=0) + timedelta(minutes=1)
        clock = [start]
        monkeypatch.setattr(app.state.database, "_clock", lambda: clock[0])
        monkeypatch.setattr(etags, "time", lambda: clock[0].timestamp())  # noqa: PLW0108 - another time each time
        await new_ticket(assigneeId="user_101", dueDate=(start + timedelta(seconds=30)).isoformat())
        first = await jane.get(path)
        assert first.data["metrics"]["overdue"] == 0
        statuses = {}
        for seconds in (29, 59, 60):
            clock[0] = start + timedelta(seconds=seconds)
            reply = await again(jane, path, first.headers["etag"])
            statuses[seconds] = reply.status
        assert statuses == {29: 304, 59: 304, 60: 200}
        assert reply.data["metrics"]["overdue"] == 1
        assert (await again(jane, path, reply.headers["etag"])).status == 304

    async def test_a_reply_from_other_tables_is_looked_up_and_compared(
        self, jane: Client, client: People, again: AsyncCall[Any], db: Database
    ) -> None:
        reply = await jane.get("/test/sessions")
        tag = reply.headers["etag"]
        assert (await again(jane, "/test/sessions", tag)).status == 304
        assert (await client("john").get("/test/sessions")).headers["etag"] != tag
        await db.write(lambda tx: tx.execute(Statement(sa.delete(sessions).where(sessions.c.user_id == "user_mia"))))
        assert (await again(jane, "/test/sessions", tag)).data == reply.data - 1

    async def test_another_release_may_answer_otherwise(
        self, app: Litestar, jane: Client, again: AsyncCall[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tag = (await jane.get(LIST)).headers["etag"]
        app.state.reply_cache = ReplyCache(0)  # another release begins with none
        monkeypatch.setattr(etags, "__version__", "9")
        assert (await again(jane, LIST, tag)).status == 200
