"""The dashboard in a browser: numbers that lead to their tickets, and a chart that scripts are not needed for."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture(autouse=True)
def tickets(fill: Callable[..., None]) -> None:
    """Three tickets of WEB, one of them done."""
    fill(2)
    fill(1, status="done")


class TestDashboard:
    def test_it_has_no_barrier(
        self, visit: Callable[..., Page], barriers: Callable[[Page], list[str]], phone: dict[str, Any]
    ) -> None:
        for options in ({}, {"color_scheme": "dark"}, phone):
            page = visit("jane", **options)
            page.goto("/projects/WEB/dashboard")
            expect(page.locator(".timeline canvas")).to_be_visible()
            assert barriers(page) == []

    def test_a_number_leads_to_its_tickets(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/dashboard")
        page.get_by_role("link", name="Year").click()
        expect(page).to_have_url(re.compile("period=year"))
        page.get_by_role("link", name="To do: 2").click()
        expect(page.locator("[data-ticket]")).to_have_count(2)

    def test_a_choice_applies_at_once(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/dashboard?period=year")
        page.locator("details", has_text="Everyone").locator("summary").click()
        page.keyboard.type("john")
        expect(page.get_by_role("link", name="Jane Smith")).to_be_hidden()
        page.get_by_role("link", name="John Doe").click()
        expect(page).to_have_url(re.compile("period=year&assignee=user_102"))
        expect(page.locator(".numbers dd").first).to_have_text("0")

    def test_without_javascript_it_has_columns_and_a_table(self, visit: Callable[..., Page]) -> None:
        page = visit("jane", java_script_enabled=False)
        page.goto("/projects/WEB/dashboard?period=week&assignee=none")
        expect(page.locator(".timeline rect.is-created").last).to_have_attribute("height", "100.00")
        page.get_by_text("Show as table").click()
        expect(page.locator("#timeline tbody tr").last.locator("td")).to_have_text(["3", "1"])
