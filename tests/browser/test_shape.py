"""The shape of pages: long and right-to-left texts fit, nothing jumps while a page loads, and little is sent for it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from codimir.authorization.permissions import Scope
from codimir.comments.actions import add_comment
from codimir.comments.schemas import CommentCreate
from codimir.labels.actions import create_label
from codimir.tickets.queries import get_visible_ticket
from tests.browser.conftest import ADA, DESKTOP, JANE, PHONE, Site

WORD = "Donaudampfschifffahrtsgesellschaft" * 7
HEBREW = "הזברה אכלה את כל הדוחות של הרבעון האחרון, וצריך להאכיל אותה שוב לפני הפגישה"
LONG = "A title that goes on and on, because somebody has put everything that they know of the matter into it, " * 2
TEXT = f"""{WORD} {HEBREW}

| {WORD} | {HEBREW} | {LONG} |
|---|---|---|
| https://example.com/{WORD} | `{WORD}` | {HEBREW} |

```
{WORD} {WORD}
```

1. {HEBREW}
   > {WORD}
"""
PAGES = [
    "/projects/WEB/list", "/projects/WEB/list?by=status", "/projects/WEB/board", "/projects/WEB/board?by=assignee",
    "/tickets/WEB-1", "/tickets/WEB-2", "/tickets/WEB-3", "/tickets/new", "/my-work", "/inbox", "/projects",
    "/projects/WEB/dashboard",
]  # fmt: skip
SCREENS: dict[str, Any] = {
    "desk": {"viewport": DESKTOP},
    "phone": PHONE,
    "narrow": {"viewport": {"width": 320, "height": 640}},
}
"""The narrowest is the one of WCAG 2.2, 1.4.10: a page of 1280 pixels at four times its size."""
OVERFLOWING = """() => {
  const ways = "html, .content:not(.is-board), .ticket, .ticket-main, .ticket-side, .column, .column-cards, .card,"
    + " .row, .panel, .page, .bar";
  return [...document.querySelectorAll(ways)].filter((each) => each.scrollWidth > each.clientWidth + 1)
    .map((each) => `${each.localName}.${each.className} ${each.scrollWidth} > ${each.clientWidth}`);
}"""
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput)
    window.shifts.push([each.value, ...each.sources.map(({ node }) => node?.outerHTML?.slice(0, 120) ?? String(node))]);
}).observe({ type: "layout-shift", buffered: true });
"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture
def awkward(site: Site, fill: Callable[..., None]) -> None:
    """Tickets whose titles, labels, texts and comments are longer than any, or run from right to left."""

    async def unit(tx: Any) -> Any:
        scope = Scope("workspace_789")
        return [await create_label(tx, ADA, scope, name) for name in (WORD[:100], HEBREW)]

    labels = site.do(unit)
    for title in (WORD, HEBREW, LONG[:255]):
        fill(1, title=title, description=TEXT, label_ids=labels, assignee_id="user_101")

    async def say(tx: Any) -> None:
        for ref in ("WEB-1", "WEB-2", "WEB-3"):
            await add_comment(tx, JANE, await get_visible_ticket(tx, JANE, ref), CommentCreate(content=TEXT))

    site.do(say)


@pytest.mark.usefixtures("awkward")
class TestLongTexts:
    @pytest.mark.parametrize("screen", SCREENS)
    def test_nothing_is_wider_than_its_place(self, visit: Callable[..., Page], screen: Any) -> None:
        page = visit("jane", **SCREENS[screen])
        wide = {}
        for path in PAGES:
            page.goto(path)
            page.evaluate(TWO_FRAMES)
            if found := page.evaluate(OVERFLOWING):
                wide[path] = found
        assert wide == {}

    def test_each_text_runs_in_its_own_direction(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        for path, one in (
            ("/projects/WEB/list", ".row-title"), ("/projects/WEB/board", ".card-title"),
            ("/projects/WEB/list", ".label"), ("/projects/WEB/board", ".label"),
        ):  # fmt: skip
            page.goto(path)
            found = {
                each.inner_text()[:5]: each.evaluate(
                    "each => getComputedStyle(each.querySelector('bdi') ?? each).direction"
                )
                for each in page.locator(one).all()
            }
            assert found[HEBREW[:5]] == "rtl", (path, one)
            assert found[WORD[:5]] == "ltr", (path, one)
        page.goto("/tickets/WEB-2")
        assert page.get_by_label("Title").evaluate("each => getComputedStyle(each).direction") == "rtl"


@pytest.mark.usefixtures("awkward")
class TestInvitations:
    def test_an_address_stands_in_one_line_on_a_phone(self, visit: Callable[..., Page], phone: dict[str, Any]) -> None:
        page = visit("ada", **phone)
        page.goto("/settings/members")
        page.get_by_label("E-mail").fill("somebody.else@example.com")
        page.get_by_role("button", name="Invite").click()
        address = page.locator(".list-item-name", has_text="somebody.else@example.com")
        expect(address).to_be_visible()
        assert address.evaluate("(each) => each.getClientRects().length") == 1


class TestDueDates:
    def test_a_card_says_its_own_on_a_phone(
        self, visit: Callable[..., Page], fill: Callable[..., None], phone: dict[str, Any]
    ) -> None:
        fill(1, due_date=datetime(2031, 5, 6, tzinfo=UTC))
        page = visit("jane", **phone)
        page.goto("/projects/WEB/board")
        expect(page.locator(".card time.row-due")).to_be_visible()

    def test_it_begins_where_the_other_fields_of_a_ticket_do(
        self, visit: Callable[..., Page], fill: Callable[..., None]
    ) -> None:
        fill(1, due_date=datetime(2031, 5, 6, tzinfo=UTC))
        page = visit("jane")
        page.goto("/projects/WEB/list")
        page.goto(page.get_by_role("link", name="Feed the zebra").get_attribute("href"))
        starts = page.locator("#ticket-side").evaluate(
            "(side) => ['[data-pick=due] time', '[data-pick=project] span', '[data-pick=status] span'].map((name) => {"
            " const words = document.createRange(); words.selectNodeContents(side.querySelector(name));"
            " return Math.round(words.getBoundingClientRect().left); })"
        )
        assert len(set(starts)) == 1


class TestKeys:
    def test_none_breaks_in_two_in_german(self, visit: Callable[..., Page]) -> None:
        page = visit("jane", locale="de-DE")
        page.goto("/tickets")
        page.keyboard.press("?")
        keys = page.locator(".keys kbd")
        expect(keys.first).to_be_visible()
        assert {round(height) for height in keys.evaluate_all("(all) => all.map((each) => each.offsetHeight)")} == {19}

    def test_every_action_of_the_palette_has_a_mark(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/tickets")
        page.keyboard.press("Control+k")
        expect(page.locator("#palette [role=option]").first).to_be_visible()
        assert page.locator("#palette [role=option]:not(:has(svg use))").all_inner_texts() == []


class TestLoading:
    @pytest.mark.parametrize("path", ["/projects/WEB/list", "/projects/WEB/board", "/tickets/WEB-1", "/my-work"])
    def test_nothing_jumps(self, visit: Callable[..., Page], fill: Callable[..., None], path: str) -> None:
        fill(60)
        for options in ({}, PHONE):
            page = visit("jane", **options)
            page.add_init_script(SHIFTS)
            with page.expect_response("**/api/events/stream*"):
                page.goto(path)
            page.evaluate(TWO_FRAMES)
            shifts = page.evaluate("window.shifts")
            assert sum(value for value, *_ in shifts) < 0.01, shifts


class TestWeight:
    def test_the_first_view_of_a_list_is_small(self, visit: Callable[..., Page], fill: Callable[..., None]) -> None:
        fill(50)
        page = visit("jane")
        sent = []
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda loaded: sent.append(loaded["encodedDataLength"]))
        with page.expect_response("**/api/events/stream*"):
            page.goto("/projects/WEB/list")
        page.evaluate(TWO_FRAMES)
        assert len(sent) > len(("page", "style", "script"))
        assert sum(sent) < 100_000
