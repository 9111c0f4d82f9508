"""Who is signed out, disabled or has another password is refused at the next request, by every server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar

from codimir.authentication.tokens import SESSION_LENGTH, hash_of
from codimir.config import Settings
from codimir.database.core import Database
from codimir.database.statements import insert_into
from codimir.kit.clock import utc_now
from codimir.model.authentication import sessions
from codimir.users.actions import disable_user, enable_user
from tests.accounts.conftest import PASSWORD, Browser, set_cookies
from tests.apps import RunApp
from tests.calls import AsyncCall, Call
from tests.cli.commands import Done
from tests.cli.conftest import Serving
from tests.clients import Client, People

SESSION = "next-auth.session-token"
HASH = hash_of("a-session")
NEW_PASSWORD = "another battery staple"


@pytest.fixture
async def servers(app: Litestar, settings: Settings, run_app: RunApp) -> AsyncIterator[list[Litestar]]:
    """Two servers on one database."""
    async with run_app(settings, has_cast=False) as another:
        yield [app, another]


@pytest.fixture
def statuses(servers: list[Litestar]) -> AsyncCall[list[int]]:
    """Say what each server answers to a cookie."""

    async def ask(cookie: str) -> list[int]:
        clients = [Client(server, {"cookie": cookie}) for server in servers]
        answers = [(await each.get("/api/tickets")).status for each in clients]
        for each in clients:
            await each.http.aclose()
        return answers

    return ask


class TestAtTheSameMoment:
    @pytest.mark.parametrize("turn", range(4))
    async def test_no_session_begins_with_a_password_that_ends(
        self, browser: Browser, client: People, statuses: AsyncCall[list[int]], turn: int
    ) -> None:
        link = (await client("root").post("/api/users/user_101/reset-link")).data["url"].rpartition("/")[2]
        await browser.csrf_token()
        requests: list[Any] = [browser.sign_in(), client().post(f"/api/auth/reset/{link}", {"password": NEW_PASSWORD})]
        replies = dict(zip(("old", "new"), await asyncio.gather(*requests), strict=True))
        assert replies["new"].status == 200
        assert (await statuses(f"{SESSION}={browser.cookies.get(SESSION, 'none')}")) == [401, 401]


class TestEnding:
    async def test_signing_out(self, browser: Browser, statuses: AsyncCall[list[int]]) -> None:
        await browser.sign_in()
        cookie = f"{SESSION}={browser.cookies[SESSION]}"
        assert await statuses(cookie) == [200, 200]
        await browser.send("signout")
        assert await statuses(cookie) == [401, 401]

    async def test_disabling(self, db: Database, statuses: AsyncCall[list[int]]) -> None:
        cookie = f"{SESSION}=session-of-jane"
        assert await statuses(cookie) == [200, 200]
        await db.write(lambda tx: disable_user(tx, "user_101"))
        assert await statuses(cookie) == [401, 401]
        await db.write(lambda tx: enable_user(tx, "user_101"))
        assert await statuses(cookie) == [401, 401]

    async def test_another_password(self, browse: Callable[..., Browser], statuses: AsyncCall[list[int]]) -> None:
        here, elsewhere = browse(), browse()
        await here.sign_in()
        await elsewhere.sign_in()
        body = {"current": PASSWORD, "new": NEW_PASSWORD}
        assert (await here.http.put("/api/user/password", json=body)).status_code == 200
        assert await statuses(f"{SESSION}={elsewhere.cookies[SESSION]}") == [401, 401]
        assert await statuses(f"{SESSION}=session-of-jane") == [401, 401]
        assert await statuses(f"{SESSION}={here.cookies[SESSION]}") == [200, 200]
        assert (await elsewhere.sign_in()).status_code == 401
        assert (await elsewhere.sign_in(password=NEW_PASSWORD)).status_code == 200


class TestWorkers:
    def test_every_process_of_a_server_refuses_at_once(self, codimir: Call[Done], serve: Call[Serving]) -> None:
        codimir("user", "add", "grace@example.com", "--name", "Grace Hopper", stdin=b"correct horse battery")
        address = serve("--workers", "2").address
        cookie = {"cookie": f"{SESSION}={codimir('session', 'grace@example.com').stdout.strip()}"}
        with httpx.Client(base_url=address, limits=httpx.Limits(max_keepalive_connections=0)) as http:
            made = http.post("/api/user/tokens", headers=cookie, json={"name": "ci", "scopes": ["read"]}).json()
            bearer = {"authorization": f"Bearer {made['data']['token']}"}

            def answers(headers: Any) -> set[int]:
                """Ask on so many connections that both processes answer."""
                return {http.get("/api/tickets", headers=headers).status_code for _ in range(20)}

            assert answers(bearer) == answers(cookie) == {200}
            http.delete(f"/api/user/tokens/{made['data']['id']}", headers=cookie)
            assert answers(bearer) == {401}
            csrf = http.get("/api/auth/csrf")
            http.cookies.clear()
            cookies = {"cookie": f"{cookie['cookie']}; {csrf.headers['set-cookie'].partition(';')[0]}"}
            http.post("/api/auth/signout", headers=cookies, json=csrf.json())
            http.cookies.clear()
            assert answers(cookie) == {401}


class TestSliding:
    @pytest.fixture
    def start(self, db: Database) -> AsyncCall[None]:
        async def load(left: timedelta) -> None:
            now = utc_now()
            row = {"token_hash": HASH, "user_id": "user_101", "created_at": now, "expires_at": now + left}
            await db.write(lambda tx: tx.execute(insert_into(sessions), **row))

        return load

    async def test_session_in_use_lasts_from_now_on(
        self, start: AsyncCall[None], client: People, sessions_in_database: AsyncCall[Any]
    ) -> None:
        await start(SESSION_LENGTH - timedelta(days=1, minutes=1))
        headers = {"cookie": f"{SESSION}=a-session"}
        reply = await client().request("GET", "/api/auth/session", headers=headers)
        assert set_cookies(reply.response)[SESSION]["expires"]
        ends = next(row[3] for row in await sessions_in_database() if row[0] == HASH)
        assert ends - utc_now() > SESSION_LENGTH - timedelta(minutes=1)

    async def test_it_is_written_once_a_day(
        self, start: AsyncCall[None], client: People, sessions_in_database: AsyncCall[Any]
    ) -> None:
        await start(SESSION_LENGTH - timedelta(hours=23))
        before = await sessions_in_database()
        await client().request("GET", "/api/tickets", headers={"cookie": f"{SESSION}=a-session"})
        assert await sessions_in_database() == before

    async def test_session_that_is_over_is_over(self, start: AsyncCall[None], client: People) -> None:
        await start(timedelta(seconds=-1))
        headers = {"cookie": f"{SESSION}=a-session"}
        assert (await client().request("GET", "/api/tickets", headers=headers)).status == 401
        assert (await client().request("GET", "/api/auth/session", headers=headers)).body == {}
