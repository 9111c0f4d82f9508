"""The page of signing in: the ways there are, and what is said where one did not work."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from litestar import Litestar

from codimir.accounts.openid.provider import OpenIdProvider
from codimir.accounts.providers import SignInProviders
from tests.clients import People
from tests.web.conftest import Fetch

CLOSED_PORT = "http://127.0.0.1:9"


@pytest.fixture
def more_settings() -> dict[str, Any]:
    return {}


@pytest.fixture
async def with_provider(app: Litestar, more_settings: dict[str, Any]) -> AsyncIterator[None]:
    """Let the instance know a provider that does not answer."""
    settings = msgspec.structs.replace(
        app.state.settings, oidc_issuer=CLOSED_PORT, oidc_client_id="codimir", oidc_name='<b>"Acme" ID</b>',
        **more_settings,
    )  # fmt: skip
    provider = OpenIdProvider(settings)
    app.state.settings, app.state.providers = settings, SignInProviders({provider.id: provider})
    yield
    await provider.close()


@pytest.fixture
async def invited(client: People) -> Any:
    """The page of an invitation of someone new."""
    body = {"email": "grace@example.com", "role": "MEMBER"}
    made = await client("ada").post("/api/workspaces/workspace_789/invitations", body)
    return made.data["url"].removeprefix("http://codimir.test")


class TestWithoutProvider:
    async def test_an_invitation_has_the_form_alone(self, fetch: Fetch, invited: Any) -> None:
        page = (await fetch(None, invited)).text
        assert "/signin" not in page
        assert f'action="{invited}/join"' in page

    async def test_there_is_the_form_alone(self, fetch: Fetch) -> None:
        page = (await fetch(None, "/signin")).text
        assert "/signin/" not in page
        assert "callback/credentials" in page


@pytest.mark.usefixtures("with_provider")
class TestWithProvider:
    async def test_the_button_stands_above_the_form(self, fetch: Fetch) -> None:
        page = (await fetch(None, "/signin?callbackUrl=/inbox")).text
        assert page.index('action="/signin/openid"') < page.index('action="/api/auth/callback/credentials"')
        assert page.count('value="http://codimir.test/inbox"') == 2
        assert "Continue with &lt;b&gt;&#34;Acme&#34; ID&lt;/b&gt;" in page

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("unreachable", "cannot be reached now"),
            ("not_begun", "begun in another browser, or too long ago"),
            ("declined", "did not let you in, or you cancelled"),
            ("untrusted_answer", "could not be trusted"),
            ("no_email", "does not tell your e-mail"),
            ("email_not_verified", "does not say that your e-mail is verified"),
            ("no_group", "none of the groups"),
            ("disabled", "This account is closed"),
            ("not_set_up", "Nobody has set up"),
            ("only_administrators", "Only administrators sign in with a password"),
            ("nonsense", "Signing in did not work"),
        ],
    )
    async def test_each_refusal_is_said(self, fetch: Fetch, code: str, said: str) -> None:
        page = (await fetch(None, "/signin", params={"error": "OAuthCallback", "code": code})).text
        assert said in page
        assert "%(name)s" not in page

    async def test_the_code_alone_says_nothing(self, fetch: Fetch) -> None:
        assert 'role="alert"' not in (await fetch(None, "/signin?code=disabled")).text

    async def test_a_provider_that_is_away_is_said_and_logged(
        self, app: Litestar, fetch: Fetch, client: People, caplog: pytest.LogCaptureFixture
    ) -> None:
        browser = client().http
        token = (await browser.get("/api/auth/csrf")).json()["csrfToken"]
        reply = await browser.post("/signin/openid", data={"csrfToken": token, "callbackUrl": "/inbox"})
        page = await browser.get((await browser.get(reply.headers["location"])).headers["location"])
        assert "cannot be reached now" in page.text
        assert page.text.count('value="http://codimir.test/inbox"') == 2
        assert f"the provider {CLOSED_PORT} cannot be used" in caplog.text

    async def test_a_form_of_another_page_leads_nowhere(self, client: People) -> None:
        browser = client().http
        reply = await browser.post("/signin/openid", data={"csrfToken": "x"})
        assert "error=MissingCSRF" in reply.headers["location"]
        reply = await browser.post("/signin/openid", data={}, headers={"origin": "https://evil.example"})
        assert reply.status_code == 403

    async def test_a_provider_that_is_none_leads_back(self, client: People) -> None:
        browser = client().http
        token = (await browser.get("/api/auth/csrf")).json()["csrfToken"]
        reply = await browser.post("/signin/nobody", data={"csrfToken": token})
        assert reply.headers["location"].startswith("http://codimir.test/signin?")

    async def test_an_invitation_has_the_button_and_the_form(self, fetch: Fetch, invited: Any) -> None:
        page = (await fetch(None, invited)).text
        assert page.index(f"/signin?callbackUrl={invited}") < page.index(f'action="{invited}/join"')


@pytest.mark.usefixtures("with_provider")
class TestWithoutPasswords:
    @pytest.fixture
    def more_settings(self) -> dict[str, Any]:
        return {"password_sign_in": "off"}

    async def test_the_form_is_folded_away_for_administrators(self, fetch: Fetch) -> None:
        page = (await fetch(None, "/signin")).text
        assert "Passwords are for administrators" in page
        assert "<details" in page
        assert "<details open" not in page

    async def test_who_mistyped_a_password_finds_it_open(self, fetch: Fetch) -> None:
        page = (await fetch(None, "/signin?error=CredentialsSignin&provider=credentials")).text
        assert "open>" in page

    async def test_an_invitation_has_the_button_alone(self, fetch: Fetch, invited: Any) -> None:
        page = (await fetch(None, invited)).text
        assert f"/signin?callbackUrl={invited}" in page
        assert "/join" not in page
