"""What is taken back before it was read is not told."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.clients import Client, People

OF_JOHN = {"assigneeId": "user_102"}


@pytest.fixture
async def johns(new_ticket: AsyncCall[Any]) -> Any:
    """A ticket of John's."""
    return await new_ticket(title="Login fails", **OF_JOHN)


async def undo_last(who: Any) -> None:
    last = (await who.get("/api/tickets/WEB-1/history")).body["data"][0]
    assert (await who.post(f"/api/events/{last['id']}/undo")).status == 200


class TestStatus:
    @pytest.mark.parametrize("is_told_between", [True, False])
    async def test_a_status_that_changed_and_changed_back(
        self, jane: Client, johns: Any, inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]], *, is_told_between: bool
    ) -> None:
        before = await inbox("john")
        await jane.put("/api/tickets/WEB-1/status", {"status": "done"})
        if is_told_between:
            assert (await inbox("john"))[0] == ("status_changed", "Jane Smith", "Login fails")
        await undo_last(jane)
        assert await inbox("john") == before

    async def test_a_status_that_goes_on_is_told(
        self, jane: Client, johns: Any, inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]]
    ) -> None:
        for status in ("in_progress", "done"):
            await jane.put("/api/tickets/WEB-1/status", {"status": status})
        assert [kind for kind, _, _ in await inbox("john")] == ["status_changed", "status_changed", "assigned"]

    async def test_what_was_read_stays_and_the_change_back_is_told(
        self, jane: Client, client: People, johns: Any, inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]]
    ) -> None:
        await jane.put("/api/tickets/WEB-1/status", {"status": "done"})
        await inbox("john")
        await client("john").post("/api/notifications/read", {"all": True})
        await undo_last(jane)
        assert [kind for kind, _, _ in await inbox("john")] == ["status_changed", "status_changed", "assigned"]


class TestAssigned:
    async def test_who_loses_a_ticket_before_they_looked_is_told_nothing(
        self, jane: Client, new_ticket: AsyncCall[Any], inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]]
    ) -> None:
        ticket = await new_ticket(title="Login fails")
        await jane.put(f"/api/tickets/{ticket['id']}", OF_JOHN)
        assert [kind for kind, _, _ in await inbox("john")] == ["assigned"]
        await undo_last(jane)
        assert await inbox("john") == []

    async def test_who_was_mentioned_in_it_too_keeps_that(
        self, jane: Client, new_ticket: AsyncCall[Any], inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]]
    ) -> None:
        ticket = await new_ticket(title="Login fails", description="@john knows", **OF_JOHN)
        await jane.put(f"/api/tickets/{ticket['id']}", {"assigneeId": None})
        assert len(await inbox("john")) == 1
