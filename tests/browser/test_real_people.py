"""Real texts in a real browser: bodies of other trackers edited, input methods that compose, keyboards of the cast."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from codimir.database.statements import update_by_id
from codimir.kit.collation import name_keys
from codimir.kit.newlines import normalize_newlines
from codimir.model.users import users
from tests.browser.conftest import Site
from tests.calls import Call
from tests.reality.bodies import SECTIONS, TITLES, body_of
from tests.reality.cast import CAST

CRLF = next(body for body in map(body_of, range(99)) if body.count("\r\n") == body.count("\n") > 10)


@pytest.fixture
def write(visit: Callable[..., Page]) -> Call[Any]:
    """Let Jane write a ticket by the API: `write(title=..., description=...)`."""
    page = visit("jane")

    def create(**fields: Any) -> Any:
        reply = page.request.post("/api/tickets", data={"title": "Real", "projectId": "WEB", **fields})
        assert reply.status == 201, reply.text()
        return reply.json()["data"]

    return create


def description_of(page: Page, key: Any = "WEB-1") -> Any:
    return page.request.get(f"/api/tickets/{key}").json()["data"]["description"]


def edit(page: Page, more: Any) -> None:
    """Open the description, write at its end and save."""
    page.keyboard.press("e")
    area = page.locator("#description")
    expect(area).to_be_focused()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.insert_text(more)
    with page.expect_response("**/tickets/WEB-1/edit"):
        area.press("ControlOrMeta+Enter")


class TestBodies:
    def test_what_came_with_crlf_is_edited_by_turns(self, visit: Callable[..., Page], write: Call[Any]) -> None:
        write(description=CRLF)
        page = visit("jane")
        page.goto("/tickets/WEB-1")
        edit(page, " one")
        expect(page.locator("#description")).to_be_hidden()
        assert description_of(page) == normalize_newlines(CRLF) + " one"
        page.request.put("/api/tickets/WEB-1", data={"description": CRLF + "\r\ntwo\r\n"})
        page.reload()
        edit(page, "three")
        expect(page.locator("#description")).to_be_hidden()
        assert description_of(page) == normalize_newlines(CRLF) + "\ntwo\nthree"

    def test_of_two_tabs_the_later_is_asked_and_loses_nothing(
        self, visit: Callable[..., Page], write: Call[Any]
    ) -> None:
        write(description=CRLF)
        first, second = visit("jane"), visit("john")
        for page in (first, second):
            page.goto("/tickets/WEB-1")
        first.keyboard.press("e")
        expect(first.locator("#description")).to_be_focused()
        edit(second, " theirs")
        expect(second.locator("#description")).to_be_hidden()
        first.keyboard.press("ControlOrMeta+End")
        first.keyboard.insert_text(" mine")
        first.keyboard.press("ControlOrMeta+Enter")
        expect(first.locator(".conflict-text").first).to_contain_text("theirs")
        with first.expect_response("**/tickets/WEB-1/edit"):
            first.get_by_role("button", name="Use mine").click()
        expect(first.locator(".conflict")).to_have_count(0)
        assert description_of(first) == normalize_newlines(CRLF) + " mine"

    def test_none_is_wider_than_a_phone(
        self, visit: Callable[..., Page], write: Call[Any], phone: dict[str, Any]
    ) -> None:
        write(title=max(TITLES, key=len), description="\n\n".join(body_of(seed) for seed in range(len(SECTIONS))))
        page = visit("jane", **phone)
        for path in ("/tickets/WEB-1", "/tickets", "/projects/WEB/board"):
            page.goto(path)
            expect(page.locator("main")).to_be_visible()
            assert page.evaluate("document.scrollingElement.scrollWidth") == 390, path
        page.goto("/tickets/WEB-1")
        assert page.evaluate("document.querySelector('#content').scrollWidth") <= 390


class InputMethod:
    """An input method as Chromium knows them: what is composed is in the field, and keys go to the method."""

    def __init__(self, page: Page) -> None:
        self.session = page.context.new_cdp_session(page)

    def compose(self, text: str) -> None:
        at = {"selectionStart": len(text), "selectionEnd": len(text)}
        self.session.send("Input.imeSetComposition", {"text": text, **at})

    def press(self, key: Any) -> None:
        taken = {"key": key, "code": key, "windowsVirtualKeyCode": 229}
        self.session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **taken})
        self.session.send("Input.dispatchKeyEvent", {"type": "keyUp", **taken})

    def commit(self, text: str) -> None:
        self.session.send("Input.insertText", {"text": text})


class TestComposing:
    def test_the_quick_line_waits_for_the_whole_word(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/projects/WEB/list")
        page.keyboard.press("c")
        line = page.get_by_label("Ticket in one line")
        expect(line).to_be_focused()
        method = InputMethod(page)
        method.compose("がめん")
        for key in ("Enter", "Escape"):
            method.press(key)
            expect(line).to_have_value("がめん")
        method.commit("画面が白い")
        with page.expect_response("**/api/tickets/quick"):
            line.press("Enter")
        [ticket] = page.request.get("/api/tickets").json()["data"]
        assert ticket["title"] == "画面が白い"

    def test_a_comment_is_sent_when_nothing_is_composed(self, visit: Callable[..., Page], write: Call[Any]) -> None:
        write()
        page = visit("jane")
        page.goto("/tickets/WEB-1")
        comment = page.locator("#new-comment")
        comment.click()
        method = InputMethod(page)
        method.compose("かくにん")
        method.press("Enter")
        expect(comment).to_have_value("かくにん")
        method.commit("確認")
        with page.expect_response("**/tickets/WEB-1/comments"):
            comment.press("ControlOrMeta+Enter")
        [sent] = page.request.get("/api/tickets/WEB-1/comments").json()["data"]
        assert sent["content"] == "確認"

    def test_whom_one_mentions_is_chosen_after_the_name_is_composed(
        self, visit: Callable[..., Page], write: Call[Any], site: Site
    ) -> None:
        write()
        name = CAST["mia"].name
        set_name = update_by_id(users, frozenset({"name", *name_keys(name)}))
        site.do(lambda tx: tx.execute(set_name, row_id="user_mia", name=name, **name_keys(name)))
        page = visit("jane")
        page.goto("/tickets/WEB-1")
        comment = page.locator("#new-comment")
        comment.click()
        page.keyboard.type("cc @")
        method = InputMethod(page)
        method.compose("さとう")
        method.press("Enter")
        expect(comment).to_have_value("cc @さとう")
        method.commit("佐藤")
        expect(page.get_by_role("option", name=name)).to_be_visible()
        comment.press("Enter")
        expect(comment).to_have_value("cc @mia ")


class TestKeyboards:
    @pytest.mark.parametrize("who", [who for who, human in CAST.items() if human.keyboard])
    def test_keys_of_a_ticket_are_where_somebody_has_them(
        self, visit: Callable[..., Page], write: Call[Any], who: Any
    ) -> None:
        write()
        page = visit("jane")
        page.goto("/tickets/WEB-1")
        session = page.context.new_cdp_session(page)
        for letter, field in (("s", "status"), ("p", "priority")):
            key, code = CAST[who].keyboard[letter]
            for kind in ("rawKeyDown", "keyUp"):
                session.send("Input.dispatchKeyEvent", {"type": kind, "key": key, "code": code})
            menu = page.locator(".popup[popover]")
            expect(menu).to_be_visible()
            expect(menu).to_contain_text({"status": "In progress", "priority": "Highest"}[field])
            page.keyboard.press("Escape")
            expect(menu).to_have_count(0)
