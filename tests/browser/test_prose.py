"""Texts of people in the browser: tasks that are ticked where they stand, tables, footnotes, details."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Guard

ROW = "| 2024-12-08 | Vendor | {0} | {0} | {0} | {0} | {0} |"
TABLE = "\n".join(
    ["| day | who | a | b | c | d | e |", "|---|---|---|---|---|:-:|--:|", ROW.format("some words that take more room")]
)
TEXT = f"""Ask @john about **KEY** in README.md[^1]

- [ ] one
- [x] two
- [somewhere](https://example.com)

{TABLE}

<details><summary>Log <kbd>F1</kbd></summary>

Hidden words

</details>

[^1]: A note
"""
LINES = """(cell) => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size;
}"""
UNDERLINED = "(link) => getComputedStyle(link).textDecorationLine === 'underline'"
SCREENSHOTS = os.environ.get("BROWSER_TESTS_SCREENSHOTS")
"""A folder for pictures of what a test has looked at."""


class TestTasks:
    def test_two_people_tick_and_nothing_is_lost(self, visit: Callable[..., Page], fill: Callable[..., None]) -> None:
        fill(description=TEXT)
        jane, victor = visit("jane"), visit("victor")
        for page in (jane, victor):
            page.goto("/tickets/WEB-1")
        expect(victor.get_by_role("checkbox", name="one")).to_be_disabled()
        expect(jane.get_by_text("1 of 2 tasks")).to_be_visible()
        jane.get_by_role("checkbox", name="one").check()
        expect(jane.get_by_text("2 of 2 tasks")).to_be_visible()
        expect(victor.get_by_text("2 of 2 tasks")).to_be_visible()
        jane.get_by_role("checkbox", name="two").uncheck()
        expect(jane.get_by_text("1 of 2 tasks")).to_be_visible()
        jane.reload()
        expect(jane.get_by_role("checkbox", name="one")).to_be_checked()
        expect(jane.get_by_role("checkbox", name="two")).not_to_be_checked()

    def test_a_text_that_has_changed_is_said_and_shown(
        self, visit: Callable[..., Page], fill: Callable[..., None], guard: Guard
    ) -> None:
        guard.expected.append("409")
        fill(description=TEXT)
        page = visit("jane")
        page.goto("/tickets/WEB-1")
        box = page.get_by_role("checkbox", name="one")
        expect(box).to_be_enabled()
        page.evaluate("document.querySelector('[data-tasks]').dataset.seen = 'of another text'")
        box.click()
        expect(page.get_by_text("Someone else changed this text in the meantime")).to_be_visible()
        expect(box).not_to_be_checked()


class TestShape:
    @pytest.mark.parametrize("size", ["desk", "phone"])
    def test_short_cells_are_whole_and_a_wide_table_scrolls(
        self,
        visit: Callable[..., Page],
        fill: Callable[..., None],
        phone: dict[str, Any],
        barriers: Callable[[Page], list[str]],
        size: str,
    ) -> None:
        fill(description=TEXT)
        page = visit("jane", **(phone if size == "phone" else {}))
        page.goto("/tickets/WEB-1")
        for words in ("2024-12-08", "Vendor"):
            assert page.get_by_role("cell", name=words).evaluate(LINES) == 1
        box = page.locator(".prose .table")
        assert box.evaluate("(each) => each.scrollWidth > each.clientWidth")
        assert page.evaluate("document.documentElement.scrollWidth <= Math.min(innerWidth, screen.width)")
        assert page.get_by_role("link", name="somewhere").evaluate(UNDERLINED)
        page.get_by_role("link", name="1", exact=True).click()
        expect(page.locator(".footnotes li:target")).to_have_count(1)
        page.get_by_text("Log F1").click()
        expect(page.get_by_role("paragraph").filter(has_text="Hidden words")).to_be_visible()
        assert barriers(page) == []
        if SCREENSHOTS:
            page.screenshot(path=f"{SCREENSHOTS}/prose-{size}.png", full_page=True)
