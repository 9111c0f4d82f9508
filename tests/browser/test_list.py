"""The list in a browser: filters in the address, selection, bulk changes that can be taken back."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from codimir.tickets.changing.creating import create_ticket
from codimir.tickets.changing.updating import update_ticket
from codimir.tickets.queries import get_visible_ticket
from codimir.tickets.schemas import TicketCreate, TicketUpdate
from tests.browser.conftest import JANE, Guard, Site


@pytest.fixture
def tickets(site: Site) -> None:
    """Sixty tickets of WEB, every third in progress, one of them overdue and labelled."""

    async def unit(tx: Any) -> None:
        for number in range(60):
            await create_ticket(tx, JANE, TicketCreate(
                title="Feed the zebra" if number == 42 else f"Ticket number {number}", project_id="project_456",
                assignee_id="user_102" if number % 2 else None,
                status="in_progress" if number % 3 == 0 else "todo", label_ids=["label_1"] if number == 59 else [],
                due_date=tx.now - timedelta(days=1) if number == 59 else None,
            ))  # fmt: skip

    site.do(unit)


def rows(page: Page) -> Any:
    return page.locator("[data-ticket]")


@pytest.mark.usefixtures("tickets")
class TestList:
    def test_it_has_no_barrier(
        self, visit: Callable[..., Page], barriers: Callable[[Page], list[str]], phone: dict[str, Any]
    ) -> None:
        for options in ({"color_scheme": "light"}, {"color_scheme": "dark"}, phone):
            page = visit("jane", **options)
            page.goto("/projects/WEB/list")
            assert barriers(page) == []

    def test_a_filter_lives_in_the_address(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/projects/WEB/list")
        page.keyboard.press("f")
        page.get_by_role("link", name="Status").click()
        page.get_by_role("link", name="In progress").click()
        expect(page).to_have_url(re.compile(r"/list\?status=in_progress$"))
        expect(page.get_by_text("20 tickets")).to_be_visible()
        page.get_by_role("link", name="Remove the filter").click()
        expect(page.get_by_text("60 tickets")).to_be_visible()
        page.go_back()
        expect(page.get_by_text("20 tickets")).to_be_visible()

    def test_a_filter_is_looked_for_and_there_is_a_way_back(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/projects/WEB/list")
        page.keyboard.press("f")
        menu = page.locator("[data-filter='+'] .popup")
        expect(menu.locator(".popup-search")).to_be_focused()
        expect(menu.get_by_role("link", name="Workspace")).to_have_count(0)
        page.keyboard.type("pri")
        expect(menu.get_by_role("link")).to_have_text(["Priority"])
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(menu.get_by_role("link", name="Highest")).to_be_visible()
        menu.get_by_role("link", name="All filters").click()
        expect(menu.get_by_role("link", name="Status")).to_be_visible()
        menu.get_by_role("link", name="Status").click()
        menu.get_by_role("link", name="In progress").click()
        expect(page).to_have_url(re.compile(r"/list\?status=in_progress$"))

    def test_a_span_of_days_is_a_filter(
        self, visit: Callable[..., Page], barriers: Callable[[Page], list[str]]
    ) -> None:
        page = visit("jane")
        page.goto("/projects/WEB/list")
        page.keyboard.press("f")
        page.get_by_role("link", name="Due").click()
        page.get_by_role("link", name="Overdue").click()
        expect(page).to_have_url(re.compile(r"/list\?due=overdue$"))
        expect(page.get_by_text("1 ticket", exact=True)).to_be_visible()
        page.locator("[data-filter=due] summary").click()
        expect(page.get_by_role("button", name="From: Any day")).to_be_visible()
        assert barriers(page) == []

    def test_the_search_keeps_the_focus(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/projects/WEB/list")
        page.keyboard.press("/")
        page.keyboard.type("zebra")
        expect(rows(page)).to_have_count(1)
        expect(page.get_by_role("searchbox")).to_be_focused()

    def test_what_it_finds_is_marked(
        self,
        visit: Callable[..., Page],
        barriers: Callable[[Page], list[str]],
        phone: dict[str, Any],
        fill: Callable[..., None],
    ) -> None:
        fill(title="An animal", description="Bring the **zebra** home, where it has always been since it was born")
        for options in ({"color_scheme": "light"}, {"color_scheme": "dark"}, phone):
            page = visit("jane", **options)
            page.goto("/projects/WEB/list?search=zebra")
            expect(rows(page).locator(".row-title")).to_have_text(["Feed the zebra", "An animal"])
            expect(rows(page).locator("mark")).to_have_text(["zebra", "zebra"])
            expect(rows(page).locator(".row-passage")).to_contain_text("Bring the zebra home")
            assert barriers(page) == []

    def test_what_is_typed_while_the_search_is_under_way_is_kept(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/projects/WEB/list")
        held = []
        page.route(re.compile(r"search=z$"), lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
        page.keyboard.press("/")
        with page.expect_request("**/list?search=z"):
            page.keyboard.type("z")
        page.keyboard.type("ebra")
        held[0].continue_()
        expect(page).to_have_url(re.compile("search=zebra"))
        expect(page.get_by_role("searchbox")).to_have_value("zebra")
        expect(page.get_by_role("searchbox")).to_be_focused()

    def test_more_come_without_a_jump(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/projects/WEB/list")
        expect(rows(page)).to_have_count(50)
        page.locator("#more").scroll_into_view_if_needed()
        expect(rows(page)).to_have_count(60)

    def test_the_selected_are_changed_and_changed_back(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/projects/WEB/list?sort=createdAt")
        for key in ("j", "x", "j", "j", "Shift+X"):
            page.keyboard.press(key)
        expect(page.get_by_text("3 selected")).to_be_visible()
        page.keyboard.press("s")
        page.get_by_role("button", name="In review").click()
        expect(page.get_by_text("3 tickets changed")).to_be_visible()
        expect(page.get_by_label("In review")).to_have_count(3)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_label("In review")).to_have_count(0)

    def test_one_is_changed_where_it_stands(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/projects/WEB/list?search=zebra")
        page.locator("[data-pick=priority]").click()
        page.get_by_role("button", name="Highest").click()
        expect(page.get_by_label("Highest")).to_be_visible()

    def test_groups_show_their_counts(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/projects/WEB/list?by=status")
        expect(page.locator(".group-head .count")).to_have_text(["40", "20"])

    def test_who_may_only_read_is_told_so(self, visit: Callable[..., Page], guard: Guard) -> None:
        guard.expected.append("403")
        page = visit("victor")
        page.goto("/projects/WEB/list?search=zebra")
        page.locator("[data-pick=priority]").click()
        page.get_by_role("button", name="Highest").click()
        expect(page.get_by_role("alert")).to_have_text(re.compile("Insufficient permissions"))


@pytest.mark.usefixtures("tickets")
class TestWithoutJavaScript:
    def test_filters_pages_and_bulk_changes_work(self, visit: Callable[..., Page]) -> None:
        page = visit("jane", java_script_enabled=False)
        page.goto("/projects/WEB/list?status=todo&limit=30")
        expect(rows(page)).to_have_count(30)
        page.get_by_role("link", name="More").click()
        expect(rows(page)).to_have_count(10)
        page.locator(".row-check").first.check()
        page.get_by_role("toolbar").get_by_text("Status").click()
        page.get_by_role("toolbar").get_by_role("button", name="Done").click()
        expect(page.get_by_text("39 tickets")).to_be_visible()

    def test_the_selected_get_somebody_and_a_label(self, visit: Callable[..., Page]) -> None:
        page = visit("jane", java_script_enabled=False)
        page.goto("/projects/WEB/list?assignee=none&sort=createdAt&limit=30")
        for field, choice in (("Assignee", "John Doe"), ("Label", "frontend")):
            for at in (0, 1):
                page.locator(".row-check").nth(at).check()
            page.get_by_role("toolbar").get_by_role("button", name=field).click()
            page.get_by_role("button", name=choice).click()
            if field == "Label":
                assert page.locator(".row-labels", has_text="frontend").count() == 2
            else:
                expect(page.get_by_text("28 tickets")).to_be_visible()


@pytest.mark.usefixtures("tickets")
class TestTogether:
    def test_what_another_changes_is_shown_where_it_stands(self, site: Site, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        with page.expect_response("**/api/events/stream*"):
            page.goto("/projects/WEB/list?search=zebra")

        async def unit(tx: Any) -> None:
            found = await get_visible_ticket(tx, JANE, "WEB-43")
            await update_ticket(tx, JANE, found, TicketUpdate(priority="highest", title="Feed the zebra twice"))

        site.do(unit)
        expect(page.get_by_label("Highest")).to_be_visible()
        expect(page.get_by_role("link", name="Feed the zebra twice")).to_be_visible()

    def test_every_page_that_is_shown_is_refreshed_without_a_jump(self, site: Site, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        with page.expect_response("**/api/events/stream*"):
            page.goto("/projects/WEB/list")
        page.locator("#more").scroll_into_view_if_needed()
        expect(rows(page)).to_have_count(60)
        place = "() => document.querySelector('[href=\"/tickets/WEB-25\"]').getBoundingClientRect().top"
        page.get_by_role("link", name="Ticket number 24", exact=True).scroll_into_view_if_needed()
        before = page.evaluate(place)

        async def unit(tx: Any) -> None:
            found = await get_visible_ticket(tx, JANE, "WEB-2")
            await update_ticket(tx, JANE, found, TicketUpdate(title="Moved to the top"))
            await create_ticket(tx, JANE, TicketCreate(title="New at the top", project_id="project_456"))

        site.do(unit)
        expect(rows(page)).to_have_count(61)
        expect(page.get_by_text("61 tickets")).to_be_visible()
        assert rows(page).locator(".row-title").all_inner_texts()[:2] == ["New at the top", "Moved to the top"]
        assert abs(page.evaluate(place) - before) <= 1


def test_the_menu_of_a_list_shows_everything_without_scrolling(
    visit: Callable[..., Page], fill: Callable[..., None]
) -> None:
    fill(1)
    page = visit("jane", viewport={"width": 1360, "height": 700})
    page.goto("/projects/WEB/list")
    page.locator("summary", has_text="View").click()
    menu = page.locator(".popup.is-two")
    expect(menu).to_be_visible()
    assert menu.evaluate("(each) => [each.scrollHeight - each.clientHeight, each.scrollWidth - each.clientWidth]") == [
        0,
        0,
    ]
