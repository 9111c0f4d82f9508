"""Comments on a ticket."""

from typing import Any

import pytest

from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People

MAX_LENGTH = 65_536
SEEDED = "Fixed the issue and deployed to staging"


@pytest.fixture
def new_comment(jane: Client) -> AsyncCall[Any]:
    """Let Jane comment on a ticket and give the comment."""

    async def make(ticket: Any, content: str = SEEDED) -> Any:
        reply = await jane.post(f"/api/tickets/{ticket['id']}/comments", {"content": content})
        assert reply.status == 201, reply.body
        return reply.data

    return make


class TestAdd:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        reply = await client().post("/api/tickets/WEB-1/comments", {"content": SEEDED})
        assert reply.status == 401

    async def test_outsider_sees_no_ticket(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        reply = await client("eve").post(f"/api/tickets/{ticket['id']}/comments", {"content": SEEDED})
        unknown = await client("eve").post("/api/tickets/ticket_none/comments", {"content": SEEDED})
        assert reply.status == 404
        assert reply.body == unknown.body

    async def test_viewer_may_not(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        reply = await client("victor").post("/api/tickets/WEB-1/comments", {"content": SEEDED})
        assert (reply.status, reply.error["code"]) == (403, "FORBIDDEN")

    async def test_member_comments(self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded) -> None:
        ticket = await new_ticket()
        reply = await jane.post("/api/tickets/web-1/comments", {"content": SEEDED})
        comment = reply.data
        assert reply.status == 201
        assert reply.headers["location"] == f"/api/tickets/{ticket['id']}/comments/{comment['id']}"
        assert comment["content"] == SEEDED
        assert (comment["ticketId"], comment["authorId"]) == (ticket["id"], "user_101")
        assert comment["author"] == {
            "id": "user_101",
            "name": "Jane Smith",
            "email": "jane@example.com",
            "image": "https://example.com/jane.jpg",
        }
        assert comment["createdAt"] == comment["updatedAt"]
        assert (await jane.get(reply.headers["location"])).data == comment
        assert await recorded(comment["id"]) == [("comment.created", {"content": [None, SEEDED]})]

    async def test_the_ticket_shows_it_counts_it_and_was_updated(
        self, jane: Client, new_ticket: AsyncCall[Any], new_comment: AsyncCall[Any]
    ) -> None:
        before = await new_ticket()
        comment = await new_comment(before)
        after = (await jane.get(f"/api/tickets/{before['id']}")).data
        assert after["comments"] == [comment]
        assert after["_count"] == {"comments": 1, "attachments": 0, "timeLogs": 0}
        assert after["updatedAt"] == comment["createdAt"] > before["updatedAt"]

    async def test_who_is_not_in_a_public_project_may_comment(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        reply = await client("mia").post("/api/tickets/WEB-1/comments", {"content": "Same here"})
        assert reply.status == 201

    @pytest.mark.parametrize(
        "content",
        ["  two spaces kept  \n\n    code\n", "\n# Title\n", "emoji 👩‍👩‍👧 عربي", "x" * MAX_LENGTH, "🙂" * MAX_LENGTH],
    )
    async def test_the_text_is_kept_as_it_is(
        self, jane: Client, new_ticket: AsyncCall[Any], new_comment: AsyncCall[Any], content: str
    ) -> None:
        comment = await new_comment(await new_ticket(), content)
        page = await jane.get("/api/tickets/WEB-1/comments")
        assert comment["content"] == page.data[0]["content"] == content

    @pytest.mark.parametrize("blank", ["", " ", "\n\t \r\n", "\u3000\u00a0"])
    async def test_blank_is_no_comment(self, jane: Client, new_ticket: AsyncCall[Any], blank: str) -> None:
        await new_ticket()
        reply = await jane.post("/api/tickets/WEB-1/comments", {"content": blank})
        assert (reply.status, reply.details) == (400, {"content": ["Content is required"]})

    async def test_wrong_bodies_are_explained(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        for body, details in [
            ({}, {"content": ["Content is required"]}),
            ({"content": None}, {"content": ["Must be text"]}),
            ({"content": "x" * (MAX_LENGTH + 1)}, {"content": ["Must have at most 65,536 characters"]}),
            ({"content": "a\0b"}, {"content": ["Must not contain the NUL character"]}),
        ]:
            reply = await jane.post("/api/tickets/WEB-1/comments", body)
            assert (reply.status, reply.details) == (400, details)
        reply = await jane.post("/api/tickets/WEB-1/comments", {"content": "x", "authorId": "user_102"})
        assert list(reply.details) == ["authorId"]


class TestList:
    async def test_outsider_sees_no_ticket(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        assert (await client("eve").get(f"/api/tickets/{ticket['id']}/comments")).status == 404

    async def test_oldest_first_in_pages(
        self, client: People, new_ticket: AsyncCall[Any], new_comment: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        for n in range(5):
            await new_comment(ticket, f"{n}")
        await new_comment(await new_ticket(), "on another ticket")
        pages = [await client("victor").get("/api/tickets/WEB-1/comments", page=n, limit=2) for n in (1, 2, 3, 4)]
        assert [[comment["content"] for comment in page.data] for page in pages] == [["0", "1"], ["2", "3"], ["4"], []]
        assert pages[0].body["pagination"] == {"page": 1, "limit": 2, "total": 5, "totalPages": 3}

    async def test_a_ticket_in_the_trash_has_none(
        self, jane: Client, new_ticket: AsyncCall[Any], new_comment: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        await new_comment(ticket)
        await jane.delete("/api/tickets/WEB-1")
        assert (await jane.get(f"/api/tickets/{ticket['id']}/comments")).status == 404


class TestUpdate:
    async def test_only_the_author_and_administrators_may(
        self, client: People, new_ticket: AsyncCall[Any], new_comment: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        comment = await new_comment(ticket)
        path = f"/api/tickets/{ticket['id']}/comments/{comment['id']}"
        statuses = {}
        for who in (None, "eve", "victor", "mia", "john", "jane", "ada", "root"):
            statuses[who] = (await client(who).put(path, {"content": f"By {who}"})).status
        refused = {None: 401, "eve": 404, "victor": 403, "mia": 403, "john": 403}
        assert statuses == {**refused, "jane": 200, "ada": 200, "root": 200}

    async def test_author_changes_the_text(
        self, jane: Client, new_ticket: AsyncCall[Any], new_comment: AsyncCall[Any], recorded: Recorded
    ) -> None:
        ticket = await new_ticket()
        comment = await new_comment(ticket)
        path = f"/api/tickets/WEB-1/comments/{comment['id']}"
        reply = await jane.put(path, {"content": "Better"})
        assert reply.status == 200
        assert reply.data == {**comment, "content": "Better", "updatedAt": reply.data["updatedAt"]}
        assert reply.data["updatedAt"] > comment["updatedAt"]
        after = (await jane.get("/api/tickets/WEB-1")).data
        assert (after["updatedAt"], after["_count"]["comments"]) == (reply.data["updatedAt"], 1)
        assert (await recorded(comment["id"]))[1] == ("comment.updated", {"content": [SEEDED, "Better"]})

    async def test_nothing_new_changes_nothing(
        self, jane: Client, new_ticket: AsyncCall[Any], new_comment: AsyncCall[Any], recorded: Recorded
    ) -> None:
        comment = await new_comment(await new_ticket())
        for body in ({}, {"content": SEEDED}):
            reply = await jane.put(f"/api/tickets/WEB-1/comments/{comment['id']}", body)
            assert (reply.status, reply.data) == (200, comment)
        assert len(await recorded(comment["id"])) == 1

    async def test_blank_is_refused(
        self, jane: Client, new_ticket: AsyncCall[Any], new_comment: AsyncCall[Any]
    ) -> None:
        comment = await new_comment(await new_ticket())
        reply = await jane.put(f"/api/tickets/WEB-1/comments/{comment['id']}", {"content": " "})
        assert (reply.status, reply.details) == (400, {"content": ["Content is required"]})

    async def test_author_who_lost_the_right_to_comment_may_not(
        self,
        client: People,
        jane: Client,
        new_ticket: AsyncCall[Any],
        new_comment: AsyncCall[Any],
        set_role: AsyncCall[None],
    ) -> None:
        comment = await new_comment(await new_ticket())
        await set_role("user_101", "VIEWER")
        path = f"/api/tickets/WEB-1/comments/{comment['id']}"
        assert (await jane.put(path, {"content": "Late"})).status == 403
        assert (await jane.delete(path)).status == 403


class TestDelete:
    async def test_only_the_author_and_administrators_may(
        self, client: People, new_ticket: AsyncCall[Any], new_comment: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        for who, status in [(None, 401), ("eve", 404), ("victor", 403), ("john", 403), ("jane", 204), ("ada", 204)]:
            comment = await new_comment(ticket)
            reply = await client(who).delete(f"/api/tickets/{ticket['id']}/comments/{comment['id']}")
            assert (who, reply.status) == (who, status)

    async def test_it_is_gone_and_not_counted(
        self, jane: Client, new_ticket: AsyncCall[Any], new_comment: AsyncCall[Any], recorded: Recorded
    ) -> None:
        comment = await new_comment(await new_ticket())
        path = f"/api/tickets/WEB-1/comments/{comment['id']}"
        reply = await jane.delete(path)
        assert (reply.status, reply.body) == (204, None)
        for gone in (await jane.get(path), await jane.put(path, {"content": "x"}), await jane.delete(path)):
            assert (gone.status, gone.error["message"]) == (404, "Comment not found")
        assert (await jane.get("/api/tickets/WEB-1/comments")).total == 0
        after = (await jane.get("/api/tickets/WEB-1")).data
        assert (after["comments"], after["_count"]["comments"]) == ([], 0)
        assert [kind for kind, _ in await recorded(comment["id"])] == ["comment.created", "comment.deleted"]

    async def test_a_comment_on_another_ticket_is_not_found(
        self, jane: Client, new_ticket: AsyncCall[Any], new_comment: AsyncCall[Any]
    ) -> None:
        comment = await new_comment(await new_ticket())
        await new_ticket()
        there = f"/api/tickets/WEB-2/comments/{comment['id']}"
        unknown = await jane.get("/api/tickets/WEB-2/comments/comment_none")
        for reply in (await jane.get(there), await jane.put(there, {"content": "x"}), await jane.delete(there)):
            assert (reply.status, reply.body) == (404, unknown.body)
        assert (await jane.get("/api/tickets/WEB-1/comments")).total == 1
