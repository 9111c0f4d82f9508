"""What can be reached by keyboard and by finger: all of it, with a focus that is seen and comes back."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

PAGES = [
    "/projects/WEB/list", "/projects/WEB/board", "/tickets/WEB-1", "/my-work", "/inbox", "/dashboard", "/projects",
    "/settings/labels", "/settings/webhooks/new", "/settings/preferences", "/tickets/new",
]  # fmt: skip
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const at = one.getBoundingClientRect();
  const said = one.getAttribute("aria-label") ?? one.textContent.trim().slice(0, 40);
  const name = `${one.localName}.${one.className} ${said}`;
  const around = [one, one.parentElement, one.closest(".card, .row, .file-add, .search, .field, .option, .list-item")];
  const seen = around.filter(Boolean).some((each) => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  });
  const holds = (top) => Boolean(top && (one.contains(top) || top.contains(one)));
  const inside = (x, y) => holds(document.elementFromPoint(x, y));
  const xs = [at.left + 2, (at.left + at.right) / 2, at.right - 2];
  const ys = [at.top + 2, (at.top + at.bottom) / 2, at.bottom - 2];
  const shown = at.width <= 1 || xs.some((x) => ys.some((y) => inside(x, y)));
  one.dataset.passed = String(Number(one.dataset.passed ?? 0) + 1);
  return { name, seen, shown, again: one.dataset.passed > 1 };
}"""
MAX_STOPS = 250


def stops(page: Page) -> Any:
    """Go through a page with Tab, and give every control that has the focus on the way."""
    found: list[Any] = []
    for _ in range(MAX_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None or stop["again"]:
            return found
        found.append(stop)
    return found


@pytest.fixture
def world(fill: Callable[..., None]) -> None:
    """Some tickets, to have something to reach."""
    fill(3, label_ids=["label_1"], assignee_id="user_101", description="**Bold** [link](https://example.com)")


@pytest.mark.usefixtures("world")
class TestFocus:
    @pytest.mark.parametrize("path", PAGES)
    def test_it_is_seen_wherever_it_goes(self, visit: Callable[..., Page], path: Any) -> None:
        page = visit("ada")
        page.goto(path)
        found = stops(page)
        assert len(found) > len(("skip", "workspace", "my work", "inbox"))
        assert [stop["name"] for stop in found if not stop["seen"]] == []
        assert [stop["name"] for stop in found if not stop["shown"]] == []

    @pytest.mark.parametrize("keys", ["?", "c", "Control+k"])
    def test_it_comes_back_when_a_dialog_closes(self, visit: Callable[..., Page], keys: str) -> None:
        page = visit("jane")
        page.goto("/projects/WEB/list")
        page.keyboard.press("j")
        row = page.locator(".row-title").first
        expect(row).to_be_focused()
        page.keyboard.press(keys)
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(row).to_be_focused()

    def test_it_comes_back_from_the_panel_and_from_a_choice(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/projects/WEB/list")
        page.keyboard.press("j")
        row = page.locator(".row-title").first
        page.keyboard.press("s")
        expect(page.get_by_role("dialog").get_by_role("searchbox")).to_be_focused()
        page.keyboard.press("Escape")
        expect(row).to_be_focused()
        page.keyboard.press("o")
        expect(page.locator("#panel").get_by_label("Title")).to_be_visible()
        page.keyboard.press("Escape")
        expect(row).to_be_focused()

    def test_it_stays_when_a_value_is_chosen(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/tickets/WEB-1")
        status = page.locator("#ticket-side [data-pick=status]")
        status.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Backlog")).to_be_visible()
        page.keyboard.press("1")
        expect(status).to_have_text("Backlog")
        expect(status).to_be_focused()
