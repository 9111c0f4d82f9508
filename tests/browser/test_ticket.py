"""The page of a ticket, and the panel with the same."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Guard, Site

PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PASTE = """(picture) => {
  const bytes = Uint8Array.from(atob(picture), (each) => each.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "screen.png", { type: "image/png" }));
  const field = document.getElementById("new-comment");
  field.focus();
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


class Api:
    """The API as Jane uses it beside her browser."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, headers={"cookie": "next-auth.session-token=session-of-jane"})

    def make(self, **fields: Any) -> Any:
        reply = self.http.post("/api/tickets", json={"title": "Fix login", "projectId": "WEB", **fields})
        assert reply.status_code == 201, reply.text
        return reply.json()["data"]

    def get(self, ref: str) -> Any:
        return self.http.get(f"/api/tickets/{ref}").json()["data"]

    def put(self, ref: str, **fields: Any) -> None:
        assert self.http.put(f"/api/tickets/{ref}", json=fields).status_code == 200


@pytest.fixture
def api(site: Site) -> Any:
    made = Api(site.address)
    yield made
    made.http.close()


class TestTicket:
    def test_it_has_no_barrier_on_a_desk_and_a_phone(
        self, visit: Callable[..., Page], api: Any, barriers: Callable[[Page], list[str]], phone: dict[str, Any]
    ) -> None:
        api.make(description="**Bold** and `code`\n\n- [ ] a task", labelIds=["label_1"])
        api.http.post("/api/tickets/WEB-1/comments", json={"content": "Seen by @john"})
        for options in ({"color_scheme": "light"}, {"color_scheme": "dark"}, phone):
            page = visit("jane", **options)
            page.goto("/tickets/WEB-1")
            assert barriers(page) == []

    def test_title_and_description_are_edited_in_place(self, visit: Callable[..., Page], api: Any) -> None:
        api.make()
        page = visit("jane")
        page.goto("/tickets/WEB-1")
        page.get_by_label("Title").fill("Fix the login")
        page.keyboard.press("Enter")
        expect(page.locator(".happening", has_text="Fix the login")).to_be_visible()
        page.get_by_label("Title").blur()
        page.keyboard.press("e")
        page.locator("#description").fill("It is **broken**, see WEB-1")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#ticket-description .prose strong")).to_have_text("broken")
        expect(page.locator("#ticket-description .ticket-link")).to_have_attribute("href", "/tickets/WEB-1")
        told = api.get("WEB-1")
        assert (told["title"], told["description"]) == ("Fix the login", "It is **broken**, see WEB-1")

    def test_a_conflict_shows_both_and_loses_neither(self, visit: Callable[..., Page], api: Any) -> None:
        api.make(description="First")
        page = visit("jane")
        page.goto("/tickets/WEB-1")
        page.keyboard.press("e")
        api.put("WEB-1", description="Theirs")
        page.locator("#description").fill("Mine")
        page.get_by_role("button", name="Save description").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("Theirs", exact=True).first).to_be_visible()
        expect(dialog.get_by_text("Mine", exact=True).first).to_be_visible()
        assert api.get("WEB-1")["description"] == "Theirs"
        dialog.get_by_role("button", name="Use mine").click()
        expect(dialog).to_have_count(0)
        expect(page.locator("#ticket-description .prose")).to_have_text("Mine")
        assert api.get("WEB-1")["description"] == "Mine"

    def test_status_is_changed_by_keys_and_taken_back(self, visit: Callable[..., Page], api: Any) -> None:
        api.make()
        page = visit("jane")
        page.goto("/tickets/WEB-1")
        page.keyboard.press("s")
        page.get_by_role("button", name="In progress").click()
        expect(page.locator("#ticket-side")).to_contain_text("In progress")
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("#ticket-side")).to_contain_text("Backlog")

    def test_comment_is_written_edited_and_deleted(self, visit: Callable[..., Page], api: Any) -> None:
        api.make()
        page = visit("jane")
        page.goto("/tickets/WEB-1")
        page.keyboard.press("m")
        page.keyboard.type("Hello @john")
        page.keyboard.press("Control+Enter")
        comment = page.locator(".comment")
        expect(comment.locator(".mention")).to_have_text("@john")
        expect(page.locator("#new-comment")).to_have_value("")
        comment.get_by_label("Edit comment").click()
        comment.locator("textarea").fill("Hello all")
        comment.get_by_role("button", name="Save comment").click()
        expect(comment.locator(".prose")).to_have_text("Hello all")
        comment.get_by_label("Edit comment").click()
        comment.get_by_role("button", name="Delete").click()
        expect(page.locator(".comment")).to_have_count(0)

    def test_a_pasted_picture_stands_where_it_was_pasted_and_moves_nothing(
        self, visit: Callable[..., Page], api: Any
    ) -> None:
        api.make(description="\n\n".join(["A long text"] * 60))
        page = visit("jane")
        page.goto("/tickets/WEB-1")
        composer = page.locator("#new-comment")
        composer.focus()
        top = composer.bounding_box()["y"]
        page.evaluate(PASTE, PICTURE)
        expect(composer).to_have_value(re.compile(r"!\[screen\.png\]\(/api/tickets/.+\)"))
        expect(page.locator(".file-thumb img")).to_have_count(1)
        assert composer.bounding_box()["y"] == pytest.approx(top, abs=2)
        composer.press("Control+Enter")
        expect(page.locator(".comment .prose img")).to_be_in_viewport()
        expect(page.locator(".file")).to_have_count(0)
        assert composer.bounding_box()["y"] == pytest.approx(top, abs=40)
        assert api.get("WEB-1")["_count"]["attachments"] == 1

    def test_what_somebody_writes_is_not_swept_away(self, visit: Callable[..., Page], api: Any) -> None:
        api.make()
        page = visit("jane")
        page.goto("/tickets/WEB-1")
        page.keyboard.press("e")
        page.locator("#description").fill("Not yet saved")
        api.put("WEB-1", title="Fix the login", description="Theirs")
        expect(page.get_by_label("Title")).to_have_value("Fix the login")
        expect(page.locator("#description")).to_have_value("Not yet saved")

    def test_what_is_pressed_stays_until_it_is_released(self, visit: Callable[..., Page], api: Any) -> None:
        api.make()
        page = visit("jane")
        with page.expect_response("**/api/events/stream*"):
            page.goto("/tickets/WEB-1")
        page.get_by_role("button", name="Move to trash").hover()
        page.mouse.down()
        api.put("WEB-1", title="Fix the login", priority="highest")
        expect(page.get_by_label("Title")).to_have_value("Fix the login")
        page.mouse.up()
        expect(page.get_by_text("WEB-1 moved to the trash")).to_be_visible()

    def test_time_is_logged_as_people_write_it(self, visit: Callable[..., Page], api: Any) -> None:
        api.make()
        page = visit("jane")
        page.goto("/tickets/WEB-1")
        page.get_by_text("None logged").click()
        page.get_by_label("Time spent").fill("1h 30m")
        page.keyboard.press("Enter")
        expect(page.locator("#ticket-side")).to_contain_text("1h 30m")

    def test_that_somebody_deletes_it_is_said(self, visit: Callable[..., Page], api: Any) -> None:
        api.make()
        page = visit("john")
        with page.expect_response("**/api/events/stream*"):
            page.goto("/tickets/WEB-1")
        assert api.http.delete("/api/tickets/WEB-1").status_code in {200, 204}
        expect(page.get_by_text("This ticket is in the trash now.")).to_be_visible()

    def test_it_goes_to_the_trash_and_back_where_one_is(self, visit: Callable[..., Page], api: Any) -> None:
        api.make()
        page = visit("jane")
        page.goto("/projects/WEB/board")
        page.get_by_role("link", name="Fix login").click()
        page.get_by_role("button", name="Move to trash").click()
        expect(page.get_by_text("WEB-1 moved to the trash")).to_be_visible()
        expect(page.locator("#panel")).to_be_hidden()
        expect(page).to_have_url(re.compile("/projects/WEB/board$"))
        expect(page.locator(".card")).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".card")).to_have_count(1)
        page.goto("/tickets/WEB-1")
        page.locator("#new-comment").fill("Half")
        page.get_by_role("button", name="Move to trash").click()
        expect(page.get_by_text("This ticket is in the trash now.")).to_be_visible()
        expect(page).to_have_url(re.compile("/tickets/WEB-1$"))
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("This ticket is in the trash now.")).to_have_count(0)
        expect(page.locator("#new-comment")).to_have_value("Half")
        page.get_by_role("button", name="Comment", exact=True).click()
        expect(page.locator(".comment")).to_have_count(1)

    def test_who_only_reads_finds_nothing_to_change(self, visit: Callable[..., Page], api: Any) -> None:
        api.make(description="Text")
        page = visit("victor")
        page.goto("/tickets/WEB-1")
        expect(page.get_by_role("heading", name="Fix login")).to_be_visible()
        for field in ("textarea", "select", "[data-pick]", "#ticket input"):
            expect(page.locator(f"#ticket {field}" if field[0] != "#" else field)).to_have_count(0)

    def test_it_opens_in_the_panel_and_follows_the_keys(self, visit: Callable[..., Page], api: Any) -> None:
        api.make(title="First")
        api.make(title="Second")
        page = visit("jane")
        page.goto("/projects/WEB/list?sort=createdAt&order=asc")
        page.get_by_role("link", name="First").click()
        expect(page.locator("#panel").get_by_label("Title")).to_have_value("First")
        page.keyboard.press("j")
        expect(page.locator("#panel").get_by_label("Title")).to_have_value("Second")
        page.keyboard.press("Escape")
        expect(page.locator("#panel")).to_be_hidden()

    def test_it_is_read_and_changed_without_javascript(self, visit: Callable[..., Page], api: Any) -> None:
        api.make(description="**Bold**")
        page = visit("jane", java_script_enabled=False)
        page.goto("/tickets/WEB-1")
        expect(page.locator(".prose strong")).to_have_text("Bold")
        page.locator("#new-comment").fill("Without a script")
        page.get_by_role("button", name="Comment").click()
        expect(page.locator(".comment")).to_contain_text("Without a script")
        page.get_by_label("Title").fill("Fix the login")
        page.get_by_role("button", name="Save title").click()
        page.locator("#ticket-description summary").click()
        page.locator("#description").fill("It is **broken**")
        page.get_by_role("button", name="Save description").click()
        expect(page.locator(".prose strong")).to_have_text("broken")
        for field, value in (("status", "In progress"), ("assignee", "John Doe"), ("label", "bug")):
            page.locator(f"#ticket-side [data-pick={field}]").click()
            page.get_by_role("button", name=value).click()
            expect(page.locator(f"#ticket-side [data-pick={field}]")).to_contain_text(value)
        told = api.get("WEB-1")
        assert (told["title"], told["status"], told["assigneeId"]) == ("Fix the login", "in_progress", "user_102")

    def test_a_conflict_shows_both_without_javascript(self, visit: Callable[..., Page], api: Any, guard: Guard) -> None:
        guard.expected.append("409")
        api.make(description="First")
        page = visit("jane", java_script_enabled=False)
        page.goto("/tickets/WEB-1")
        page.locator("#ticket-description summary").click()
        page.locator("#description").fill("Mine")
        api.put("WEB-1", description="Theirs")
        page.get_by_role("button", name="Save description").click()
        expect(page.locator(".conflict-text")).to_have_text(["Theirs", "Mine"])
        assert api.get("WEB-1")["description"] == "Theirs"
        page.get_by_role("button", name="Use mine").click()
        expect(page.locator("#ticket-description .prose")).to_have_text("Mine")
