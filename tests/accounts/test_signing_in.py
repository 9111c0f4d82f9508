"""Signing in with a password, reading the session and signing out, as NextAuth's clients of both versions do it."""

from collections.abc import Callable
from typing import Any

import pytest
from litestar import Litestar

from codimir.accounts.nextauth import TRIED_EMAIL
from codimir.authentication.csrf import csrf_cookie_value
from tests.accounts.conftest import PASSWORD, Browser, set_cookies
from tests.calls import AsyncCall
from tests.cast import LONG_AGO

JANE = {"name": "Jane Smith", "email": "jane@example.com", "image": "https://example.com/jane.jpg"}
VERSION_5 = {"x-auth-return-redirect": "1"}
SESSION = "next-auth.session-token"


class TestCredentials:
    async def test_right_password_opens_a_session(self, browser: Browser) -> None:
        reply = await browser.sign_in(callbackUrl="/tickets?mine=1")
        assert (reply.status_code, reply.json()) == (200, {"url": "http://codimir.test/tickets?mine=1"})
        cookie = set_cookies(reply)[SESSION]
        assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["secure"]) == ("/", True, "Lax", "")
        assert cookie["expires"].endswith("GMT")
        session = await browser.session()
        assert session["user"] == JANE
        assert session["expires"].endswith("Z")
        assert (await browser.http.get("/api/tickets")).status_code == 200

    async def test_only_a_hash_of_the_token_is_stored(
        self, browser: Browser, sessions_in_database: AsyncCall[Any]
    ) -> None:
        await browser.sign_in()
        token = browser.cookies[SESSION]
        assert len(token) >= 43
        assert token not in str(await sessions_in_database())

    async def test_username_is_the_e_mail_too(self, browser: Browser) -> None:
        reply = await browser.send("callback/credentials", username="jane@example.com", password=PASSWORD)
        assert reply.status_code == 200

    async def test_wrong_password(self, browser: Browser) -> None:
        reply = await browser.sign_in(password="wrong")
        assert reply.status_code == 401
        assert reply.json() == {
            "url": "http://codimir.test/api/auth/error?error=CredentialsSignin&provider=credentials"
        }
        assert TRIED_EMAIL not in set_cookies(reply)
        assert await browser.session() == {}

    async def test_form_of_a_page_is_filled_in_again(self, browser: Browser) -> None:
        token = await browser.csrf_token()
        for email, kept in (("jane@example.com", True), ("no address", False), ("j" * 300 + "@example.com", False)):
            reply = await browser.post("callback/credentials", email=email, password="wrong", csrfToken=token)
            assert reply.status_code == 302
            assert (TRIED_EMAIL in set_cookies(reply)) is kept, email

    async def test_version_5_is_told_in_its_way(self, browser: Browser) -> None:
        token = await browser.csrf_token()
        wrong = {"email": "jane@example.com", "password": "wrong", "csrfToken": token}
        reply = await browser.post("callback/credentials", headers=VERSION_5, **wrong)
        assert reply.status_code == 200
        assert reply.json()["url"].endswith("/api/auth/signin?error=CredentialsSignin&code=credentials")
        reply = await browser.post("callback/credentials", headers=VERSION_5, **{**wrong, "password": PASSWORD})
        assert reply.json() == {"url": "http://codimir.test"}
        assert "authjs.session-token" in set_cookies(reply)
        assert (await browser.session())["user"] == JANE
        await browser.post("signout", headers=VERSION_5, csrfToken=token)
        assert await browser.session() is None

    async def test_form_of_a_page_is_redirected(self, browser: Browser) -> None:
        fields = {"email": "jane@example.com", "password": PASSWORD, "csrfToken": await browser.csrf_token()}
        reply = await browser.post("callback/credentials", **fields, callbackUrl="/tickets")
        assert (reply.status_code, reply.headers["location"]) == (302, "http://codimir.test/tickets")

    @pytest.mark.parametrize(
        "email", ["JANE@Example.COM", " jane@example.com ", "\uff4a\uff41\uff4e\uff45@example.com"]
    )
    async def test_e_mail_is_found_in_any_case(self, browser: Browser, email: str) -> None:
        assert (await browser.sign_in(email)).status_code == 200

    async def test_disabled_person_is_denied_who_knows_the_password(
        self, browser: Browser, set_user: AsyncCall[None]
    ) -> None:
        await set_user("jane", disabled_at=LONG_AGO)
        assert (await browser.sign_in(password="wrong")).status_code == 401
        reply = await browser.sign_in()
        assert reply.status_code == 403
        assert "error=AccessDenied" in reply.json()["url"]

    async def test_person_without_a_password_cannot(self, browser: Browser) -> None:
        assert (await browser.sign_in("john@example.com")).status_code == 401

    async def test_json_is_taken_as_well(self, browser: Browser) -> None:
        body = {
            "email": "jane@example.com",
            "password": PASSWORD,
            "csrfToken": await browser.csrf_token(),
            "json": True,
        }
        reply = await browser.http.post("/api/auth/callback/credentials", json=body)
        assert reply.status_code == 200


class TestCsrf:
    async def test_token_is_kept_and_its_cookie_is_made_by_us(self, browser: Browser, app: Litestar) -> None:
        reply = await browser.get("csrf")
        token = reply.json()["csrfToken"]
        assert len(token) == 64
        assert browser.cookies["next-auth.csrf-token"].replace("%7C", "|") == csrf_cookie_value(
            token, app.state.csrf_secret
        )
        assert await browser.csrf_token() == token

    @pytest.mark.parametrize("token", [None, "", "0" * 64, "ü"])
    async def test_without_it_nobody_signs_in(self, browser: Browser, token: Any) -> None:
        await browser.csrf_token()
        fields = {} if token is None else {"csrfToken": token}
        reply = await browser.post(
            "callback/credentials", email="jane@example.com", password=PASSWORD, json="true", **fields
        )
        assert reply.status_code == 403
        assert "error=MissingCSRF" in reply.json()["url"]
        assert await browser.session() == {}

    async def test_cookie_of_another_secret_is_worth_nothing(self, browser: Browser) -> None:
        token = "a" * 64
        browser.http.cookies.set("next-auth.csrf-token", csrf_cookie_value(token, "a guess"))
        reply = await browser.post("callback/credentials", email="jane@example.com", password=PASSWORD, csrfToken=token)
        assert reply.status_code == 302
        assert "MissingCSRF" in reply.headers["location"]

    async def test_sign_out_and_update_need_it(self, browser: Browser) -> None:
        await browser.sign_in()
        assert (await browser.post("signout", json="true", csrfToken="x")).status_code == 403
        reply = await browser.http.post("/api/auth/session", json={"csrfToken": "x", "data": {}})
        assert (reply.status_code, reply.json()) == (400, {})
        assert (await browser.session())["user"] == JANE


class TestSession:
    async def test_nobody_is_an_empty_object(self, browser: Browser) -> None:
        reply = await browser.get("session")
        assert (reply.status_code, reply.json()) == (200, {})
        assert reply.headers["cache-control"] == "private, no-cache, no-store"

    async def test_cookie_of_nothing_is_cleared(self, browser: Browser) -> None:
        reply = await browser.get("session", headers={"cookie": f"{SESSION}=nothing"})
        assert set_cookies(reply)[SESSION]["max-age"] == "0"

    async def test_update_says_it_anew(self, browser: Browser) -> None:
        await browser.sign_in()
        body = {"csrfToken": await browser.csrf_token(), "data": {"name": "Root", "role": "ADMIN"}}
        reply = await browser.http.post("/api/auth/session", json=body)
        assert (reply.status_code, reply.json()["user"]) == (200, JANE)


class TestProviders:
    async def test_password_is_one(self, browser: Browser) -> None:
        assert (await browser.get("providers")).json() == {
            "credentials": {
                "id": "credentials",
                "name": "Password",
                "type": "credentials",
                "signinUrl": "http://codimir.test/api/auth/signin/credentials",
                "callbackUrl": "http://codimir.test/api/auth/callback/credentials",
            }
        }


class TestSignOut:
    async def test_session_is_over_wherever_its_cookie_was_copied_to(self, browser: Browser) -> None:
        await browser.sign_in()
        copied = {"cookie": f"{SESSION}={browser.cookies[SESSION]}"}
        reply = await browser.send("signout", callbackUrl="/bye")
        assert reply.json() == {"url": "http://codimir.test/bye"}
        assert set_cookies(reply)[SESSION]["max-age"] == "0"
        assert await browser.session() == {}
        assert (await browser.http.get("/api/tickets", headers=copied)).status_code == 401


class TestHttps:
    async def test_cookies_are_secure(self, browse: Callable[..., Browser]) -> None:
        browser = browse("https://codimir.test")
        reply = await browser.get("csrf")
        assert set_cookies(reply)["__Host-next-auth.csrf-token"]["secure"]
        cookies = set_cookies(await browser.sign_in())
        assert cookies["__Secure-next-auth.session-token"]["secure"]
        assert cookies["__Secure-next-auth.callback-url"]["secure"]
        assert (await browser.session())["user"] == JANE


class TestCallbackUrl:
    @pytest.mark.parametrize(
        "foreign",
        [
            "https://evil.example", "//evil.example\\", "http://codimir.test.evil.example/", "javascript:alert(1)",
            "http://codimir.test@evil.example", "/\\evil.example", "http:\\\\evil.example", "https://codimir.test/",
            "/a\r\nSet-Cookie: a=b", "http://codimir.test:81/", "data:text/html,x", "\x00/", "/" + "a" * 3_000,
        ],
    )  # fmt: skip
    async def test_foreign_one_becomes_the_origin(self, browser: Browser, foreign: str) -> None:
        reply = await browser.sign_in(callbackUrl=foreign)
        assert reply.json() == {"url": "http://codimir.test"}

    @pytest.mark.parametrize("own", ["http://codimir.test", "HTTP://codimir.test/x", "http://codimir.test?a=b"])
    async def test_own_one_is_kept(self, browser: Browser, own: str) -> None:
        assert (await browser.sign_in(callbackUrl=own)).json() == {"url": own}

    async def test_two_slashes_stay_on_this_site(self, browser: Browser) -> None:
        url = (await browser.sign_in(callbackUrl="//evil.example")).json()["url"]
        assert url.startswith("http://codimir.test/")


class TestOtherRoutes:
    async def test_log_is_taken(self, browser: Browser) -> None:
        reply = await browser.post("_log", level="error")
        assert (reply.status_code, reply.content) == (200, b"")

    async def test_pages_lead_to_the_sign_in_page(self, browser: Browser) -> None:
        reply = await browser.get("signin?callbackUrl=https://evil.example&error=CredentialsSignin")
        assert reply.status_code == 302
        assert reply.headers["location"] == (
            "http://codimir.test/signin?error=CredentialsSignin&callbackUrl=http%3A%2F%2Fcodimir.test"
        )
        reply = await browser.get("error?error=<script>")
        assert reply.headers["location"] == "http://codimir.test/signin"

    async def test_unknown_provider_leads_there_too(self, browser: Browser) -> None:
        reply = await browser.send("signin/nobody")
        assert reply.json()["url"].startswith("http://codimir.test/signin?")
        assert (await browser.get("callback/nobody")).headers["location"] == "http://codimir.test/signin"
