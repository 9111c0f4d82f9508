"""What comes out on paper: all there is to read, and nothing to press."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.calls import Call

A4 = {"viewport": {"width": 718, "height": 1047}}
"""A sheet of A4 without its margins, in CSS pixels."""
BROADEST = "() => document.documentElement.scrollWidth"
CLIPPED = """() => [...document.querySelectorAll(".row, .card")].filter((one) => {
  let around = one;
  while ((around = around.parentElement)) {
    const box = around.getBoundingClientRect(), clips = getComputedStyle(around).overflow !== "visible";
    if (clips && around !== document.body && one.getBoundingClientRect().bottom > box.bottom + 1) return true;
  }
  return false;
}).length"""


@pytest.fixture
def print_page(visit: Callable[..., Page], fill: Callable[..., None]) -> Call[Page]:
    """Open an address as it is printed, among forty tickets."""
    fill(40, description="A zebra\n\n- [ ] eats")

    def show(path: str, **more: object) -> Page:
        page: Page = visit("jane", **A4 | more)
        page.goto(path)
        page.emulate_media(media="print")
        return page

    return show


class TestPrinting:
    def test_a_ticket_has_its_text_and_its_properties_and_no_form(self, print_page: Call[Page]) -> None:
        page = print_page("/tickets/WEB-1")
        expect(page.get_by_text("A zebra", exact=True)).to_be_visible()
        expect(page.locator("#ticket-side").get_by_text("Reporter")).to_be_visible()
        expect(page.locator(".crumbs h1")).to_have_text("WEB-1")
        for pressed in (".bar-tools", ".composer", ".edits > summary", ".ticket-side > .cluster", ".rail"):
            expect(page.locator(f"{pressed} >> visible=true")).to_have_count(0)

    def test_a_ticket_in_the_panel_is_printed_instead_of_its_list(self, print_page: Call[Page]) -> None:
        page = print_page("/projects/WEB/list", viewport={"width": 1280, "height": 800})
        page.emulate_media(media="screen")
        page.get_by_role("link", name="Feed the zebra").first.click()
        expect(page.locator("#panel .ticket")).to_be_visible()
        page.emulate_media(media="print")
        expect(page.locator("#panel .ticket")).to_be_visible()
        expect(page.locator(".row").first).to_be_hidden()

    @pytest.mark.parametrize("view", ["list", "board"])
    def test_all_tickets_stand_on_the_sheets_none_beside_or_below_them(self, print_page: Call[Page], view: str) -> None:
        page = print_page(f"/projects/WEB/{view}")
        tickets = page.locator(".row, .card")
        expect(tickets.first).to_be_visible()
        assert page.evaluate(CLIPPED) == 0
        assert page.evaluate(BROADEST) <= A4["viewport"]["width"]
        expect(page.locator(".bar-below, .bar-tools, .more-cards >> visible=true")).to_have_count(0)

    def test_it_is_dark_on_light_also_for_who_has_the_dark_theme(self, print_page: Call[Page]) -> None:
        page = print_page("/tickets/WEB-1", color_scheme="dark")
        colour = page.locator(".ticket-description p").last.evaluate("(text) => getComputedStyle(text).color")
        assert max(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")) < 128
