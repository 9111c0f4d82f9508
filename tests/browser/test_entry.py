"""The first set-up, an invitation and a new password, from the link to the start."""

import re

import pytest
from playwright.sync_api import expect

from codimir.access.actor import Actor
from codimir.access.permissions import Scope
from codimir.invitations.actions import invite
from codimir.invitations.schemas import InvitationCreate
from codimir.passwords.actions import make_reset_link
from codimir.setup.actions import offer_setup
from tests.browser.conftest import ADA

ROOT = Actor("user_root", "Root Admin", "ADMIN", {})


class TestSetup:
    @pytest.fixture
    def load_cast(self):
        """Nobody is there yet."""

        async def nobody(_tx):
            return None

        return nobody

    def test_an_empty_instance_is_set_up(self, visit, site, barriers, guard):
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


class TestInvitation:
    def test_someone_new_comes_in(self, visit, site, barriers):
        new = InvitationCreate(email="grace@example.com")
        _, token = site.do(lambda tx: invite(tx, ADA, Scope("workspace_789"), new))
        page = visit(None)
        page.goto(f"/invite/{token}")
        expect(page.get_by_role("heading", name="Join Acme")).to_be_visible()
        assert barriers(page) == []
        page.get_by_label("Your name").fill("Grace Hopper")
        page.get_by_label("Password").fill("nanoseconds of wire")
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_label("Grace Hopper")).to_be_visible()

    def test_who_is_signed_in_accepts(self, visit, site):
        new = InvitationCreate(email="eve@example.com")
        _, token = site.do(lambda tx: invite(tx, ADA, Scope("workspace_789"), new))
        page = visit("eve")
        page.goto(f"/invite/{token}")
        page.get_by_role("button", name="Accept the invitation").click()
        page.get_by_title("Workspace").click()
        expect(page.get_by_role("button", name="Acme")).to_be_visible()


class TestReset:
    def test_a_new_password_signs_in(self, visit, site):
        token, _ = site.do(lambda tx: make_reset_link(tx, ROOT, "user_101"))
        page = visit(None)
        page.goto(f"/reset/{token}")
        page.get_by_label("New password").fill("nanoseconds of wire")
        page.get_by_role("button", name="Save the password").click()
        expect(page.get_by_label("Jane Smith")).to_be_visible()

    def test_asking_for_one_says_the_same_to_everybody(self, visit):
        page = visit(None)
        for email in ("jane@example.com", "nobody@example.com"):
            page.goto("/reset")
            page.get_by_label("E-mail").fill(email)
            page.get_by_role("button", name="Send the link").click()
            expect(page.get_by_role("status")).to_have_text(re.compile("is on its way"))
