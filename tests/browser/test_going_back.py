"""Back: from a ticket to the same rows at the same place, and out of the panel."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Guard

PLACE = "(part) => [part.scrollTop, part.scrollLeft]"


def rows(page: Page) -> Any:
    return page.locator("#content [data-ticket]")


def brought_back(page: Page) -> Any:
    return page.locator("#content[data-brought-back]")


@pytest.fixture
def many(fill: Callable[..., None]) -> None:
    """More tickets of WEB than come at once, in every view."""
    fill(130)


@pytest.mark.usefixtures("many")
class TestFromATicket:
    @pytest.mark.parametrize("is_phone", [False, True])
    def test_the_list_has_the_same_rows_at_the_same_place(
        self, visit: Callable[..., Page], phone: dict[str, Any], *, is_phone: bool
    ) -> None:
        page = visit("jane", **(phone if is_phone else {}))
        page.goto("/projects/WEB/list?sort=createdAt")
        page.locator("#more").scroll_into_view_if_needed()
        expect(rows(page)).to_have_count(100)
        row = page.locator(".row", has_text="WEB-45").first
        row.evaluate("(row) => row.scrollIntoView({ block: 'center' })")
        top = row.bounding_box()["y"]
        if is_phone:
            row.locator(".row-title").tap()
        else:
            row.locator(".row-title").click()
            page.get_by_role("link", name="Open as a page").wait_for()
            assert row.bounding_box()["y"] == pytest.approx(top, abs=2), "it moves when the panel opens"
            page.get_by_role("link", name="Open as a page").click()
        page.wait_for_url("**/tickets/WEB-45")
        expect(page.get_by_label("Title")).to_be_visible()
        page.go_back()
        expect(rows(page)).to_have_count(100)
        expect(brought_back(page)).to_be_visible()
        assert row.bounding_box()["y"] == pytest.approx(top, abs=2)

    def test_the_row_that_one_looked_at_stays_though_others_came(
        self, visit: Callable[..., Page], fill: Callable[..., None]
    ) -> None:
        page = visit("jane")
        page.goto("/projects/WEB/list?sort=createdAt")
        row = page.locator(".row", has_text="WEB-110")
        row.evaluate("(row) => row.scrollIntoView({ block: 'center' })")
        page.goto("/tickets/WEB-110")
        fill(5)
        page.go_back()
        expect(row).to_be_in_viewport()

    def test_a_board_has_the_same_columns_at_the_same_place(self, visit: Callable[..., Page]) -> None:
        page = visit("jane", viewport={"width": 900, "height": 700})
        page.goto("/projects/WEB/board")
        column = page.locator("[data-column=todo] .column-cards")
        for count in (60, 90):
            column.evaluate("(part) => part.scrollTo(0, part.scrollHeight)")
            expect(column.locator(".card")).to_have_count(count)
        page.locator("#content").evaluate("(part) => part.scrollTo(200, 0)")
        column.evaluate("(part) => part.scrollBy(0, -900)")
        before = [page.locator("#content").evaluate(PLACE), column.evaluate(PLACE)]
        page.goto("/tickets/WEB-1")
        page.go_back()
        expect(column.locator(".card")).to_have_count(90)
        expect(brought_back(page)).to_be_visible()
        assert [page.locator("#content").evaluate(PLACE), column.evaluate(PLACE)] == before

    def test_a_list_that_is_opened_anew_begins_at_its_top(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/projects/WEB/list")
        page.locator("#content").evaluate("(part) => part.scrollTo(0, 900)")
        page.goto("/tickets/WEB-1")
        page.goto("/projects/WEB/list")
        expect(rows(page)).to_have_count(50)
        assert page.locator("#content").evaluate(PLACE) == [0, 0]


@pytest.mark.usefixtures("many")
class TestOfThePanel:
    def test_back_closes_it_and_leaves_the_list_as_it_is(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/projects/WEB/list?sort=createdAt")
        rows(page).nth(3).locator(".row-title").click()
        expect(page).to_have_url(re.compile(r"/list\?sort=createdAt#ticket=WEB-127$"))
        page.keyboard.press("j")
        expect(page).to_have_url(re.compile("#ticket=WEB-126$"))
        page.locator("#content").evaluate("(part) => { part.dataset.same = 'yes'; part.scrollTo(0, 300); }")
        page.go_back()
        expect(page.locator("#panel")).to_be_hidden()
        expect(page).to_have_url(re.compile(r"/list\?sort=createdAt$"))
        expect(page.locator("#content")).to_have_attribute("data-same", "yes")
        page.go_forward()
        expect(page.locator("#panel .row-key")).to_have_text("WEB-126")
        page.keyboard.press("Escape")
        expect(page).to_have_url(re.compile(r"/list\?sort=createdAt$"))
        expect(page.locator("#panel")).to_be_hidden()

    def test_its_address_opens_it_again(self, visit: Callable[..., Page], phone: dict[str, Any], guard: Guard) -> None:
        guard.expected.append("404")
        page = visit("jane")
        page.goto("/projects/WEB/board#ticket=WEB-7")
        expect(page.locator("#panel .row-key")).to_have_text("WEB-7")
        page.keyboard.press("Escape")
        expect(page).to_have_url(re.compile(r"/board$"))
        page.goto("/projects/WEB/list#ticket=WEB-9999")
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator("#panel")).to_be_hidden()
        small = visit("jane", **phone)
        small.goto("/projects/WEB/board#ticket=WEB-7")
        small.wait_for_url("**/tickets/WEB-7")

    def test_back_through_filters_shows_each_view_and_its_ticket(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/projects/WEB/list?sort=createdAt")
        rows(page).first.locator(".row-title").click()
        expect(page.locator("#panel .row-key")).to_have_text("WEB-130")
        page.keyboard.press("f")
        page.get_by_role("link", name="Status").click()
        page.get_by_role("link", name="Backlog").click()
        expect(page.get_by_text("No ticket matches")).to_be_visible()
        page.go_back()
        expect(rows(page)).to_have_count(50)
        expect(page.locator("#panel .row-key")).to_have_text("WEB-130")
        page.go_back()
        expect(page.locator("#panel")).to_be_hidden()
        expect(rows(page)).to_have_count(50)
