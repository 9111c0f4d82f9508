"""Choosing a new password by a link."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import anyio
import msgspec
import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.accounts.passwords.queries import find_password_hash
from codimir.authentication.links import make_link
from codimir.authentication.passwords import is_password
from codimir.config import Settings
from codimir.database.core import Database
from codimir.database.statements import Statement, update_by_id
from codimir.kit.clock import utc_now
from codimir.mail import sending
from codimir.mail.sending import Try
from codimir.model.links import links
from codimir.model.users import users
from tests.apps import RunApp
from tests.calls import AsyncCall, RowCounts
from tests.clients import Client, People
from tests.mail.receiving import MailServer

SAME = {"message": "If someone with this e-mail is here, the mail server is asked to send them a link"}
NEW = {"password": "correct horse"}
WRONG_TOKENS = ["x", "a" * 5_000, "%C3%A9", "'"]


@pytest.fixture
def reset_link(client: People) -> AsyncCall[str]:
    """Let the administrator make a link for someone, and give its path in the API."""

    async def make(user_id: str = "user_101") -> str:
        reply = await client("root").post(f"/api/users/{user_id}/reset-link")
        assert reply.status == 200, reply.body
        return f"/api/auth/reset/{reply.data['url'].rpartition('/')[2]}"

    return make


@pytest.fixture
def password_hash(db: Database) -> AsyncCall[Any]:
    """Read the hash of a person's password."""

    async def read(user_id: str = "user_101") -> Any:
        return await db.read(lambda tx: find_password_hash(tx, user_id))

    return read


class TestLinkOfAnAdministrator:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        assert (await client().post("/api/users/user_101/reset-link")).status == 401

    @pytest.mark.parametrize("who", ["ada", "jane", "eve"])
    async def test_others_may_not_and_learn_nothing(self, client: People, who: str) -> None:
        reply = await client(who).post("/api/users/user_101/reset-link")
        unknown = await client(who).post("/api/users/user_none/reset-link")
        assert (reply.status, reply.body) == (403, unknown.body)

    async def test_administrator_gets_one(self, client: People, reset_link: AsyncCall[str]) -> None:
        reply = await client("root").post("/api/users/user_101/reset-link")
        assert reply.data["url"].startswith("http://codimir.test/reset/")
        offer = await client().get(await reset_link())
        assert offer.data["email"] == "jane@example.com"

    async def test_of_nobody_is_not_found(self, client: People) -> None:
        assert (await client("root").post("/api/users/user_none/reset-link")).status == 404

    async def test_of_who_is_disabled_is_refused(self, client: People, set_user: AsyncCall[None]) -> None:
        await set_user("jane", disabled_at=utc_now())
        assert (await client("root").post("/api/users/user_101/reset-link")).status == 400

    async def test_with_a_key_there_is_one(self, client: People, row_counts: RowCounts) -> None:
        key = {"idempotency-key": "a"}
        replies = [
            await client("root").request("POST", "/api/users/user_101/reset-link", headers=key) for _ in range(2)
        ]
        assert [reply.status for reply in replies] == [200, 200]
        assert replies[0].response.content == replies[1].response.content
        assert (await row_counts())["links"] == 1


class TestReset:
    async def test_every_session_ends_and_a_new_one_begins(
        self, client: People, reset_link: AsyncCall[str], password_hash: AsyncCall[Any]
    ) -> None:
        anew = client()
        reply = await anew.post(await reset_link(), NEW)
        assert (reply.status, reply.data["email"]) == (200, "jane@example.com")
        assert is_password("correct horse", await password_hash())
        assert (await client("jane").get("/api/tickets")).status == 401
        assert (await anew.get("/api/tickets")).status == 200
        assert (await client("john").get("/api/tickets")).status == 200

    async def test_sessions_of_nextauth_sites_end_too(
        self, client: People, reset_link: AsyncCall[str], db: Database
    ) -> None:
        from codimir.model.users import users  # noqa: PLC0415

        await client().post(await reset_link(), NEW)
        not_before = Statement(sa.select(users.c.not_before).where(users.c.id == "user_101"))
        assert await db.read(lambda tx: tx.fetch_value(not_before)) > utc_now() - timedelta(minutes=1)

    async def test_only_a_link_that_was_mailed_proves_the_e_mail(
        self, client: People, reset_link: AsyncCall[str], db: Database
    ) -> None:
        unproven, known = {"row_id": "user_101", "email_verified_at": None}, frozenset({"email_verified_at"})
        await db.write(lambda tx: tx.execute(update_by_id(users, known), **unproven))
        proven = Statement(sa.select(users.c.email_verified_at).where(users.c.id == "user_101"))
        assert (await client().post(await reset_link(), NEW)).status == 200
        assert await db.read(lambda tx: tx.fetch_value(proven)) is None
        token, _ = await db.write(lambda tx: make_link(tx, "reset", "user_101"))
        assert (await client().post(f"/api/auth/reset/{token}", NEW)).status == 200
        assert await db.read(lambda tx: tx.fetch_value(proven)) is not None

    async def test_the_link_is_good_once_and_takes_the_others_with_it(
        self, client: People, reset_link: AsyncCall[str]
    ) -> None:
        first, second, of_john = await reset_link(), await reset_link(), await reset_link("user_102")
        assert (await client().post(first, NEW)).status == 200
        for path in (first, second):
            assert (await client().get(path)).status == 404
            assert (await client().post(path, NEW)).status == 404
        assert (await client().get(of_john)).status == 200

    async def test_two_at_once_change_it_once(self, client: People, reset_link: AsyncCall[str]) -> None:
        path, statuses = await reset_link(), []

        async def try_it() -> None:
            statuses.append((await client().post(path, NEW)).status)

        async with anyio.create_task_group() as group:
            group.start_soon(try_it)
            group.start_soon(try_it)
        assert sorted(statuses) == [200, 404]

    async def test_it_expires_after_an_hour(self, client: People, reset_link: AsyncCall[str], db: Database) -> None:
        path = await reset_link()
        until = (await client().get(path)).data["expiresAt"]
        assert (utc_now() + timedelta(minutes=59)).isoformat() < until < (utc_now() + timedelta(minutes=61)).isoformat()
        past = Statement(sa.update(links).values(expires_at=sa.bindparam("past", type_=links.c.expires_at.type)))
        await db.write(lambda tx: tx.execute(past, past=utc_now() - timedelta(seconds=1)))
        assert (await client().get(path)).status == 404
        assert (await client().post(path, NEW)).status == 404

    async def test_who_was_disabled_since_gets_no_password(
        self, client: People, reset_link: AsyncCall[str], set_user: AsyncCall[None]
    ) -> None:
        path = await reset_link()
        await set_user("jane", disabled_at=utc_now())
        assert (await client().post(path, NEW)).status == 404

    @pytest.mark.parametrize("token", WRONG_TOKENS)
    async def test_another_link_is_not_found(self, client: People, token: str) -> None:
        assert (await client().get(f"/api/auth/reset/{token}")).status == 404
        assert (await client().post(f"/api/auth/reset/{token}", NEW)).status == 404

    async def test_everything_wrong_is_named_and_the_link_stays_good(
        self, client: People, reset_link: AsyncCall[str]
    ) -> None:
        path = await reset_link()
        reply = await client().post(path, {"password": "short", "email": "root@example.com"})
        assert reply.details.keys() == {"password", "email"}
        assert (await client().get(path)).status == 200

    async def test_a_page_of_another_site_may_not(self, client: People, reset_link: AsyncCall[str]) -> None:
        reply = await client().request("POST", await reset_link(), NEW, headers={"origin": "null"})
        assert reply.status == 403


class TestTokens:
    @pytest.fixture
    async def tokens(self, jane: Client) -> Any:
        """Two API tokens of Jane's by their names, each as its id and the headers that it is sent with."""
        made = {}
        for name in ("build", "phone"):
            reply = await jane.post("/api/user/tokens", {"name": name, "scopes": ["read"]})
            made[name] = (reply.data["id"], {"authorization": f"Bearer {reply.data['token']}"})
        return made

    async def test_they_end_with_a_reset(self, client: People, reset_link: AsyncCall[str], tokens: Any) -> None:
        await client().post(await reset_link(), NEW)
        for _, headers in tokens.values():
            assert (await client().request("GET", "/api/tickets", headers=headers)).status == 401

    async def test_those_that_are_ticked_stay(self, client: People, reset_link: AsyncCall[str], tokens: Any) -> None:
        path = await reset_link()
        offered = (await client().get(path)).data["tokens"]
        assert [each["name"] for each in offered] == ["build", "phone"]
        assert "token" not in offered[0]
        kept, headers = tokens["phone"]
        assert (await client().post(path, {**NEW, "keepTokens": [kept, "token_none"]})).status == 200
        assert (await client().request("GET", "/api/tickets", headers=headers)).status == 200
        assert (await client().request("GET", "/api/tickets", headers=tokens["build"][1])).status == 401

    async def test_nobody_keeps_or_ends_those_of_others(
        self, client: People, reset_link: AsyncCall[str], tokens: Any
    ) -> None:
        of_john = (await client("john").post("/api/user/tokens", {"name": "x", "scopes": ["read"]})).data
        await client().post(await reset_link(), {**NEW, "keepTokens": [of_john["id"]]})
        headers = {"authorization": f"Bearer {of_john['token']}"}
        assert (await client().request("GET", "/api/tickets", headers=headers)).status == 200
        assert (await client().request("GET", "/api/tickets", headers=tokens["build"][1])).status == 401


class TestRequest:
    @pytest.mark.parametrize("email", ["jane@example.com", "nobody@example.com"])
    async def test_without_mail_everybody_hears_the_same(
        self, client: People, email: str, row_counts: RowCounts
    ) -> None:
        before = await row_counts()
        reply = await client().post("/api/auth/reset", {"email": email})
        assert (reply.status, reply.error["message"].partition(";")[0]) == (409, "This instance sends no mail")
        assert (await row_counts())["links"] == before["links"]

    async def test_without_mail_the_page_says_so_and_who_can_help(self, client: People) -> None:
        page = (await client().http.get("/reset")).text
        assert "sends no mail" in page
        assert "Ask who administers it" in page
        assert "<form" not in page

    async def test_what_is_no_address_is_named(self, client: People) -> None:
        assert (await client().post("/api/auth/reset", {"email": "jane"})).details.keys() == {"email"}

    @pytest.mark.parametrize("email", ["jane@example.com", "nobody@example.com"])
    async def test_it_may_be_asked_ten_times_a_minute(self, client: People, email: str) -> None:
        statuses = [(await client().post("/api/auth/reset", {"email": email})).status for _ in range(11)]
        assert statuses == [409] * 10 + [429]

    async def test_the_page_says_so_in_german(self, client: People) -> None:
        german = {"accept-language": "de"}
        asked = [
            await client().http.post("/reset", data={"email": "jane@example.com"}, headers=german) for _ in range(11)
        ]
        assert "verschickt keine Mails" in asked[0].text
        assert asked[-1].status_code == 429
        assert "Zu viele Versuche; warten Sie eine Minute" in asked[-1].text


class TestMail:
    @pytest.fixture
    async def app(self, settings: Settings, mail_server: MailServer, run_app: RunApp) -> AsyncIterator[Litestar]:
        """The application with a mail server."""
        mailing = msgspec.structs.replace(
            settings, smtp_url=mail_server.url, mail_from="codimir@example.com", base_url="http://codimir.test"
        )
        async with run_app(mailing) as application:
            yield application

    async def test_the_link_is_mailed_and_works(self, client: People, app: Litestar, mail_server: MailServer) -> None:
        reply = await client().post("/api/auth/reset", {"email": "JANE@example.com"})
        assert (reply.status, reply.data) == (200, SAME)
        await app.state.mailer.close()
        [mail] = mail_server.mails()
        assert mail["To"] == "jane@example.com"
        token = mail.get_content().partition("http://codimir.test/reset/")[2].split()[0]
        assert (await client().post(f"/api/auth/reset/{token}", NEW)).status == 200

    async def test_nobody_and_who_is_disabled_get_none_and_hear_the_same(
        self, client: People, app: Litestar, mail_server: MailServer, set_user: AsyncCall[None]
    ) -> None:
        await set_user("jane", disabled_at=utc_now())
        for email in ("jane@example.com", "nobody.there@example.com"):
            assert (await client().post("/api/auth/reset", {"email": email})).data == SAME
        await app.state.mailer.close()
        assert mail_server.mails() == []

    @pytest.mark.parametrize("email", ["jane@example.com", "nobody@example.com"])
    async def test_where_mails_pile_up_everybody_hears_so(
        self, client: People, app: Litestar, row_counts: RowCounts, monkeypatch: pytest.MonkeyPatch, email: str
    ) -> None:
        monkeypatch.setattr(sending, "MAX_WAITING", 0)
        reply = await client().post("/api/auth/reset", {"email": email})
        assert (reply.status, reply.error["code"]) == (503, "UNAVAILABLE")
        assert reply.error["message"] == (
            "Too many mails are waiting to be sent; nothing was sent, try again in a minute"
        )
        assert (await row_counts())["links"] == 0
        page = await client().http.post("/reset", data={"email": email}, headers={"accept-language": "de"})
        assert "Zu viele Mails warten" in page.text

    @pytest.mark.parametrize("email", ["jane@example.com", "nobody@example.com"])
    async def test_nothing_is_said_to_be_sent_that_the_mail_server_did_not_take(
        self, client: People, app: Litestar, email: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(app.state.mailer, "post_written", lambda _: True)  # none is under way
        said = [(await client().http.post("/reset", data={"email": email})).text]
        app.state.mailer.last_try = Try(utc_now(), "it does not answer", is_taken=False, is_of_server=True)
        said.append((await client().http.post("/reset", data={"email": email})).text)
        assert "on its way" not in "".join(said)
        assert "the mail server is asked to send them a link" in said[0]
        assert "The mail server does not answer at the moment" in said[1]

    async def test_three_links_an_hour_are_enough(self, client: People, app: Litestar, mail_server: MailServer) -> None:
        for _ in range(5):
            await client().post("/api/auth/reset", {"email": "jane@example.com"})
        await app.state.mailer.close()
        assert len(mail_server.mails()) == 3
