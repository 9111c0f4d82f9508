"""Keys in texts lead to their tickets: in every script, and with keys from before."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.calls import AsyncCall
from tests.clients import Client, People


@pytest.fixture
async def renamed(client: People, new_ticket: AsyncCall[Any]) -> Any:
    """A ticket whose project has another key since: WEB-1 is SITE-1."""
    ticket = await new_ticket(title="Old friend")
    assert (await client("ada").put("/api/projects/WEB", {"key": "SITE"})).status == 200
    return ticket


@pytest.fixture
async def moved(jane: Client, new_ticket: AsyncCall[Any]) -> Any:
    """A ticket that was WEB-1 and is SEC-1, in a private project of Jane's."""
    ticket = await new_ticket(title="Secret plan")
    assert (await jane.put("/api/tickets/WEB-1", {"projectId": "SEC"})).data["key"] == "SEC-1"
    return ticket


LINK = '<a href="/tickets/SITE-1" title="SITE-1 Old friend" class="ticket-link">WEB-1</a>'


class TestScripts:
    @pytest.mark.parametrize(
        "text", ["この件はWEB-1を", "见WEB-1。", "WEB-1을 보세요", "(WEB-1)", "„WEB-1“", "**WEB-1**"]
    )
    async def test_a_key_beside_letters_without_spaces_is_a_link(
        self, new_ticket: AsyncCall[Any], page: Callable[..., Awaitable[httpx.Response]], text: str
    ) -> None:
        await new_ticket(title="First")
        await new_ticket(description=text)
        assert 'class="ticket-link">WEB-1</a>' in (await page("jane", "/tickets/WEB-2")).text

    @pytest.mark.parametrize(
        "text", ["éWEB-1", "WEB-1é", "яWEB-1", "a/WEB-1", "WEB-1-2", "WEB\\-1", "`WEB-1`", "x_WEB-1"]
    )
    async def test_a_key_inside_of_a_word_is_none(
        self, new_ticket: AsyncCall[Any], page: Callable[..., Awaitable[httpx.Response]], text: str
    ) -> None:
        await new_ticket(title="First")
        await new_ticket(description=text)
        assert "ticket-link" not in (await page("jane", "/tickets/WEB-2")).text


class TestRenamedProject:
    async def test_the_old_key_in_a_text_leads_to_the_ticket(
        self, jane: Client, renamed: Any, page: Callable[..., Awaitable[httpx.Response]]
    ) -> None:
        await jane.put(f"/api/tickets/{renamed['id']}", {"description": "see WEB-1 and WEB-99"})
        html = (await page("jane", "/tickets/SITE-1")).text
        assert LINK in html
        assert "and WEB-99</p>" in html

    async def test_a_text_that_was_shown_before_leads_there_too(
        self, client: People, new_ticket: AsyncCall[Any], page: Callable[..., Awaitable[httpx.Response]]
    ) -> None:
        await new_ticket(title="Old friend", description="see WEB-1")
        assert 'title="Old friend"' in (await page("jane", "/tickets/WEB-1")).text
        await client("ada").put("/api/projects/WEB", {"key": "SITE"})
        assert LINK in (await page("jane", "/tickets/WEB-1")).text

    @pytest.mark.parametrize("path", ["list", "board", "dashboard", "list?sort=priority&assignee=me"])
    async def test_old_addresses_of_pages_lead_to_the_new_ones(
        self, renamed: Any, page: Callable[..., Awaitable[httpx.Response]], path: str
    ) -> None:
        assert renamed
        reply = await page("jane", f"/projects/web/{path}", follows=False)
        assert (reply.status_code, reply.headers["location"]) == (307, f"/projects/SITE/{path}")
        reply = await page("jane", f"/projects/WEB/{path}")
        assert (reply.status_code, reply.url.path) == (200, f"/projects/SITE/{path.partition('?')[0]}")

    async def test_settings_too(self, renamed: Any, page: Callable[..., Awaitable[httpx.Response]]) -> None:
        assert renamed
        reply = await page("ada", "/settings/projects/WEB")
        assert (reply.status_code, reply.url.path) == (200, "/settings/projects/SITE")

    async def test_who_does_not_see_it_is_led_nowhere(
        self, renamed: Any, page: Callable[..., Awaitable[httpx.Response]]
    ) -> None:
        assert renamed
        assert (await page("eve", "/projects/WEB/list", follows=False)).status_code == 404

    @pytest.mark.parametrize("text", ["WEB-1", "web-1", "WEB-1 friend"])
    async def test_a_list_is_searched_by_the_old_key(self, jane: Client, renamed: Any, text: str) -> None:
        found = await jane.get("/api/tickets", search=text)
        assert [ticket["id"] for ticket in found.data] == [renamed["id"]]

    async def test_search_palette_and_completion_know_it(
        self, jane: Client, renamed: Any, page: Callable[..., Awaitable[httpx.Response]]
    ) -> None:
        assert [each["id"] for each in (await jane.get("/api/tickets/search", q="WEB-1")).data] == [renamed["id"]]
        for path in ("/palette", "/mentions"):
            assert "Old friend" in (await page("jane", path, params={"q": "WEB-1"})).text

    async def test_the_quick_line_knows_it(self, jane: Client, renamed: Any) -> None:
        assert renamed
        made = await jane.post("/api/tickets/quick", {"text": "WEB Buy milk", "workspaceId": "workspace_789"})
        assert made.data["key"] == "SITE-2"

    async def test_a_webhook_is_made_for_the_project_by_it(self, client: People, renamed: Any) -> None:
        assert renamed
        hook = {"url": "https://hooks.example.com/a", "events": ["ticket.created"], "projectId": "WEB"}
        made = await client("ada").post("/api/webhooks", hook)
        assert (made.status, made.data["projectId"]) == (201, "project_456")

    async def test_the_page_of_the_ticket_opens_by_it(
        self, renamed: Any, page: Callable[..., Awaitable[httpx.Response]]
    ) -> None:
        assert renamed
        assert "Old friend" in (await page("jane", "/tickets/WEB-1")).text


class TestMovedTicket:
    async def test_the_old_key_in_a_text_leads_to_it(
        self, moved: Any, new_ticket: AsyncCall[Any], page: Callable[..., Awaitable[httpx.Response]]
    ) -> None:
        assert moved
        await new_ticket(description="after WEB-1")
        html = (await page("jane", "/tickets/WEB-2")).text
        assert '<a href="/tickets/SEC-1" title="SEC-1 Secret plan" class="ticket-link">WEB-1</a>' in html

    async def test_who_does_not_see_where_it_is_sees_text(
        self, moved: Any, new_ticket: AsyncCall[Any], page: Callable[..., Awaitable[httpx.Response]]
    ) -> None:
        assert moved
        await new_ticket(description="after WEB-1")
        html = (await page("mia", "/tickets/WEB-2")).text
        assert "<p>after WEB-1</p>" in html
        assert "Secret plan" not in html

    async def test_who_does_not_see_where_it_was_sees_text(
        self, jane: Client, new_ticket: AsyncCall[Any], page: Callable[..., Awaitable[httpx.Response]]
    ) -> None:
        await new_ticket(title="Now public", projectId="SEC")
        assert (await jane.put("/api/tickets/SEC-1", {"projectId": "WEB"})).data["key"] == "WEB-1"
        await new_ticket(description="was SEC-1")
        assert 'title="WEB-1 Now public"' in (await page("jane", "/tickets/WEB-2")).text
        assert "<p>was SEC-1</p>" in (await page("mia", "/tickets/WEB-2")).text

    async def test_search_finds_it_by_the_old_key_for_who_sees_it(
        self, client: People, jane: Client, moved: Any
    ) -> None:
        assert [ticket["id"] for ticket in (await jane.get("/api/tickets", search="WEB-1")).data] == [moved["id"]]
        assert (await client("mia").get("/api/tickets", search="WEB-1")).data == []

    async def test_without_a_project_it_has_no_key_and_is_linked_all_the_same(
        self, jane: Client, new_ticket: AsyncCall[Any], page: Callable[..., Awaitable[httpx.Response]]
    ) -> None:
        ticket = await new_ticket(title="At large")
        await jane.put("/api/tickets/WEB-1", {"projectId": None})
        await new_ticket(description="see WEB-1")
        html = (await page("jane", "/tickets/WEB-2")).text
        assert f'<a href="/tickets/{ticket["id"]}" title="At large" class="ticket-link">WEB-1</a>' in html
