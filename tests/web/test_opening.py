"""Opening a ticket reads what one was told of it."""

from typing import Any

import pytest

from codimir.database.core import Database
from codimir.notifications.fanout import read_log
from tests.calls import AsyncCall
from tests.clients import Client, People
from tests.prose import mentions_in
from tests.web.conftest import Fetch

PANEL = {"hx-request": "true", "hx-target": "panel"}


@pytest.fixture
async def told(db: Database, jane: Client, new_ticket: AsyncCall[Any]) -> Any:
    """John was given two tickets, and Ada is mentioned in the first."""
    first, second = [await new_ticket(assigneeId="user_102") for _ in range(2)]
    await jane.post(f"/api/tickets/{first['id']}/comments", {"content": "@ada look"})
    while await read_log(db, mentions_in, mails=False):
        pass
    return first, second


@pytest.fixture
def unread(client: People) -> AsyncCall[Any]:
    """Name the tickets of which someone was told something that they have not read."""

    async def of(who: str) -> Any:
        reply = await client(who).get("/api/notifications", unread="true")
        return [each["ticket"]["key"] for each in reply.data]

    return of


class TestOpening:
    @pytest.mark.parametrize(("headers", "news"), [({}, None), (PANEL, "inboxRead")])
    async def test_it_reads_what_was_told_of_the_ticket(
        self, fetch: Fetch, unread: AsyncCall[Any], told: Any, headers: Any, news: str | None
    ) -> None:
        first, second = told
        page = await fetch("john", f"/tickets/{first['key']}", headers=headers)
        assert page.headers.get("hx-trigger") == news
        assert await unread("john") == [second["key"]]
        assert await unread("ada") == [first["key"]]
        again = await fetch("john", f"/tickets/{first['key']}", headers=headers)
        assert "hx-trigger" not in again.headers

    @pytest.mark.parametrize(
        "headers", [{"hx-request": "true", "hx-target": "ticket-side"}, {"sec-purpose": "prefetch"}]
    )
    async def test_what_nobody_looks_at_stays_unread(
        self, fetch: Fetch, unread: AsyncCall[Any], told: Any, headers: dict[str, Any]
    ) -> None:
        first, _ = told
        await fetch("john", f"/tickets/{first['key']}", headers=headers)
        assert first["key"] in await unread("john")

    async def test_the_number_on_the_page_is_the_one_after(self, fetch: Fetch, told: Any) -> None:
        first, _ = told
        page = await fetch("john", f"/tickets/{first['key']}")
        assert '<span class="count">1</span>' in page.text
