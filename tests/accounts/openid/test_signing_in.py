"""Signing in with an account of another provider, a real one."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from codimir.accounts.openid.flows import MAX_FLOWS
from codimir.authentication.passwords import hash_password
from codimir.kit.clock import utc_now
from tests.accounts.openid.conftest import CALLBACK, Browser, code_of, error_of
from tests.calls import AsyncCall, RowCounts
from tests.clients import People

PASSWORD = "correct horse"
PASSWORD_HASH = hash_password(PASSWORD)


async def by_password(browser: Any, email: str) -> Any:
    token = (await browser.codimir.get("/api/auth/csrf")).json()["csrfToken"]
    form = {"csrfToken": token, "email": email, "password": PASSWORD, "json": "true", "redirect": "false"}
    return await browser.codimir.post("/api/auth/callback/credentials", data=form)


class TestSigningIn:
    async def test_it_is_among_the_ways_to_sign_in(self, browse: Callable[[], Browser]) -> None:
        listed = (await browse().codimir.get("/api/auth/providers")).json()["openid"]
        assert (listed["name"], listed["type"], listed["callbackUrl"]) == ("Acme ID", "oidc", CALLBACK)

    async def test_the_way_out_asks_for_a_code_with_pkce_state_and_nonce(
        self, browse: Callable[[], Browser], provider: str
    ) -> None:
        url = await browse().depart()
        assert url.startswith(provider)
        for part in ("response_type=code", "code_challenge_method=S256", "&state=", "&nonce=", "scope=openid"):
            assert part in url

    async def test_the_way_out_asks_for_the_usual_claims(self, browse: Callable[[], Browser]) -> None:
        assert parse_qs(urlsplit(await browse().depart()).query)["scope"] == ["openid email profile"]

    @pytest.mark.parametrize("more_settings", [{"oidc_scope": "openid email"}])
    async def test_the_way_out_asks_for_what_the_setting_says(self, browse: Callable[[], Browser]) -> None:
        browser = browse()
        assert parse_qs(urlsplit(await browser.depart()).query)["scope"] == ["openid email"]
        await browser.sign_in("jane")
        assert (await browser.session())["user"]["email"] == "jane@example.com"

    async def test_the_person_of_the_proven_e_mail_is_signed_in(
        self, browse: Callable[[], Browser], client: People
    ) -> None:
        browser = browse()
        reply = await browser.sign_in("jane")
        assert (reply.status_code, reply.headers["location"]) == (302, "http://codimir.test/tickets")
        assert (await browser.session())["user"]["name"] == "Jane Smith"
        assert (await client("jane").get("/api/tickets")).status == 200

    async def test_who_is_new_gets_an_account_that_sees_nothing(
        self, browse: Callable[[], Browser], row_counts: RowCounts
    ) -> None:
        browser, before = browse(), await row_counts()
        await browser.sign_in("grace")
        assert (await browser.session())["user"]["email"] == "grace@example.com"
        assert (await browser.codimir.get("/api/tickets")).json()["pagination"]["total"] == 0
        await browse().sign_in("grace")
        after = await row_counts()
        assert (after["users"] - before["users"], after["identities"]) == (1, 1)
        assert after["workspace_members"] == before["workspace_members"]

    async def test_who_is_disabled_is_refused(self, browse: Callable[[], Browser], set_user: AsyncCall[None]) -> None:
        await set_user("jane", disabled_at=utc_now())
        browser = browse()
        assert error_of(await browser.sign_in("jane")) == "AccessDenied"
        assert await browser.session() == {}

    async def test_who_never_proved_their_e_mail_loses_the_account_to_who_does(
        self, browse: Callable[[], Browser], client: People, set_user: AsyncCall[None]
    ) -> None:
        await set_user("jane", email_verified_at=None, password_hash=PASSWORD_HASH)
        await browse().sign_in("jane")
        assert (await client("jane").get("/api/tickets")).status == 401
        assert (await by_password(browse(), "jane@example.com")).status_code == 401


class TestTabs:
    async def test_two_that_are_begun_both_succeed_and_lead_where_each_wanted(
        self, browse: Callable[[], Browser]
    ) -> None:
        browser = browse()
        first, second = await browser.depart("/tickets?status=todo"), await browser.depart("/inbox")
        for url, wanted in ((first, "/tickets?status=todo"), (second, "/inbox")):
            reply = await browser.codimir.get(await browser.visit(url, "jane"))
            assert reply.headers["location"] == f"http://codimir.test{wanted}"
        assert (await browser.session())["user"]["name"] == "Jane Smith"

    async def test_two_of_someone_new_at_the_same_moment(
        self, browse: Callable[[], Browser], row_counts: RowCounts
    ) -> None:
        browser, before = browse(), await row_counts()
        backs = [await browser.visit(await browser.depart(), "grace") for _ in range(2)]
        replies = await asyncio.gather(*[browser.codimir.get(back) for back in backs])
        assert [reply.headers["location"] for reply in replies] == ["http://codimir.test/tickets"] * 2
        after = await row_counts()
        assert (after["users"] - before["users"], after["identities"] - before["identities"]) == (1, 1)

    async def test_the_callback_that_is_loaded_again_leads_on(self, browse: Callable[[], Browser]) -> None:
        browser = browse()
        back = await browser.visit(await browser.depart("/inbox"), "jane")
        for _ in range(2):
            assert (await browser.codimir.get(back)).headers["location"] == "http://codimir.test/inbox"
        assert (await browser.session())["user"]["name"] == "Jane Smith"

    async def test_the_callback_of_a_stranger_leads_on_too_and_changes_nobody(
        self, browse: Callable[[], Browser]
    ) -> None:
        stranger, browser = browse(), browse()
        await browser.sign_in("jane")
        reply = await browser.codimir.get(await stranger.visit(await stranger.depart(), "grace"))
        assert reply.headers["location"] == "http://codimir.test/tickets"
        assert (await browser.session())["user"]["name"] == "Jane Smith"

    async def test_a_browser_keeps_a_few_and_forgets_the_oldest(self, browse: Callable[[], Browser]) -> None:
        browser = browse()
        for _ in range(3 * MAX_FLOWS):
            await browser.depart("/tickets?search=" + "x" * 900)
        kept = [name for name in browser.codimir.cookies if name.startswith("codimir.openid.")]
        assert len(kept) == MAX_FLOWS

    async def test_an_address_too_long_for_a_cookie_is_left_to_the_one_of_nextauth(
        self, browse: Callable[[], Browser]
    ) -> None:
        browser, wanted = browse(), "/tickets?search=" + "x" * 1_500
        reply = await browser.codimir.get(await browser.visit(await browser.depart(wanted), "jane"))
        assert reply.headers["location"] == f"http://codimir.test{wanted}"


class TestNames:
    @pytest.mark.parametrize(("who", "name"), [("ada.king", "Ada King Noel"), ("grace", "Grace Hopper")])
    async def test_of_their_parts_and_with_no_break_spaces(
        self, browse: Callable[[], Browser], who: str, name: str
    ) -> None:
        browser = browse()
        await browser.sign_in(who)
        assert (await browser.session())["user"]["name"] == name


class TestUnsaid:
    """The provider does not say whether an e-mail is verified, as Microsoft Entra does not."""

    async def test_who_is_new_is_refused_and_the_log_names_the_claim(
        self, browse: Callable[[], Browser], caplog: pytest.LogCaptureFixture
    ) -> None:
        reply = await browse().sign_in("unsaid")
        assert (error_of(reply), code_of(reply)) == ("OAuthAccountNotLinked", "email_not_verified")
        assert "the claim email_verified is missing; CODIMIR_OIDC_EMAIL_VERIFIED=assumed" in caplog.text

    @pytest.mark.parametrize("more_settings", [{"oidc_email_verified": "assumed"}])
    async def test_the_setting_trusts_the_provider(self, browse: Callable[[], Browser], client: People) -> None:
        browser = browse()
        await browser.sign_in("unsaid")
        assert (await browser.session())["user"]["email"] == "unsaid@example.com"
        twin = browse()
        await twin.sign_in("john.twin")
        assert (await twin.session())["user"]["name"] == "John Doe"

    @pytest.mark.parametrize("more_settings", [{"oidc_email_verified": "assumed"}])
    async def test_a_no_is_a_no(self, browse: Callable[[], Browser], caplog: pytest.LogCaptureFixture) -> None:
        assert code_of(await browse().sign_in("liar")) == "email_not_verified"
        assert "the claim email_verified is not true" in caplog.text


class TestSlash:
    """The name of the provider ends in a slash."""

    @pytest.fixture
    def provider(self, provider_with_slash: str) -> str:
        assert provider_with_slash.endswith("/")
        return provider_with_slash

    @pytest.fixture
    def more_settings(self, provider: str, ending: str) -> dict[str, Any]:
        return {"oidc_issuer": provider.rstrip("/") + ending}

    @pytest.mark.parametrize("ending", ["", "/"])
    async def test_the_settings_may_leave_it_out(self, browse: Callable[[], Browser]) -> None:
        browser = browse()
        await browser.sign_in("jane")
        assert (await browser.session())["user"]["name"] == "Jane Smith"


class TestAttacks:
    async def test_an_e_mail_that_is_not_proven_opens_nobodys_account(
        self, browse: Callable[[], Browser], row_counts: RowCounts
    ) -> None:
        browser, before = browse(), await row_counts()
        assert error_of(await browser.sign_in("liar")) == "OAuthAccountNotLinked"
        assert await browser.session() == {}
        assert (await row_counts())["identities"] == before["identities"]

    async def test_and_does_not_tell_whether_there_is_one(self, browse: Callable[[], Browser]) -> None:
        assert error_of(await browse().sign_in("stray")) == "OAuthAccountNotLinked"

    @pytest.mark.parametrize("state", ["", "x", "é"])
    async def test_wrong_state(self, browse: Callable[[], Browser], state: str) -> None:
        browser = browse()
        back = await browser.visit(await browser.depart(), "jane")
        code = back.partition("code=")[2].partition("&")[0]
        reply = await browser.codimir.get(CALLBACK, params={"code": code, "state": state})
        assert error_of(reply) == "OAuthCallback"
        assert await browser.session() == {}

    async def test_the_way_back_of_another_browser(self, browse: Callable[[], Browser]) -> None:
        attacker, victim = browse(), browse()
        back = await attacker.visit(await attacker.depart(), "grace")
        assert error_of(await victim.codimir.get(back)) == "OAuthCallback"
        await victim.depart()
        assert error_of(await victim.codimir.get(back)) == "OAuthCallback"
        assert await victim.session() == {}

    async def test_a_code_is_good_once(self, browse: Callable[[], Browser]) -> None:
        browser = browse()
        back = await browser.visit(await browser.depart(), "jane")
        cookies = dict(browser.codimir.cookies)
        await browser.codimir.get(back)
        again = browse()
        again.codimir.cookies.update({name: value for name, value in cookies.items() if "session" not in name})
        assert error_of(await again.codimir.get(back)) == "OAuthCallback"
        assert await again.session() == {}

    async def test_a_code_for_another_nonce(self, browse: Callable[[], Browser]) -> None:
        browser = browse()
        back = await browser.visit(await browser.depart(), "jane")
        [(name, kept)] = [each for each in browser.codimir.cookies.items() if each[0].startswith("codimir.openid.")]
        state, _, *rest = kept.split(".")
        browser.codimir.cookies.clear()
        browser.codimir.cookies.set(name, ".".join([state, "another", *rest]))
        assert error_of(await browser.codimir.get(back)) == "OAuthCallback"
        assert await browser.session() == {}

    @pytest.mark.parametrize("query", ["", "?error=access_denied", "?code=x", "?code=%00&state=%FF", "?iss=x&code=x"])
    async def test_whatever_comes_back_signs_nobody_in(self, browse: Callable[[], Browser], query: str) -> None:
        browser = browse()
        await browser.depart()
        reply = await browser.codimir.get(f"{CALLBACK}{query}")
        assert reply.status_code == 302
        assert await browser.session() == {}


class TestGroups:
    @pytest.fixture
    def more_settings(self) -> dict[str, Any]:
        return {"oidc_group_claim": "groups", "oidc_group_roles": "bosses=ADMIN,staff=VIEWER"}

    async def test_they_decide_on_the_role_and_who_is_new_joins(self, browse: Callable[[], Browser]) -> None:
        browser = browse()
        await browser.sign_in("boss")
        members = await browser.codimir.get("/api/workspaces/workspace_789/invitations")
        assert members.status_code == 200

    async def test_the_role_follows_them(self, browse: Callable[[], Browser]) -> None:
        browser = browse()
        await browser.sign_in("jane")
        reply = await browser.codimir.post("/api/tickets", json={"title": "a"})
        assert reply.status_code == 403

    @pytest.mark.parametrize("more_settings", [{"oidc_group_claim": "groups", "oidc_group_roles": "x=ADMIN"}])
    async def test_who_is_in_none_is_refused(
        self, browse: Callable[[], Browser], caplog: pytest.LogCaptureFixture
    ) -> None:
        reply = await browse().sign_in("jane")
        assert (error_of(reply), code_of(reply)) == ("AccessDenied", "no_group")
        assert "'jane' is in no group that has a role here" in caplog.text

    @pytest.mark.parametrize(
        "more_settings", [{"oidc_group_claim": "realm_access.roles", "oidc_group_roles": "bosses=ADMIN"}]
    )
    async def test_they_are_found_inside_of_another_claim(self, browse: Callable[[], Browser]) -> None:
        browser = browse()
        await browser.sign_in("boss")
        assert (await browser.codimir.get("/api/workspaces/workspace_789/invitations")).status_code == 200


class TestWithoutPasswords:
    @pytest.fixture
    def more_settings(self) -> dict[str, Any]:
        return {"password_sign_in": "off"}

    async def test_only_administrators_still_sign_in_with_one(
        self, browse: Callable[[], Browser], set_user: AsyncCall[None]
    ) -> None:
        for who in ("jane", "root"):
            await set_user(who, password_hash=PASSWORD_HASH)
        assert (await by_password(browse(), "jane@example.com")).status_code == 403
        assert (await by_password(browse(), "root@example.com")).status_code == 200

    async def test_who_is_invited_signs_in_first(self, client: People) -> None:
        body = {"name": "Grace", "password": PASSWORD}
        assert (await client().post("/api/invitations/x/join", body)).status == 403
