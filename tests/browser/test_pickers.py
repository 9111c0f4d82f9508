"""Menus that change a ticket, by keyboard: what is there now, looking for it, digits, new labels, days."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from codimir.tickets.queries import get_visible_details
from tests.browser.conftest import JANE, Site


@pytest.fixture
def told(site: Site) -> Any:
    """Read WEB-1 as it is."""

    async def unit(tx: Any) -> Any:
        return await get_visible_details(tx, JANE, "WEB-1")

    return lambda: site.do(unit)


@pytest.fixture
def page(visit: Callable[..., Page], fill: Callable[..., None]) -> Any:
    """WEB-1 as who owns the workspace sees it."""
    fill(1, assignee_id="user_102")
    page = visit("ada")
    page.goto("/tickets/WEB-1")
    return page


def picker(page: Page) -> Any:
    return page.locator(".picker")


class TestPickers:
    def test_letters_look_for_values_and_never_run_shortcuts(self, page: Page, told: Any) -> None:
        page.keyboard.press("s")
        expect(picker(page).locator(".popup-search")).to_be_focused()
        expect(picker(page).locator("[aria-current=true]")).to_have_text(re.compile("To do"))
        page.keyboard.type("crev")
        expect(picker(page).get_by_role("button")).to_have_count(0)
        expect(page.locator("dialog[open]")).to_have_count(0)
        picker(page).locator(".popup-search").fill("rev")
        page.keyboard.press("Enter")
        expect(page.locator("#ticket-side")).to_contain_text("In review")
        page.keyboard.press("s")
        expect(picker(page).locator(".popup-search")).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.type("c")
        expect(picker(page).locator(".popup-search")).to_be_focused()
        expect(page.locator("dialog[open]")).to_have_count(0)
        assert told().status == "in_review"

    def test_a_digit_chooses(self, page: Page, told: Any) -> None:
        page.keyboard.press("s")
        expect(picker(page).locator(".popup-search")).to_be_focused()
        page.keyboard.press("3")
        expect(page.locator("#ticket-side")).to_contain_text("In progress")
        assert told().status == "in_progress"

    def test_enter_waits_for_what_is_typed(self, page: Page, told: Any) -> None:
        page.keyboard.press("a")
        expect(picker(page).locator(".popup-search")).to_be_focused()
        expect(picker(page).get_by_role("button").first).to_contain_text("John Doe")
        page.keyboard.type("jane")
        page.keyboard.press("Enter")
        expect(page.locator("#ticket-side [data-pick=assignee]")).to_contain_text("Jane Smith")
        assert told().assignee_id == "user_101"

    def test_a_label_that_is_missing_is_made(self, page: Page, told: Any) -> None:
        page.keyboard.press("l")
        expect(picker(page).locator(".popup-search")).to_be_focused()
        page.keyboard.type("urgent")
        picker(page).get_by_role("button", name="Create label “urgent”").wait_for()
        page.keyboard.press("Enter")
        expect(page.locator("#ticket-side [data-pick=label]")).to_contain_text("urgent")
        assert [label.name for label in told().labels] == ["urgent"]

    def test_a_day_is_written_or_taken_from_a_month(self, page: Page, told: Any, visit: Callable[..., Page]) -> None:
        due = page.locator("#ticket-side [data-pick=due]")
        expect(due).to_have_text(re.compile("No date"))
        due.click()
        page.keyboard.type("24 dec 2027")
        page.keyboard.press("Enter")
        expect(due).to_contain_text("24 Dec 2027")
        page.keyboard.press("d")
        expect(picker(page).locator(".month-head")).to_contain_text("December 2027")
        picker(page).get_by_role("button", name="Next month").click()
        picker(page).get_by_role("button", name=re.compile("Monday.* 3 January 2028|Monday 3 January 2028")).click()
        expect(due).to_contain_text("3 Jan 2028")
        assert told().due_date.date().isoformat() == "2028-01-03"
        page.keyboard.press("d")
        picker(page).get_by_role("button", name="No date").click()
        expect(due).to_contain_text("No date")

    @pytest.mark.parametrize(("locale", "first"), [("en-US", "S"), ("en-GB", "M"), ("de-DE", "M")])
    def test_a_week_begins_as_the_reader_has_it(
        self, visit: Callable[..., Page], fill: Callable[..., None], locale: str, first: str
    ) -> None:
        fill()
        page = visit("ada", locale=locale)
        page.goto("/tickets/WEB-1")
        page.keyboard.press("d")
        expect(page.locator(".month-name").first).to_have_text(first)

    def test_they_have_no_barrier(self, page: Page, barriers: Callable[[Page], list[str]]) -> None:
        for key in ("s", "l", "d"):
            page.keyboard.press(key)
            expect(picker(page).locator(".popup-search")).to_be_focused()
            assert barriers(page) == []
            page.keyboard.press("Escape")
            expect(picker(page)).to_have_count(0)


class TestDaysOfAFilter:
    def test_a_list_is_filtered_between_two_days(self, page: Page, barriers: Callable[[Page], list[str]]) -> None:
        page.goto("/projects/WEB/list")
        page.locator("summary", has_text="Filter").click()
        page.get_by_role("link", name="Due", exact=True).click()
        expect(page.get_by_role("button", name="From: Any day")).to_have_attribute("aria-pressed", "true")
        assert barriers(page) == []
        first, last = (page.locator(".month-day:not([data-other])", has_text=re.compile(f"^{day}$")) for day in (8, 20))
        first.click()
        expect(page.get_by_role("button", name="Until: Any day")).to_have_attribute("aria-pressed", "true")
        expect(first).to_be_focused()
        last.click()
        expect(last).to_have_attribute("aria-pressed", "true")
        days = [day.get_attribute("value") for day in (first, last)]
        page.get_by_role("button", name="Show", exact=True).click()
        page.wait_for_url(f"**/projects/WEB/list?due={days[0]}..{days[1]}")

    def test_a_day_is_taken_back(self, page: Page) -> None:
        page.goto("/projects/WEB/list?due=2027-02-03..2027-02-05")
        page.locator(".bar-below summary", has_text="3 Feb 2027").click()
        page.get_by_role("button", name="From: Remove").click()
        expect(page.get_by_role("button", name="From: Any day")).to_be_focused()
        expect(page.locator(".month-head")).to_contain_text("February 2027")
        page.get_by_role("button", name="Show", exact=True).click()
        page.wait_for_url("**/projects/WEB/list?due=..2027-02-05")
