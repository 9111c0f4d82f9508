"""What is half written is not lost: when the session ends, on another page, without a connection."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Guard, session_of

HALF = "Half a day of work"


@pytest.fixture
def page(visit: Callable[..., Page], fill: Callable[..., None]) -> Page:
    """A page of Jane's, and two tickets of WEB."""
    fill(2, description="As it is")
    return visit("jane")


def sign_out(page: Page) -> None:
    """Let the session end as if it were too old."""
    page.context.clear_cookies()


def sign_in(page: Page, who: str = "jane") -> None:
    page.context.add_cookies([session_of(who, page.evaluate("location.origin"))])


class TestWhenTheSessionEnds:
    def test_a_comment_a_description_and_a_title_stay_to_be_sent_again(self, page: Page, guard: Guard) -> None:
        guard.expected.append("401")
        page.goto("/tickets/WEB-1")
        page.locator("#ticket-description summary").click()
        page.locator("#description").fill(f"{HALF}, described")
        page.locator("#new-comment").fill(HALF)
        sign_out(page)
        page.locator(".composer .button.is-primary").click()
        said = page.get_by_role("alert").filter(has_text="You are signed out")
        expect(said.get_by_role("link", name="Sign in")).to_have_attribute(
            "href", "/signin?callbackUrl=%2Ftickets%2FWEB-1"
        )
        page.get_by_role("button", name="Save description").click()
        page.get_by_label("Title").fill("A better title")
        page.get_by_label("Title").press("Enter")
        expect(said).to_have_count(1)
        expect(page.locator("#new-comment")).to_have_value(HALF)
        with page.expect_popup() as opened:
            said.get_by_role("link", name="Sign in").click()
        expect(opened.value.get_by_label("Password")).to_be_visible()
        sign_in(page)
        page.locator(".composer .button.is-primary").click()
        expect(page.locator(".comment .prose")).to_have_text(HALF)
        expect(said).to_have_count(0)
        page.get_by_role("button", name="Save description").click()
        expect(page.locator("#ticket-description .prose")).to_have_text(f"{HALF}, described")
        expect(page.get_by_label("Title")).to_have_value("A better title")

    def test_the_quick_line_stays(self, page: Page, guard: Guard) -> None:
        guard.expected.append("401")
        page.goto("/projects/WEB/list")
        page.keyboard.press("c")
        page.locator("#quick-description").fill(HALF)
        page.get_by_label("Ticket in one line").fill("Fix login !high")
        expect(page.locator(".said-parts")).to_contain_text("High")
        sign_out(page)
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Sign in")).to_be_visible()
        expect(page.get_by_label("Ticket in one line")).to_have_value("Fix login !high")
        expect(page.locator("#quick-description")).to_have_value(HALF)

    def test_a_form_of_the_settings_is_kept_and_sent_again(self, page: Page, guard: Guard) -> None:
        guard.expected.append("401")
        page.goto("/settings/profile")
        page.get_by_label("Name", exact=True).fill("Jane Half-A-Day-Of-Work")
        sign_out(page)
        page.get_by_role("button", name="Save").first.click()
        expect(page.get_by_text("You are signed out")).to_be_visible()
        expect(page.locator("pre")).to_have_text("Jane Half-A-Day-Of-Work")
        expect(page.get_by_role("link", name="Sign in")).to_have_attribute(
            "href", re.compile("callbackUrl=%2Fsettings%2Fprofile")
        )
        sign_in(page)
        page.get_by_role("button", name="Send again").click()
        expect(page.get_by_label("Name", exact=True)).to_have_value("Jane Half-A-Day-Of-Work")
        expect(page.get_by_text("Saved.")).to_be_visible()


class TestDrafts:
    def test_they_are_there_again_until_they_are_sent(self, page: Page) -> None:
        page.goto("/projects/WEB/list?sort=createdAt")
        page.get_by_role("link", name="Feed the zebra").last.click()
        page.locator("#new-comment").fill(HALF)
        page.get_by_role("link", name="Feed the zebra").first.click()
        expect(page.locator("#panel .row-key")).to_have_text("WEB-2")
        expect(page.locator("#new-comment")).to_have_value("")
        page.goto("/my-work")
        page.goto("/tickets/WEB-1")
        expect(page.locator("#new-comment")).to_have_value(HALF)
        page.get_by_role("button", name="Comment", exact=True).click()
        expect(page.locator(".comment .prose")).to_have_text(HALF)
        expect(page.locator("#new-comment")).to_have_value("")
        page.reload()
        expect(page.locator("#new-comment")).to_have_value("")
        assert page.evaluate("localStorage.getItem('codimir.drafts')") is None

    def test_escape_leaves_an_edit_as_a_draft_and_cancel_gives_it_up(self, page: Page) -> None:
        page.goto("/tickets/WEB-1")
        page.keyboard.press("e")
        page.locator("#description").press("!")
        expect(page.locator("#description")).to_have_value("As it is!")
        page.keyboard.press("Escape")
        expect(page.locator("#description")).to_be_hidden()
        page.reload()
        summary = page.locator("#ticket-description summary")
        expect(summary).to_contain_text("draft")
        summary.click()
        expect(page.locator("#description")).to_have_value("As it is!")
        page.locator("#ticket-description").get_by_role("button", name="Cancel").click()
        expect(summary).not_to_contain_text("draft")
        page.reload()
        page.keyboard.press("e")
        expect(page.locator("#description")).to_have_value("As it is")

    def test_nobody_else_finds_them_in_the_same_browser(self, page: Page) -> None:
        page.goto("/tickets/WEB-1")
        page.locator("#new-comment").fill(HALF)
        sign_out(page)
        sign_in(page, "john")
        page.goto("/my-work")
        expect(page.locator("#rail")).to_be_visible()
        page.wait_for_function("localStorage.getItem('codimir.drafts') === null")
        assert page.evaluate("localStorage.getItem('codimir.recent')") is None

    def test_signing_out_forgets_them(self, page: Page) -> None:
        page.goto("/tickets/WEB-1")
        page.locator("#new-comment").fill(HALF)
        assert HALF in page.evaluate("localStorage.getItem('codimir.drafts')")
        page.locator(".rail-bottom summary").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Password")).to_be_visible()
        assert page.evaluate("localStorage.getItem('codimir.drafts')") is None


def test_without_a_connection_a_bar_says_what_is_so_and_covers_nothing(page: Page, guard: Guard) -> None:
    guard.expected.append("ERR_INTERNET_DISCONNECTED")
    page.goto("/tickets/WEB-1")
    page.context.set_offline(offline=True)
    bar = page.get_by_text("You are offline")
    expect(bar).to_contain_text("what you change is not saved")
    below = page.get_by_role("banner").bounding_box()["y"]
    assert bar.bounding_box()["y"] + bar.bounding_box()["height"] <= below
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    page.context.set_offline(offline=False)
    expect(bar).to_have_count(0)


def test_a_problem_that_is_said_again_stands_there_once(page: Page, guard: Guard) -> None:
    guard.expected += ["ERR_INTERNET_DISCONNECTED", "htmx:"]
    page.goto("/tickets/WEB-1")
    page.context.set_offline(offline=True)
    page.locator("#new-comment").fill(HALF)
    for _ in range(2):
        with page.expect_event("requestfailed", lambda request: request.method == "POST"):
            page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert").filter(has_text="No connection")).to_have_count(1)
    expect(page.locator("#new-comment")).to_have_value(HALF)
    page.context.set_offline(offline=False)
