"""GET /api/notifications and POST /api/notifications/read."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.clients import Client, People

NOTIFICATIONS, READ = "/api/notifications", "/api/notifications/read"


@pytest.fixture
async def told(client: People, new_ticket: AsyncCall[Any], tell: Callable[[], Awaitable[None]]) -> list[str]:
    """Two things that John was told, the newest first."""
    ticket = await new_ticket(assigneeId="user_102")
    await client("ada").post(f"/api/tickets/{ticket['id']}/comments", {"content": "Look at *this*"})
    await tell()
    return [each["id"] for each in (await client("john").get(NOTIFICATIONS)).body["data"]]


class TestList:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        assert (await client().get(NOTIFICATIONS)).status == 401

    async def test_each_sees_their_own(self, client: People, told: list[str]) -> None:
        assert len(told) == 2
        assert (await client("eve").get(NOTIFICATIONS)).body["data"] == []

    async def test_it_says_what_happened(self, client: People, told: list[str]) -> None:
        reply = await client("john").get(NOTIFICATIONS)
        first = reply.body["data"][0]
        assert reply.body["unread"] == 2
        assert reply.total == len(told)
        assert (first["kind"], first["excerpt"], first["readAt"]) == ("commented", "Look at *this*", None)
        assert (first["ticket"]["key"], first["ticket"]["status"], first["actor"]["id"]) == (
            "WEB-1",
            "backlog",
            "user_ada",
        )
        assert first["place"] == {"id": "project_456", "key": "WEB", "name": "Website"}

    async def test_it_has_pages_and_a_filter(self, client: People, told: list[str]) -> None:
        john = client("john")
        await john.post(READ, {"ids": told[:1]})
        unread = await john.get(NOTIFICATIONS, unread="true")
        assert ([each["id"] for each in unread.body["data"]], unread.total) == (told[1:], 1)
        second = await john.get(NOTIFICATIONS, limit=1, page=2)
        assert ([each["id"] for each in second.body["data"]], second.total, second.body["unread"]) == (told[1:], 2, 1)

    async def test_what_one_sees_no_more_is_not_listed(self, client: People, jane: Client, told: list[str]) -> None:
        assert told
        assert (await client("ada").delete("/api/projects/WEB/members/user_102")).status == 204
        assert (await client("ada").put("/api/projects/WEB", {"visibility": "private"})).status == 200
        reply = await client("john").get(NOTIFICATIONS)
        assert (reply.total, reply.body["unread"]) == (0, 0)
        assert (await jane.get("/api/tickets/WEB-1")).status == 200

    async def test_what_is_in_the_trash_is_not_listed(self, client: People, jane: Client, told: list[str]) -> None:
        assert told
        await jane.delete("/api/tickets/WEB-1")
        assert (await client("john").get(NOTIFICATIONS)).total == 0

    async def test_root_is_told_like_anyone(
        self, client: People, jane: Client, told: list[str], tell: Callable[[], Awaitable[None]]
    ) -> None:
        assert told
        await client("root").post("/api/tickets/WEB-1/comments", {"content": "Hm"})
        await jane.post("/api/tickets/WEB-1/comments", {"content": "Yes?"})
        await tell()
        assert (await client("root").get(NOTIFICATIONS)).total == 1


class TestRead:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        assert (await client().post(READ, {"all": True})).status == 401

    async def test_others_are_unknown(self, client: People, told: list[str]) -> None:
        of_others = await client("jane").post(READ, {"ids": told})
        of_nobody = await client("jane").post(READ, {"ids": ["notification_0"]})
        assert of_others.status == of_nobody.status == 400
        assert of_others.body == of_nobody.body
        assert (await client("john").get(NOTIFICATIONS)).body["unread"] == 2

    async def test_some_are_read_once(self, client: People, told: list[str]) -> None:
        john = client("john")
        assert (await john.post(READ, {"ids": [told[0], told[0]]})).data == {"read": 1, "unread": 1}
        assert (await john.post(READ, {"ids": told[:1]})).data == {"read": 0, "unread": 1}

    async def test_all_are_read(self, client: People, told: list[str]) -> None:
        assert (await client("john").post(READ, {"all": True})).data == {"read": len(told), "unread": 0}

    @pytest.mark.parametrize("body", [{}, {"all": False}, {"ids": []}, {"ids": ["a"], "all": True}, {"ids": [1]}])
    async def test_what_is_unclear_is_refused(self, client: People, body: Any) -> None:
        assert (await client("john").post(READ, body)).status == 400
