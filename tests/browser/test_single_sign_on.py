"""Signing in with the account of a real provider, in a real browser."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from codimir.config import Settings
from codimir.database.statements import update_by_id
from codimir.kit.clock import utc_now
from codimir.model.users import users
from tests.accounts.openid.conftest import SECRET, running_provider
from tests.browser.conftest import Guard, Site


@pytest.fixture(scope="module")
def provider() -> Iterator[Any]:
    with running_provider() as address:
        yield address


@pytest.fixture
def more_settings() -> Any:
    return {}


@pytest.fixture
def settings(tmp_path: Path, provider: Any, more_settings: Any) -> Settings:
    return Settings(
        data_dir=tmp_path / "data", oidc_issuer=provider, oidc_client_id="in a browser", oidc_client_secret=SECRET,
        oidc_name="Acme ID", **more_settings,
    )  # fmt: skip


@pytest.fixture
def arrive(visit: Callable[..., Page], guard: Guard) -> Any:
    """Open a page as nobody, in a browser that reaches the provider too."""
    guard.expected += ["Content Security Policy", "Failed to load resource"]  # of the provider's pages

    return partial(visit, None)


def sign_in_as(page: Page, who: str) -> None:
    """Go through the provider's two pages."""
    page.locator("input[name=login]").fill(who)
    page.locator("input[name=password]").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


class TestSignIn:
    @pytest.mark.parametrize("scripts", [True, False])
    def test_one_button_leads_to_the_provider_and_back_to_where_one_wanted(
        self, arrive: Any, barriers: Callable[[Page], list[str]], *, scripts: bool
    ) -> None:
        page = arrive(java_script_enabled=scripts)
        page.goto("/projects/WEB/list?status=todo")
        button = page.get_by_role("button", name="Continue with Acme ID")
        expect(button).to_be_focused()
        assert not scripts or barriers(page) == []  # axe needs scripts
        form = page.get_by_label("E-mail").bounding_box()
        assert button.bounding_box()["y"] < form["y"]
        assert button.bounding_box()["width"] == form["width"]
        button.click()
        sign_in_as(page, "jane")
        expect(page).to_have_url(re.compile(r"/projects/WEB/list\?status=todo$"))
        if scripts:
            page.reload()
            page.go_back()
            page.go_forward()
            expect(page).to_have_url(re.compile(r"/projects/WEB/list\?status=todo$"))

    def test_two_tabs_that_were_begun_both_succeed(self, arrive: Any, provider: Any) -> None:
        first = arrive()
        second = first.context.new_page()
        for page, path in ((first, "/inbox"), (second, "/projects/WEB/board")):
            page.goto(path)
            page.get_by_role("button", name="Continue with Acme ID").click()
            expect(page).to_have_url(re.compile(f"^{provider}"))
        sign_in_as(first, "jane")
        expect(first).to_have_url(re.compile("/inbox$"))
        sign_in_as(second, "jane")
        expect(second).to_have_url(re.compile("/projects/WEB/board$"))

    @pytest.mark.parametrize(
        ("who", "said"),
        [
            ("stray", "Acme ID does not say that your e-mail is verified."),
            ("john", "This account is closed. Ask who administers this instance."),
        ],
    )
    def test_who_is_refused_reads_why(self, arrive: Any, site: Site, who: str, said: str) -> None:
        closed = update_by_id(users, frozenset({"disabled_at"}))
        site.do(lambda tx: tx.execute(closed, row_id="user_102", disabled_at=utc_now()))
        page = arrive()
        page.goto("/signin")
        page.get_by_role("button", name="Continue with Acme ID").click()
        sign_in_as(page, who)
        expect(page.get_by_role("alert")).to_contain_text(said)
        expect(page.get_by_role("button", name="Continue with Acme ID")).to_be_visible()


class TestWithoutPasswords:
    @pytest.fixture
    def more_settings(self) -> Any:
        return {"password_sign_in": "off"}

    def test_there_is_the_button_and_no_form_but_for_administrators(
        self, arrive: Any, barriers: Callable[[Page], list[str]]
    ) -> None:
        page = arrive()
        page.goto("/signin")
        expect(page.get_by_role("button", name="Continue with Acme ID")).to_be_visible()
        expect(page.get_by_label("Password")).to_be_hidden()
        page.get_by_text("Sign in as administrator").click()
        expect(page.get_by_label("Password")).to_be_visible()
        assert barriers(page) == []
