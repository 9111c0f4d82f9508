"""The first set-up, an invitation and a new password, from the link to the start."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from codimir.accounts.invitations.actions import invite
from codimir.accounts.invitations.schemas import InvitationCreate
from codimir.accounts.passwords.actions import make_reset_link
from codimir.accounts.setup.actions import offer_setup
from codimir.authentication.passwords import hash_password
from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope
from codimir.database.statements import update_by_id
from codimir.model.users import users
from tests.browser.conftest import ADA, Guard, Site
from tests.calls import AsyncCall

PASSWORD = "nanoseconds of wire"
ROOT = Actor("user_root", "Root Admin", "ADMIN", {})


class TestSetup:
    @pytest.fixture
    def load_cast(self) -> AsyncCall[Any]:
        """Nobody is there yet."""

        async def nobody(_tx: Any) -> Any:
            return None

        return nobody

    def test_an_empty_instance_is_set_up(
        self, visit: Callable[..., Page], site: Site, barriers: Callable[[Page], list[str]], guard: Guard
    ) -> None:
        guard.expected.append("400")
        token = site.do(offer_setup)
        page = visit(None)
        page.goto(f"/setup/{token}")
        assert barriers(page) == []
        page.get_by_label("Your name").fill("Grace Hopper")
        page.get_by_label("E-mail").fill("grace@example.com")
        page.get_by_label("Name of the workspace").fill("Navy")
        page.get_by_label("Password").fill("short")
        page.get_by_role("button", name="Begin").click()
        expect(page.get_by_label("Password")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_label("Password")).to_be_focused()
        page.get_by_label("Password").fill("nanoseconds of wire")
        page.get_by_role("button", name="Begin").click()
        expect(page.get_by_role("heading", name="Your first project")).to_be_visible()
        page.get_by_label("Name").fill("Compilers")
        page.get_by_role("button", name="Create project").click()
        expect(page).to_have_url(re.compile("/projects/COM/list$"))
        expect(page.get_by_text("No tickets yet")).to_be_visible()
        guard.expected.append("404")
        page.goto(f"/setup/{token}")
        expect(page.get_by_text("This link was used already")).to_be_visible()


class TestSignIn:
    @pytest.fixture(autouse=True)
    def password(self, site: Site) -> None:
        kept = hash_password(PASSWORD)
        change = update_by_id(users, frozenset({"password_hash"}))
        site.do(lambda tx: tx.execute(change, row_id="user_101", password_hash=kept))

    @pytest.mark.parametrize("scripts", [True, False])
    def test_who_mistypes_the_password_types_only_that_again(
        self, visit: Callable[..., Page], barriers: Callable[[Page], list[str]], *, scripts: bool
    ) -> None:
        page = visit(None, java_script_enabled=scripts)
        page.goto("/projects/WEB/list?status=todo")
        page.get_by_label("E-mail").fill("jane@example.com")
        page.get_by_label("Password").fill("nanoseconds of wine")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_have_text("The e-mail or the password is wrong.")
        expect(page.get_by_label("E-mail")).to_have_value("jane@example.com")
        expect(page.get_by_label("Password")).to_be_focused()
        assert "jane" not in page.url
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/projects/WEB/list\?status=todo$"))

    def test_the_form_is_empty_for_whoever_comes_next(self, visit: Callable[..., Page]) -> None:
        page = visit(None)
        page.goto("/signin")
        page.get_by_label("E-mail").fill("jane@example.com")
        page.get_by_label("Password").fill("nanoseconds of wine")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_label("E-mail")).to_have_value("jane@example.com")
        page.goto("/signin")
        expect(page.get_by_label("E-mail")).to_have_value("")
        expect(page.get_by_label("E-mail")).to_be_focused()


class TestInvitation:
    def test_someone_new_comes_in(
        self, visit: Callable[..., Page], site: Site, barriers: Callable[[Page], list[str]]
    ) -> None:
        new = InvitationCreate(email="grace@example.com")
        _, token = site.do(lambda tx: invite(tx, ADA, Scope("workspace_789"), new))
        page = visit(None, timezone_id="Asia/Tokyo")
        page.goto(f"/invite/{token}")
        expect(page.get_by_role("heading", name="Join Acme")).to_be_visible()
        assert barriers(page) == []
        page.get_by_label("Your name").fill("Grace Hopper")
        page.get_by_label("Password").fill("nanoseconds of wire")
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_label("Grace Hopper")).to_be_visible()
        page.goto("/settings/preferences")
        expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")

    def test_anyone_with_the_link_comes_in_with_their_own_e_mail(
        self, visit: Callable[..., Page], site: Site, barriers: Callable[[Page], list[str]], guard: Guard
    ) -> None:
        guard.expected.append("409")
        _, token = site.do(lambda tx: invite(tx, ADA, Scope("workspace_789"), InvitationCreate()))
        page = visit(None)
        page.goto(f"/invite/{token}")
        assert barriers(page) == []
        page.get_by_label("Your name").fill("Grace Hopper")
        page.get_by_label("E-mail").fill("jane@example.com")
        page.get_by_label("Password").fill("nanoseconds of wire")
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_text("Someone with this e-mail already exists")).to_be_visible()
        expect(page.get_by_label("E-mail")).to_be_focused()
        page.get_by_label("E-mail").fill("grace@example.com")
        page.get_by_label("Password").fill("nanoseconds of wire")
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_label("Grace Hopper")).to_be_visible()

    def test_who_is_signed_in_accepts(self, visit: Callable[..., Page], site: Site) -> None:
        new = InvitationCreate(email="eve@example.com")
        _, token = site.do(lambda tx: invite(tx, ADA, Scope("workspace_789"), new))
        page = visit("eve")
        page.goto(f"/invite/{token}")
        page.get_by_role("button", name="Accept the invitation").click()
        page.get_by_title("Workspace").click()
        expect(page.get_by_role("button", name="Acme")).to_be_visible()


class TestReset:
    def test_a_new_password_signs_in(self, visit: Callable[..., Page], site: Site) -> None:
        token, _ = site.do(lambda tx: make_reset_link(tx, ROOT, "user_101"))
        page = visit(None)
        page.goto(f"/reset/{token}")
        page.get_by_label("New password").fill("nanoseconds of wire")
        page.get_by_role("button", name="Save the password").click()
        expect(page.get_by_label("Jane Smith")).to_be_visible()

    def test_asking_for_one_without_mail_leads_to_who_can_help(
        self, visit: Callable[..., Page], barriers: Callable[[Page], list[str]]
    ) -> None:
        page = visit(None)
        page.goto("/signin")
        page.get_by_role("link", name="Forgot your password?").click()
        expect(page.get_by_role("status")).to_have_text(re.compile("sends no mail"))
        expect(page.get_by_label("E-mail")).to_have_count(0)
        assert barriers(page) == []
