"""The board in a browser: moving by mouse, touch and keyboard, live for everyone who looks at it."""

import re
from collections.abc import Callable
from math import ceil
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Guard
from tests.browser.contexts import Contexts

BOARD = "/projects/WEB/board"
SCROLL_TO_THE_END = """async () => {
  const list = document.querySelector('[data-column="todo"] .column-cards');
  const frame = () => new Promise(requestAnimationFrame);
  while (list.querySelector("[data-more]")) { list.scrollBy(0, 400); await frame(); }
  return {
    keys: [...list.querySelectorAll(".card-head > span:first-of-type")].map((each) => each.textContent),
    nodes: document.querySelectorAll("*").length,
  };
}"""
SCROLL_BACK = """async () => {
  const list = document.querySelector('[data-column="todo"] .column-cards');
  while (list.scrollTop) { list.scrollBy(0, -4_000); await new Promise(requestAnimationFrame); }
}"""


@pytest.fixture
def three(fill: Callable[..., None]) -> None:
    """Three tickets to do, WEB-3 on top."""
    fill(3)


def column(page: Page, name: Any) -> Any:
    return page.locator(".column").filter(has=page.get_by_role("heading", name=name, exact=True))


def shows(page: Page, name: Any, *numbers: Any) -> None:
    """Wait until a column shows just these cards, and their count."""
    keys = column(page, name).locator(".card-head > span:first-of-type")
    expect(keys).to_have_text([f"WEB-{number}" for number in numbers])
    expect(column(page, name).locator(".count[data-count]")).to_have_text(str(len(numbers)))


def card(page: Page, number: Any) -> Any:
    return page.locator(".card-slot").filter(has_text=re.compile(rf"WEB-{number}\b"))


def drag(page: Page, number: Any, to: Any) -> None:
    start, end = card(page, number).bounding_box(), to.bounding_box()
    page.mouse.move(start["x"] + 60, start["y"] + 30)
    page.mouse.down()
    page.mouse.move(start["x"] + 70, start["y"] + 40, steps=3)
    page.mouse.move(end["x"] + 80, end["y"] + 12, steps=8)
    page.mouse.move(end["x"] + 82, end["y"] + 8, steps=3)
    page.mouse.up()


def laid_out(page: Page) -> Any:
    """Count how often the page was laid out; what is only scrolled is not."""
    wire = page.context.new_cdp_session(page)
    wire.send("Performance.enable")
    return next(
        each["value"] for each in wire.send("Performance.getMetrics")["metrics"] if each["name"] == "LayoutCount"
    )


class Finger:
    """A finger on the screen; Playwright itself only taps."""

    def __init__(self, page: Page) -> None:
        self.wire = page.context.new_cdp_session(page)
        self.at = (0, 0)

    def press(self, one: Any) -> None:
        box = one.bounding_box()
        self.at = (box["x"] + 60, box["y"] + 30)
        self._send("touchStart", [self.at])

    def drag_to(self, one: Any) -> None:
        box = one.bounding_box()
        (x, y), end = self.at, (box["x"] + 60, box["y"] + 8)
        for step in range(1, 11):
            self.at = (x + (end[0] - x) * step / 10, y + (end[1] - y) * step / 10)
            self._send("touchMove", [self.at])

    def lift(self) -> None:
        self._send("touchEnd", [])

    def _send(self, kind: Any, points: Any) -> None:
        touched = [{"x": x, "y": y} for x, y in points]
        self.wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})


@pytest.mark.usefixtures("three")
class TestMoving:
    def test_a_card_is_dragged_and_stays_where_it_was_put(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto(BOARD)
        shows(page, "To do", 3, 2, 1)
        with page.expect_response("**/position") as answered:
            drag(page, 1, card(page, 3))
        assert answered.value.ok
        shows(page, "To do", 1, 3, 2)
        with page.expect_response("**/position"):
            drag(page, 3, column(page, "In progress").locator(".column-cards"))
        shows(page, "In progress", 3)
        page.reload()
        shows(page, "To do", 1, 2)
        shows(page, "In progress", 3)

    def test_a_card_is_moved_by_keyboard_and_said_aloud(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto(BOARD)
        said = page.locator("[data-board-says]")
        page.keyboard.press("j")
        page.keyboard.press("Space")
        expect(said).to_have_text(re.compile("WEB-3 lifted, 1 of 3 in To do"))
        page.keyboard.press("ArrowDown")
        expect(said).to_have_text("To do, 2 of 3")
        page.keyboard.press("Escape")
        expect(said).to_have_text("WEB-3 is back where it was")
        shows(page, "To do", 3, 2, 1)
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        with page.expect_response("**/position"):
            page.keyboard.press("Enter")
        shows(page, "In progress", 3)
        expect(card(page, 3).locator(".card-title")).to_be_focused()
        page.reload()
        shows(page, "In progress", 3)

    def test_the_last_move_is_taken_back(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto(BOARD)
        page.keyboard.press("j")
        for key in ("Space", "ArrowRight"):
            page.keyboard.press(key)
        with page.expect_response("**/undo"):
            page.keyboard.press("Enter")
            page.keyboard.press("Control+z")
        shows(page, "To do", 3, 2, 1)

    def test_a_card_is_dragged_by_finger(self, visit: Callable[..., Page], phone: dict[str, Any]) -> None:
        page = visit("jane", **phone)
        page.goto(BOARD)
        card(page, 1).scroll_into_view_if_needed()
        finger = Finger(page)
        finger.press(card(page, 1))
        expect(page.locator(".card-slot.sortable-chosen")).to_have_count(1)
        finger.drag_to(card(page, 3))
        with page.expect_response("**/position") as answered:
            finger.lift()
        assert answered.value.ok
        shows(page, "To do", 1, 3, 2)
        page.reload()
        shows(page, "To do", 1, 3, 2)

    def test_a_finger_reaches_the_next_column(self, visit: Callable[..., Page]) -> None:
        page = visit("jane", has_touch=True)
        page.goto(BOARD)
        finger = Finger(page)
        finger.press(card(page, 2))
        expect(page.locator(".card-slot.sortable-chosen")).to_have_count(1)
        finger.drag_to(column(page, "In progress").locator(".column-cards"))
        with page.expect_response("**/position"):
            finger.lift()
        shows(page, "In progress", 2)
        shows(page, "To do", 3, 1)

    def test_a_finger_that_does_not_wait_scrolls(
        self, visit: Callable[..., Page], phone: dict[str, Any], fill: Callable[..., None]
    ) -> None:
        fill(20)
        page = visit("jane", **phone)
        page.goto(BOARD)
        card(page, 20).scroll_into_view_if_needed()
        finger = Finger(page)
        finger.press(card(page, 20))
        finger.drag_to(column(page, "To do"))
        finger.lift()
        expect(card(page, 23)).not_to_be_in_viewport()
        expect(page.locator(".sortable-chosen, .is-ghost")).to_have_count(0)
        shows(page, "To do", *range(23, 0, -1))

    def test_what_is_refused_goes_back_and_says_why(self, visit: Callable[..., Page], guard: Guard) -> None:
        guard.expected.append("403")
        page = visit("jane")
        with page.expect_response("**/api/events/stream*"):
            page.goto(BOARD)
        refusal = {"error": {"code": "FORBIDDEN", "message": "This project is archived"}}
        page.route("**/position", lambda route: route.fulfill(status=403, json=refusal))
        page.keyboard.press("j")
        page.keyboard.press("Space")
        expect(page.locator(".is-lifted")).to_have_count(1)
        for key in ("ArrowRight", "Enter"):
            page.keyboard.press(key)
        expect(page.get_by_role("alert")).to_contain_text("WEB-3 is back where it was. This project is archived")
        shows(page, "To do", 3, 2, 1)

    def test_who_may_only_read_lifts_nothing(self, visit: Callable[..., Page]) -> None:
        page = visit("victor")
        page.goto(BOARD)
        page.keyboard.press("j")
        page.keyboard.press("Space")
        drag(page, 1, card(page, 3))
        expect(page.locator(".is-lifted, .is-ghost")).to_have_count(0)
        shows(page, "To do", 3, 2, 1)


@pytest.mark.usefixtures("three")
class TestTogether:
    def test_two_people_see_each_other_move(self, visit: Callable[..., Page]) -> None:
        jane, john = visit("jane"), visit("john")
        for page in (jane, john):
            with page.expect_response("**/api/events/stream*"):
                page.goto(BOARD)
        jane.keyboard.press("j")
        for there, here in (("ArrowRight", "In progress"), ("ArrowLeft", "To do")) * 3:
            for key in ("Space", there):
                jane.keyboard.press(key)
            with jane.expect_response("**/position"):
                jane.keyboard.press("Enter")
            expect(column(john, here).locator(".card-slot", has_text="WEB-3")).to_have_count(1)
            expect(card(jane, 3).locator(".card-title")).to_be_focused()
        shows(john, "To do", 3, 2, 1)
        with john.expect_response("**/position"):
            drag(john, 1, card(john, 3))
        shows(jane, "To do", 1, 3, 2)

    def test_after_a_break_it_catches_up(
        self, visit: Callable[..., Page], guard: Guard, fill: Callable[..., None]
    ) -> None:
        guard.expected.append("ERR_INTERNET_DISCONNECTED")
        page = visit("jane")
        with page.expect_response("**/api/events/stream*"):
            page.goto(BOARD)
        page.context.set_offline(True)
        expect(page.get_by_text("You are offline")).to_be_visible()
        fill(2)
        with page.expect_event("requestfailed"):
            fill(1, status="done")
        shows(page, "To do", 3, 2, 1)
        page.context.set_offline(False)
        shows(page, "To do", 5, 4, 3, 2, 1)
        shows(page, "Done", 6)
        expect(page.get_by_text("You are offline")).to_have_count(0)

    def test_after_a_sleep_it_opens_a_dead_stream_anew(
        self, visit: Callable[..., Page], fill: Callable[..., None], contexts: Contexts
    ) -> None:
        page = visit("jane")
        contexts.drop(page)
        page.clock.install()
        asleep: list[Any] = []
        page.route("**/api/events/stream*", lambda route: route.continue_() if asleep else asleep.append(route))
        with page.expect_request("**/api/events/stream*"):
            page.goto(BOARD)
        fill(1)
        with page.expect_response("**/api/events/stream*"):
            page.clock.fast_forward("08:00:00")
        shows(page, "To do", 4, 3, 2, 1)

    def test_tabs_share_one_stream(self, visit: Callable[..., Page], fill: Callable[..., None]) -> None:
        first = visit("jane")
        with first.expect_response("**/api/events/stream*"):
            first.goto(BOARD)
        second = first.context.new_page()
        asked = []
        second.on("request", lambda request: asked.append(request.url))
        second.goto(BOARD)
        fill(1)
        shows(second, "To do", 4, 3, 2, 1)
        assert not any("/events/stream" in url for url in asked)
        first.close()
        fill(1)
        shows(second, "To do", 5, 4, 3, 2, 1)


class TestColumns:
    def test_two_thousand_cards_come_as_one_scrolls(
        self, visit: Callable[..., Page], fill: Callable[..., None]
    ) -> None:
        fill(2_000)
        page = visit("jane")
        page.goto(BOARD)
        expect(column(page, "To do").locator(".count[data-count]")).to_have_text("2,000")
        cards = column(page, "To do").locator(".card-slot")
        expect(cards).to_have_count(30)
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        scrolled = page.evaluate(SCROLL_TO_THE_END)
        assert scrolled["keys"] == [f"WEB-{2_000 - n}" for n in range(2_000)]
        assert len([url for url in asked if "/board/column?" in url]) == ceil((2_000 - 30) / 30)
        assert scrolled["nodes"] < 2_000 * 20
        before = laid_out(page)
        page.evaluate(SCROLL_BACK)
        assert laid_out(page) - before < 10

    def test_they_are_of_people_too(self, visit: Callable[..., Page], fill: Callable[..., None]) -> None:
        fill(1, assignee_id="user_102")
        fill(2)
        page = visit("jane")
        page.goto(f"{BOARD}?by=assignee")
        shows(page, "Nobody", 3, 2)
        page.locator(".column-cards").nth(1).locator(".card-title").focus()
        for key in ("Space", "ArrowLeft"):
            page.keyboard.press(key)
        with page.expect_response("**/position"):
            page.keyboard.press("Enter")
        expect(column(page, "Nobody").locator(".card-slot")).to_have_count(3)

    def test_it_has_no_barrier(
        self,
        visit: Callable[..., Page],
        fill: Callable[..., None],
        barriers: Callable[[Page], list[str]],
        phone: dict[str, Any],
    ) -> None:
        fill(3)
        for options in ({"color_scheme": "light"}, {"color_scheme": "dark"}, phone):
            page = visit("jane", **options)
            page.goto(BOARD)
            assert barriers(page) == []

    def test_it_can_be_read_without_javascript(self, visit: Callable[..., Page], fill: Callable[..., None]) -> None:
        fill(31)
        page = visit("jane", java_script_enabled=False)
        page.goto(f"{BOARD}?status=todo")
        expect(page.locator(".card-slot")).to_have_count(30)
        page.get_by_role("link", name="More").click()
        expect(page.locator("[data-ticket]")).to_have_count(31)

    def test_cards_are_moved_without_javascript(self, visit: Callable[..., Page], fill: Callable[..., None]) -> None:
        fill(3)
        page = visit("jane", java_script_enabled=False)
        page.goto(BOARD)
        for key in ("WEB-1", "WEB-3"):
            page.get_by_label(f"Select {key}").check()
        page.get_by_role("toolbar").get_by_text("Status").click()
        page.get_by_role("toolbar").get_by_role("button", name="In progress").click()
        expect(page).to_have_url(re.compile(f"{BOARD}$"))
        shows(page, "To do", 2)
        shows(page, "In progress", 3, 1)


class TestPanel:
    def test_it_hides_no_card_that_it_shows_and_the_card_is_marked(
        self, visit: Callable[..., Page], fill: Callable[..., None]
    ) -> None:
        fill(1, status="in_review")
        page = visit("jane", viewport={"width": 1360, "height": 850})
        page.goto(BOARD)
        slot = card(page, 1)
        slot.get_by_role("link").first.click()
        panel = page.locator("#panel")
        expect(panel.get_by_label("Title")).to_have_value("Feed the zebra")
        expect(slot.locator("[data-open]").or_(slot.and_(page.locator("[data-open]")))).to_have_count(1)
        box, covering = slot.bounding_box(), panel.bounding_box()
        assert box["x"] >= page.locator("#content").bounding_box()["x"]
        assert box["x"] + box["width"] <= covering["x"]
