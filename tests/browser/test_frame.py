"""The frame around every page: rail, theme, keys, errors, and the way in."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Guard


class TestViews:
    @pytest.mark.parametrize("path", ["/projects/WEB/board", "/tickets/WEB-1", "/settings/projects/WEB"])
    def test_they_stand_in_the_bar_alone_and_keys_lead_to_them(
        self, visit: Callable[..., Page], fill: Callable[..., None], path: str
    ) -> None:
        fill()
        page = visit("ada")
        page.goto(path)
        for name in ("Board", "List"):
            expect(page.get_by_role("link", name=name, exact=True)).to_have_count(1)
        expect(page.locator(".rail a[href^='/projects/WEB/']")).to_have_count(1)
        for key, view in (("l", "list"), ("d", "dashboard"), ("b", "board")):
            page.keyboard.press("g")
            page.keyboard.press(key)
            page.wait_for_url(f"**/projects/WEB/{view}")

    def test_a_phone_names_the_project_and_leads_back_to_it(
        self, visit: Callable[..., Page], fill: Callable[..., None], phone: dict[str, Any]
    ) -> None:
        fill()
        page = visit("jane", **phone)
        for path in ("/projects/WEB/board", "/tickets/WEB-1"):
            page.goto(path)
            expect(page.locator(".crumbs").get_by_role("link", name="Website")).to_be_in_viewport()
        page.locator(".crumbs").get_by_role("link", name="Website").click()
        page.wait_for_url("**/projects/WEB/list")


class TestSignIn:
    def test_who_is_not_signed_in_is_led_there_and_back(self, visit: Callable[..., Page]) -> None:
        page = visit(None)
        page.goto("/tickets?status=todo")
        expect(page).to_have_url(re.compile(r"/signin\?callbackUrl=%2Ftickets%3Fstatus%3Dtodo"))
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    def test_a_wrong_password_is_said(self, visit: Callable[..., Page]) -> None:
        page = visit(None)
        page.goto("/signin")
        page.get_by_label("E-mail").fill("jane@example.com")
        page.get_by_label("Password").fill("wrong horse")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_have_text(re.compile("The e-mail or the password is wrong"))

    def test_it_has_no_barrier(self, visit: Callable[..., Page], barriers: Callable[[Page], list[str]]) -> None:
        page = visit(None)
        page.goto("/signin")
        assert barriers(page) == []

    def test_signing_out_leads_to_it(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/tickets")
        page.get_by_label("Jane Smith").first.click()
        page.get_by_role("button", name="Sign out").click()
        expect(page).to_have_url(re.compile("/signin"))
        page.goto("/tickets")
        expect(page).to_have_url(re.compile("/signin"))


class TestFrame:
    def test_it_has_no_barrier_in_light_and_dark(
        self, visit: Callable[..., Page], barriers: Callable[[Page], list[str]]
    ) -> None:
        for scheme in ("light", "dark"):
            page = visit("jane", color_scheme=scheme)
            page.goto("/tickets")
            assert barriers(page) == []

    def test_the_theme_is_kept(self, visit: Callable[..., Page]) -> None:
        page = visit("jane", color_scheme="light")
        page.goto("/tickets")
        page.get_by_label("Jane Smith").first.click()
        page.get_by_role("button", name="Dark").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.reload()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 24, 27)"

    def test_the_rail_collapses_and_stays_so(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/tickets")
        page.keyboard.press("[")
        expect(page.locator("html")).to_have_attribute("data-rail", "small")
        page.reload()
        expect(page.locator("html")).to_have_attribute("data-rail", "small")

    def test_on_a_phone_the_rail_is_a_drawer(self, visit: Callable[..., Page], phone: dict[str, Any]) -> None:
        page = visit("jane", **phone)
        page.goto("/tickets")
        expect(page.get_by_role("link", name="Inbox")).to_be_hidden()
        page.get_by_role("link", name="Open the menu").click()
        expect(page.get_by_role("link", name="Inbox")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("link", name="Inbox")).to_be_hidden()

    def test_keys_are_listed(self, visit: Callable[..., Page]) -> None:
        page = visit("jane")
        page.goto("/tickets")
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("Create ticket")).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()

    def test_it_speaks_german(self, visit: Callable[..., Page]) -> None:
        page = visit("jane", locale="de-DE")
        page.goto("/tickets")
        expect(page.get_by_role("heading", name="Alle Tickets")).to_be_visible()


class TestErrors:
    def test_what_is_not_there_is_said_on_a_page(
        self, visit: Callable[..., Page], guard: Guard, barriers: Callable[[Page], list[str]]
    ) -> None:
        guard.expected.append("404")
        page = visit("jane")
        for path in ("/projects/NONE/list", "/projects/EVIL/list", "/nowhere"):
            assert page.goto(path).status == 404
            expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
        assert barriers(page) == []

    def test_a_wrong_filter_can_be_left(self, visit: Callable[..., Page], guard: Guard) -> None:
        guard.expected.append("400")
        page = visit("jane")
        page.goto("/tickets?status=tood")
        page.get_by_role("link", name="Clear filters").click()
        expect(page).to_have_url(re.compile("/tickets$"))


class TestWithoutJavaScript:
    def test_the_theme_is_a_form(self, visit: Callable[..., Page]) -> None:
        page = visit("jane", java_script_enabled=False)
        page.goto("/tickets?status=todo")
        page.get_by_label("Jane Smith").first.click()
        page.get_by_role("button", name="Dark").click()
        expect(page).to_have_url(re.compile(r"/tickets\?status=todo"))
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
