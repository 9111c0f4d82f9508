"""Creating and finding by keyboard: the line, the palette, mentions."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Guard

PICTURE = """field => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array([137, 80, 78, 71])], "shot.png", {type: "image/png"}));
  field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: files, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def zebra(fill: Callable[..., None]) -> None:
    """A ticket to find."""
    fill()


@pytest.fixture
def page(visit: Callable[..., Page]) -> Any:
    """A list of Jane's."""
    page = visit("jane")
    page.goto("/projects/WEB/list")
    return page


class TestQuick:
    def test_ten_tickets_by_keyboard_only(self, page: Page) -> None:
        page.keyboard.press("c")
        for number in range(10):
            page.keyboard.type(f"Bug number {number} !high @john #bug due tomorrow")
            page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="WEB-10", exact=True)).to_be_visible()
        expect(page.get_by_label("Ticket in one line")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator(".content [data-ticket]")).to_have_count(10)
        expect(page.locator(".content").get_by_label("High", exact=True)).to_have_count(10)
        expect(page.locator(".content").get_by_label("John Doe")).to_have_count(10)

    def test_a_finger_closes_it_and_what_is_written_stays(
        self, visit: Callable[..., Page], phone: dict[str, Any]
    ) -> None:
        page = visit("jane", **phone)
        page.goto("/tickets")
        page.get_by_role("banner").get_by_role("link", name="Create ticket").tap()
        page.keyboard.type("Half a tick")
        page.locator("#quick").get_by_role("button", name="Close").tap()
        expect(page.locator("#quick")).to_be_hidden()
        page.get_by_role("banner").get_by_role("link", name="Create ticket").tap()
        expect(page.locator(".quick-line")).to_have_value("Half a tick")

    def test_the_line_says_what_it_understood(self, page: Page) -> None:
        page.keyboard.press("c")
        page.keyboard.type("Fix login !high @john #bug due tomorrow SEC")
        said = page.locator(".quick-said")
        expect(said.locator(".said-title")).to_have_text("Fix login")
        expect(said.locator(".said-parts .chip")).to_have_text(
            [re.compile(f"{word}$") for word in ("Security", "High", "John Doe", "bug", "tomorrow")]
        )
        said.get_by_role("button", name="High").click()
        expect(page.get_by_label("Ticket in one line")).to_have_value("Fix login @john #bug due tomorrow SEC")

    def test_what_is_no_label_is_said_and_made(self, visit: Callable[..., Page]) -> None:
        page = visit("ada")
        page.goto("/projects/WEB/list")
        page.keyboard.press("c")
        menus = page.locator(".quick-menus")
        expect(menus).to_be_visible()
        top = menus.bounding_box()["y"]
        page.keyboard.type("Fix login #mobile #12")
        expect(page.locator(".said-parts .is-new")).to_have_text("New label “mobile”")
        assert menus.bounding_box()["y"] == top
        page.keyboard.press("Enter")
        expect(page.locator(".quick-hint")).to_have_text(re.compile("WEB-1 is created"))
        expect(page.locator(".content .row-title")).to_have_text("Fix login #12")
        expect(page.locator(".content .label")).to_have_text("mobile")
        assert menus.bounding_box()["y"] == top

    def test_project_and_day_are_chosen_in_menus(self, page: Page) -> None:
        page.keyboard.press("c")
        page.keyboard.type("Fix login")
        page.locator("[data-writes=due] summary").click()
        page.locator("[data-writes=due]").get_by_role("button", name="Next month").click()
        page.locator("[data-writes=due] .month-day:not([data-other])").first.click()
        expect(page.get_by_label("Ticket in one line")).to_have_value(re.compile(r"Fix login due \d{4}-\d\d-01"))
        page.locator("[data-chooses-project] summary").click()
        page.get_by_role("button", name="Security").click()
        expect(page.locator(".said-parts")).to_contain_text("Security")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="SEC-1", exact=True)).to_be_visible()

    def test_menus_write_into_the_line(self, page: Page) -> None:
        page.keyboard.press("c")
        page.keyboard.type("Fix login !low")
        expect(page.locator(".said-parts")).to_contain_text("Low")
        page.locator("[data-writes=priority] summary").click()
        page.get_by_role("button", name="Highest").click()
        expect(page.get_by_label("Ticket in one line")).to_have_value("Fix login !highest")

    def test_it_opens_the_new_ticket_with_its_description_and_file(self, page: Page) -> None:
        page.keyboard.press("c")
        page.keyboard.type("Login crashes")
        page.locator("#quick-description").wait_for()
        page.keyboard.press("Tab")
        page.keyboard.type("On *phones*, says @jo")
        page.get_by_role("option", name="John Doe").wait_for()
        page.keyboard.press("Enter")
        expect(page.locator("#quick-description")).to_have_value("On *phones*, says @john ")
        page.locator("#quick-description").evaluate(PICTURE)
        expect(page.get_by_text("shot.png")).to_be_visible()
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/tickets/WEB-1")
        expect(page.locator("em", has_text="phones")).to_be_visible()
        expect(page.get_by_role("link", name="shot.png")).to_be_visible()

    def test_what_is_refused_comes_back(self, page: Page, guard: Guard) -> None:
        guard.expected.append("400")
        page.keyboard.press("c")
        page.keyboard.type("!high")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("Title is required")
        expect(page.get_by_label("Ticket in one line")).to_have_value("!high")

    def test_it_is_refused_in_the_language_of_the_page(self, visit: Callable[..., Page], guard: Guard) -> None:
        guard.expected.append("400")
        page = visit("jane", locale="de-DE")
        page.goto("/projects/WEB/list")
        page.keyboard.press("c")
        page.keyboard.type("!high")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("Das wird gebraucht")

    def test_it_has_no_barrier(
        self, visit: Callable[..., Page], barriers: Callable[[Page], list[str]], phone: dict[str, Any]
    ) -> None:
        for options in ({"color_scheme": "light"}, {"color_scheme": "dark"}, phone):
            page = visit("jane", **options)
            page.goto("/projects/WEB/list")
            page.keyboard.press("c")
            page.keyboard.type("Fix login !high @john #bug due tomorrow")
            expect(page.locator(".said-parts .chip")).to_have_count(5)
            assert barriers(page) == []

    def test_without_javascript_a_page_creates(self, visit: Callable[..., Page], guard: Guard) -> None:
        guard.expected.append("400")
        page = visit("jane", java_script_enabled=False)
        page.goto("/projects/WEB/list")
        page.get_by_role("banner").get_by_role("link", name="Create ticket").click()
        page.get_by_role("textbox", name="Ticket").fill("!high")
        page.get_by_role("button", name="Create ticket").click()
        expect(page.get_by_text("Title is required")).to_be_visible()
        page.get_by_role("textbox", name="Ticket").fill("Fix login !high")
        page.get_by_role("button", name="Create ticket").click()
        expect(page).to_have_url(re.compile(r"/tickets/WEB-1$"))


@pytest.mark.usefixtures("zebra")
class TestPalette:
    @pytest.mark.parametrize("words", ["zebr", "web-1"])
    def test_it_jumps_to_a_ticket(self, page: Page, words: str) -> None:
        page.keyboard.press("Control+k")
        page.keyboard.type(words)
        expect(page.get_by_role("option", name="Feed the zebra")).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
        page.wait_for_url("**/tickets/WEB-1")
        page.keyboard.press("Control+k")
        expect(page.get_by_role("group", name="Opened last").get_by_role("option")).to_have_text(
            ["WEB-1Feed the zebra"]
        )

    def test_it_does_what_stands_in_menus(self, page: Page) -> None:
        page.keyboard.press("Control+k")
        page.keyboard.type("dark")
        expect(page.get_by_role("option", name="Theme: Dark")).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    def test_it_does_what_has_a_key(self, page: Page) -> None:
        page.keyboard.press("Control+k")
        page.keyboard.type("crtick")
        page.get_by_role("option", name="Create ticket c", exact=True).wait_for()
        page.keyboard.press("Enter")
        expect(page.get_by_label("Ticket in one line")).to_be_focused()

    def test_it_finds_projects_and_people_that_are_seen(self, visit: Callable[..., Page]) -> None:
        page = visit("mia")
        page.goto("/tickets")
        page.keyboard.press("Control+k")
        page.keyboard.type("site")
        expect(page.get_by_role("option", name="Website")).not_to_have_count(0)
        page.get_by_role("combobox").fill("Security")
        expect(page.get_by_text("Nothing found")).to_be_visible()

    def test_what_was_found_stays_until_there_is_more(self, page: Page) -> None:
        page.keyboard.press("Control+k")
        page.keyboard.type("zeb")
        option = page.get_by_role("option", name="Feed the zebra")
        expect(option).to_be_visible()
        held = []
        page.route("**/palette?q=zebra*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
        with page.expect_request("**/palette?q=zebra*"):
            page.keyboard.type("ra")
        expect(option).to_be_visible()
        expect(page.get_by_text("Nothing found")).to_have_count(0)
        page.keyboard.press("Enter")
        expect(page.get_by_role("combobox")).to_be_focused()
        held[0].continue_()
        page.wait_for_url("**/tickets/WEB-1")

    def test_it_ends_with_what_can_be_done_with_any_text(self, page: Page) -> None:
        page.keyboard.press("Control+k")
        page.keyboard.type("Paint the fence !high")
        expect(page.get_by_text("Nothing found")).to_be_visible()
        expect(page.get_by_role("option")).to_have_text(["Create ticket “Paint the fence !high”", "Search everywhere"])
        page.keyboard.press("Enter")
        expect(page.get_by_label("Ticket in one line")).to_have_value("Paint the fence !high")
        expect(page.locator(".said-parts")).to_contain_text("High")
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        page.keyboard.type("zebra")
        page.get_by_role("option", name="Search everywhere").click()
        page.wait_for_url("**/tickets?search=zebra")

    def test_it_has_no_barrier(
        self, visit: Callable[..., Page], barriers: Callable[[Page], list[str]], phone: dict[str, Any]
    ) -> None:
        for options in ({"color_scheme": "light"}, {"color_scheme": "dark"}, phone):
            page = visit("jane", **options)
            page.goto("/projects/WEB/list")
            page.keyboard.press("Control+k")
            page.keyboard.type("zebra")
            page.get_by_role("option", name="Feed the zebra").wait_for()
            assert barriers(page) == []
