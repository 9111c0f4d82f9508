"""The inbox in a browser: what is told arrives, is opened, and is read by keyboard."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE

TICKETS = 2


@pytest.fixture
def told(fill: Callable[..., None], visit: Callable[..., Page]) -> Any:
    """John was given two tickets, and has been told of both."""
    fill(TICKETS, assignee_id="user_102")
    page = visit("john")
    for _ in range(PATIENCE // 250):
        page.goto("/inbox")
        if page.locator(".topic").count() == TICKETS:
            return page
        page.wait_for_timeout(250)
    pytest.fail("John was not told")


class TestInbox:
    def test_it_has_no_barrier(
        self, told: Any, visit: Callable[..., Page], barriers: Callable[[Page], list[str]], phone: dict[str, Any]
    ) -> None:
        assert barriers(told) == []
        for options in ({"color_scheme": "dark"}, phone):
            for path in ("/inbox", "/my-work"):
                page = visit("john", **options)
                page.goto(path)
                assert barriers(page) == []

    def test_it_is_read_by_keyboard(self, told: Any) -> None:
        count = told.locator('.rail-link[href="/inbox"] .count')
        expect(count).to_have_text("2")
        told.keyboard.press("j")
        told.keyboard.press("e")
        expect(told.locator(".topic.is-unread")).to_have_count(1)
        expect(count).to_have_text("1")
        told.keyboard.press("j")
        told.keyboard.press("o")
        expect(told.locator(".topic.is-unread")).to_have_count(0)
        expect(told.locator("#panel")).to_be_visible()
        expect(count).to_have_count(0)

    def test_without_javascript_all_is_read(self, told: Any, visit: Callable[..., Page]) -> None:
        assert told.url
        page = visit("john", java_script_enabled=False)
        page.goto("/inbox")
        page.get_by_role("button", name=re.compile("Mark all as read")).click()
        expect(page.locator(".topic")).to_have_count(2)
        expect(page.locator(".topic.is-unread")).to_have_count(0)
        page.get_by_role("link", name="Unread").click()
        expect(page.get_by_role("heading", name="All read")).to_be_visible()


class TestCount:
    def test_it_follows_what_happens_and_what_is_opened(
        self, visit: Callable[..., Page], fill: Callable[..., None]
    ) -> None:
        page = visit("john")
        with page.expect_response("**/api/events/stream*"):
            page.goto("/projects/WEB/list")
        count = page.locator('.rail-link[href="/inbox"] .count')
        expect(count).to_have_count(0)
        fill(2, assignee_id="user_102")
        expect(count).to_have_text("2")
        page.locator(".row-title").first.click()
        expect(page.locator("#panel")).to_be_visible()
        expect(count).to_have_text("1")
        page.goto("/tickets/WEB-1")
        expect(count).to_have_count(0)
