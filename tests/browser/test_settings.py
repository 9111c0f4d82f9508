"""Settings in a browser: what is shown once is used, what is chosen is seen."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import FilePayload, Page, expect
from standardwebhooks import Webhook

from codimir.config import Settings
from codimir.kit.networks import Networks
from tests.browser.conftest import PATIENCE, Guard, Site
from tests.pictures.samples import encoded, left_and_right

BROKEN = 503


def test_a_token_is_shown_once_and_opens_the_api(
    visit: Callable[..., Page], site: Site, barriers: Callable[[Page], list[str]]
) -> None:
    page = visit("jane")
    page.goto("/settings/tokens")
    page.get_by_label("Name").fill("The build")
    page.get_by_role("button", name="Create token").click()
    token = page.get_by_label("The build").input_value()
    assert barriers(page) == []
    reply = visit(None).request.get("/api/user/profile", headers={"authorization": f"Bearer {token}"})
    assert reply.json()["data"]["name"] == "Jane Smith"
    page.goto("/settings/tokens")
    expect(page.get_by_text("The build", exact=True)).to_be_visible()
    expect(page.get_by_text(token)).to_have_count(0)


def test_an_invitation_is_accepted_in_another_browser(visit: Callable[..., Page]) -> None:
    page = visit("ada")
    page.goto("/settings/members")
    page.get_by_label("E-mail").fill("grace@example.com")
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_label("grace@example.com").input_value()
    other = visit(None)
    other.goto(link)
    other.get_by_label("Your name").fill("Grace Hopper")
    other.get_by_label("Password").fill("nanoseconds of wire")
    other.get_by_role("button", name="Join").click()
    expect(other.get_by_label("Grace Hopper")).to_be_visible()


def test_a_label_gets_a_colour_without_scripts(visit: Callable[..., Page]) -> None:
    page = visit("ada", java_script_enabled=False)
    page.goto("/settings/labels")
    page.get_by_label("Name").last.fill("Blocked")
    page.get_by_label("#d73a4a").last.check()
    page.get_by_role("button", name="Create label").click()
    label = page.locator(".label", has_text="Blocked")
    expect(label.locator("circle")).to_have_attribute("fill", "#d73a4a")


def test_preferences_in_german_and_dark(visit: Callable[..., Page]) -> None:
    page = visit("jane")
    page.goto("/settings/preferences")
    page.get_by_label("Dark", exact=True).last.check()
    page.get_by_label("Language").select_option("de")
    page.get_by_role("button", name="Save the preferences").click()
    expect(page.get_by_role("status")).to_have_text(re.compile("Gespeichert"))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


class Receiver(HTTPServer):
    """A real receiver of webhooks, which says that it is broken until it is mended."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.answer = BROKEN
        self.got: list[Any] = []


class Answering(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.server.got.append((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(self.server.answer)
        if self.server.answer == BROKEN:
            self.send_header("retry-after", "600")  # so that nothing but the click sends it again
        self.end_headers()
        self.wfile.write(b"Out for lunch" if self.server.answer == BROKEN else b"Thank you")

    def log_message(self, *said: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Any]:
    with Receiver() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


class TestWebhooks:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return Settings(data_dir=tmp_path / "data", webhook_allowed_ranges=Networks("127.0.0.0/8"))

    def test_a_delivery_is_looked_into_and_sent_again(
        self, visit: Callable[..., Page], receiver: Any, fill: Callable[..., None]
    ) -> None:
        page = visit("ada")
        page.goto("/settings/webhooks/new")
        page.get_by_label("Address").fill(f"http://127.0.0.1:{receiver.server_port}/hook")
        page.get_by_role("button", name="Create webhook").click()
        secret = page.get_by_role("textbox", name="Secret").input_value()
        page.goto("/settings/webhooks")
        page.get_by_role("link", name="http://127.0.0.1").click()
        fill()
        log = page.get_by_role("link", name="ticket.created")
        again_until_shown(page, log)
        log.click()
        look_again = page.get_by_role("link", name="Look again")
        again_until_shown(page, page.get_by_text("Out for lunch"), look_again)
        expect(page.get_by_text(f"POST http://127.0.0.1:{receiver.server_port}/hook")).to_be_visible()
        expect(page.locator(".exchange", has_text="Feed the zebra")).to_be_visible()
        receiver.answer = 200
        page.get_by_role("button", name="Send again").click()
        again_until_shown(page, page.get_by_text("Thank you"), look_again)
        expect(page.get_by_text("Delivered")).to_be_visible()
        headers, body = receiver.got[-1]
        assert Webhook(secret).verify(body, headers)["data"]["ticket"]["title"] == "Feed the zebra"


def again_until_shown(page: Page, what: Any, look_again: Any = None) -> None:
    """Look again until the page shows something: a log does not change by itself."""
    for _ in range(PATIENCE // 250):
        if what.count():
            return
        page.wait_for_timeout(250)
        page.reload() if look_again is None else look_again.click()
    pytest.fail(f"{what} does not come")


class TestTrash:
    def test_a_ticket_goes_there_and_comes_back_with_all_that_it_had(
        self, visit: Callable[..., Page], fill: Callable[..., None]
    ) -> None:
        fill(2, label_ids=["label_1"])
        page = visit("jane")
        page.goto("/tickets/WEB-1")
        page.locator("#new-comment").fill("Still hungry")
        page.get_by_role("button", name="Comment").click()
        expect(page.locator(".comment")).to_have_count(1)
        page.get_by_role("button", name="Move to trash").click()
        expect(page.get_by_text("WEB-1 moved to the trash")).to_be_visible()
        page.goto("/projects/WEB/list")
        expect(page.locator("[data-ticket]")).to_have_count(1)
        page.goto("/settings/trash")
        page.get_by_role("button", name="Restore Feed the zebra").click()
        expect(page.get_by_text("Nothing here")).to_be_visible()
        page.goto("/tickets/WEB-1")
        expect(page.locator(".comment .prose")).to_have_text("Still hungry")
        expect(page.locator("#ticket-side .label")).to_have_text("bug")


class TestSelects:
    @pytest.mark.parametrize("has_scripts", [True, False])
    def test_their_list_is_drawn_as_our_menus_are(self, visit: Callable[..., Page], *, has_scripts: bool) -> None:
        page = visit("ada", java_script_enabled=has_scripts, color_scheme="dark")
        page.goto("/settings/members")
        role = page.get_by_label("Role", exact=True)
        role.click()
        reader = page.get_by_role("option", name="Reader")
        expect(reader).to_have_css("border-radius", "4px")
        expect(reader).to_have_css("min-height", "30px")
        expect(page.get_by_role("option", name="Member", exact=True)).to_be_visible()
        reader.click()
        expect(role).to_have_value("VIEWER")
        expect(role).to_have_css("height", "34px")

    def test_keys_choose_in_them(self, visit: Callable[..., Page], barriers: Callable[[Page], list[str]]) -> None:
        page = visit("jane")
        page.goto("/settings/preferences")
        language = page.get_by_label("Language")
        language.focus()
        page.keyboard.press("Enter")
        assert barriers(page) == []
        page.keyboard.press("D")
        page.keyboard.press("Enter")
        expect(language).to_have_value("de")


class TestAudit:
    def test_it_says_who_did_what_and_is_downloaded(
        self, visit: Callable[..., Page], fill: Callable[..., None]
    ) -> None:
        fill(1)
        page = visit("ada")
        page.goto("/tickets/WEB-1")
        page.get_by_label("Title").fill("Feed the lion")
        with page.expect_response("**/edit"):
            page.keyboard.press("Enter")
        page.goto("/settings/audit")
        for name, chosen in (("Who", "Ada Owner"), ("What", "ticket.updated")):
            page.locator("summary", has_text=name).click()
            page.get_by_role("link", name=chosen, exact=True).click()
        entry = page.locator(".audit-entry")
        expect(page.get_by_text("1 entry")).to_be_visible()
        expect(entry).to_contain_text("Ada Owner")
        expect(entry.locator("del")).to_have_text("Feed the zebra")
        expect(entry.locator("ins")).to_have_text("Feed the lion")
        with page.expect_download() as downloading:
            page.get_by_role("link", name="Download JSON lines").click()
        [line] = downloading.value.path().read_bytes().splitlines()
        assert msgspec.json.decode(line)["changes"] == {"title": ["Feed the zebra", "Feed the lion"]}

    def test_days_are_chosen_in_the_month(
        self, visit: Callable[..., Page], fill: Callable[..., None], barriers: Callable[[Page], list[str]]
    ) -> None:
        fill(1)
        page = visit("ada", locale="de-DE")
        page.goto("/settings/audit?actor=user_ada&from=2024-02-05")
        page.locator("summary", has_text="Wann").click()
        expect(page.locator("input[type=date]")).to_have_count(0)
        expect(page.get_by_role("button", name="Von: 05.02.2024")).to_have_attribute("aria-pressed", "false")
        assert barriers(page) == []
        page.get_by_role("button", name="Von: 05.02.2024").click()
        expect(page.get_by_text("Februar 2024")).to_be_visible()
        page.get_by_role("button", name="Dienstag, 6. Februar 2024").click()
        expect(page.get_by_role("button", name="Von: 06.02.2024")).to_be_visible()
        page.get_by_role("button", name="Nächster Monat").click()
        page.locator(".month-day[value='2024-03-01']").first.click()
        expect(page.get_by_role("button", name="Bis: 01.03.2024")).to_be_visible()
        page.get_by_role("button", name="Von: Entfernen").click()
        expect(page.get_by_role("button", name="Von: Beliebig")).to_be_focused()
        page.get_by_role("button", name="Anzeigen").click()
        page.wait_for_url("**/settings/audit?actor=user_ada&from=&to=2024-03-01")
        expect(page.locator("summary", has_text="Wann")).to_contain_text("bis 1. März 2024")
        expect(page.locator(".audit-entry")).to_have_count(0)

    def test_days_are_fields_of_the_browser_without_scripts(self, visit: Callable[..., Page]) -> None:
        page = visit("ada", java_script_enabled=False)
        page.goto("/settings/audit")
        page.locator("summary", has_text="When").click()
        page.get_by_label("From").fill("2024-02-05")
        page.get_by_role("button", name="Show").click()
        expect(page.locator("summary", has_text="When")).to_contain_text("from 5 Feb 2024")

    def test_who_does_not_administer_finds_none(self, visit: Callable[..., Page], guard: Guard) -> None:
        guard.expected.append("403")
        page = visit("jane")
        assert page.goto("/settings/audit").status == 403
        page.goto("/settings/profile")
        expect(page.get_by_role("link", name="Audit")).to_have_count(0)


def test_a_picture_is_uploaded_and_taken_back(
    visit: Callable[..., Page], guard: Guard, barriers: Callable[[Page], list[str]]
) -> None:
    page = visit("jane")
    page.goto("/settings/profile")
    own = page.locator(".rail .avatar img")
    expect(own).to_have_attribute("src", re.compile("^/pictures/[0-9a-f]{40}$"))
    picture: FilePayload = {"name": "me.png", "mimeType": "image/png", "buffer": encoded(left_and_right())}
    page.get_by_label("A picture of you").set_input_files(picture)
    page.get_by_role("button", name="Upload the picture").click()
    expect(own).to_have_attribute("src", re.compile("^/api/pictures/[0-9a-f]{40}$"))
    assert own.evaluate("image => image.decode().then(() => image.naturalWidth)") == 256
    assert barriers(page) == []
    guard.expected.append("400")
    page.get_by_label("A picture of you").set_input_files({**picture, "buffer": b"hello"})
    page.get_by_role("button", name="Upload the picture").click()
    expect(page.get_by_role("alert")).to_have_text("Must be a picture: PNG, JPEG, WebP or GIF")
    page.get_by_role("button", name="Remove the picture").click()
    expect(page.locator(".rail .avatar img")).to_have_count(0)
    expect(page.locator(".rail .avatar").last).to_have_text("JS")
