"""The first run: a link that makes the first administrator and the first workspace, once."""

from collections.abc import AsyncIterator
from datetime import timedelta

import anyio
import pytest
from litestar import Litestar

from codimir.accounts.setup.actions import offer_setup
from codimir.authentication.links import make_link, withdraw_links
from codimir.authentication.weak_passwords import OWN_WORDS, TOO_COMMON
from codimir.config import Settings
from codimir.database.core import Database
from codimir.database.sqlite import SqliteDatabase
from codimir.kit.clock import utc_now
from codimir.problems.problem import Problem
from tests.apps import RunApp
from tests.calls import Recorded, RowCounts
from tests.clients import People

GRACE = {
    "name": "Grace Hopper",
    "email": "Grace@example.com",
    "password": "correct horse",
    "workspaceName": "  Acme Rockets ",
}


@pytest.fixture
async def app(settings: Settings, run_app: RunApp) -> AsyncIterator[Litestar]:
    """The application on an empty instance."""
    async with run_app(settings, has_cast=False) as application:
        yield application


@pytest.fixture
async def token(db: Database) -> str:
    """The token of a link that sets up the instance."""
    made = await db.write(offer_setup)
    assert made
    return made


class TestLink:
    async def test_a_good_one_says_until_when(self, client: People, token: str) -> None:
        reply = await client().get(f"/api/setup/{token}")
        assert reply.status == 200
        assert reply.data["expiresAt"] > utc_now().isoformat()

    @pytest.mark.parametrize("wrong", ["x", "a" * 5_000, "%C3%A9", "%00", "..", "'"])
    async def test_another_is_not_found(self, client: People, token: str, wrong: str) -> None:
        assert (await client().get(f"/api/setup/{wrong}")).status in (400, 404)
        assert (await client().post(f"/api/setup/{wrong}", GRACE)).status in (400, 404)

    async def test_a_new_one_replaces_the_last(self, client: People, db: Database, token: str) -> None:
        newer = await db.write(offer_setup)
        assert (await client().get(f"/api/setup/{token}")).status == 404
        assert (await client().get(f"/api/setup/{newer}")).status == 200

    async def test_it_expires(self, client: People, settings: Settings, db: Database) -> None:
        if not isinstance(db, SqliteDatabase):
            pytest.skip("only SQLite lets a second clock in")
        yesterday = SqliteDatabase(settings.sqlite_path, lambda: utc_now() - timedelta(hours=25))
        old = await yesterday.write(offer_setup)
        await yesterday.close()
        assert (await client().get(f"/api/setup/{old}")).status == 404
        assert (await client().post(f"/api/setup/{old}", GRACE)).status == 404

    async def test_that_of_another_purpose_is_not_good(self, client: People, db: Database) -> None:
        other, _ = await db.write(lambda tx: make_link(tx, "reset"))
        assert (await client().get(f"/api/setup/{other}")).status == 404


class TestSetUp:
    async def test_the_first_administrator_owns_the_first_workspace_and_is_signed_in(
        self, client: People, token: str, recorded: Recorded
    ) -> None:
        grace = client()
        reply = await grace.post(f"/api/setup/{token}", GRACE)
        assert reply.status == 200, reply.body
        user, workspace = reply.data["user"], reply.data["workspace"]
        assert (user["name"], user["email"]) == ("Grace Hopper", "Grace@example.com")
        assert (workspace["name"], workspace["slug"]) == ("Acme Rockets", "acme-rockets")
        assert reply.headers["set-cookie"].startswith("next-auth.session-token=")
        assert "HttpOnly; SameSite=Lax; Expires=" in reply.headers["set-cookie"]
        made = await grace.post("/api/tickets", {"title": "First"})
        assert (made.data["workspaceId"], made.data["reporterId"]) == (workspace["id"], user["id"])
        assert [kind for kind, _ in await recorded(workspace["id"])] == ["workspace.created"]
        assert await recorded(user["id"]) == [("member.added", {"userId": [None, user["id"]], "role": [None, "OWNER"]})]

    async def test_the_link_is_good_once(self, client: People, db: Database, token: str, row_counts: RowCounts) -> None:
        await client().post(f"/api/setup/{token}", GRACE)
        before = await row_counts()
        for reply in (
            await client().get(f"/api/setup/{token}"),
            await client().post(f"/api/setup/{token}", {**GRACE, "email": "eve@example.com"}),
        ):
            assert reply.status == 404
        assert await db.write(offer_setup) is None
        assert await row_counts() == before

    async def test_two_at_once_make_one_administrator(self, client: People, token: str, row_counts: RowCounts) -> None:
        statuses: list[int] = []

        async def try_it(email: str) -> None:
            statuses.append((await client().post(f"/api/setup/{token}", {**GRACE, "email": email})).status)

        async with anyio.create_task_group() as group:
            for number in range(4):
                group.start_soon(try_it, f"grace{number}@example.com")
        assert sorted(statuses) == [200, 404, 404, 404]
        counts = await row_counts()
        assert (counts["users"], counts["workspaces"]) == (1, 1)

    async def test_nobody_sets_up_an_instance_that_has_people(self, client: People, db: Database, token: str) -> None:
        await client().post(f"/api/setup/{token}", GRACE)
        late, _ = await db.write(lambda tx: make_link(tx, "setup"))
        assert (await client().get(f"/api/setup/{late}")).status == 404
        assert (await client().post(f"/api/setup/{late}", {**GRACE, "email": "eve@example.com"})).status == 404
        assert await db.write(lambda tx: withdraw_links(tx, "setup"))

    async def test_everything_wrong_is_named_at_once_and_the_link_stays_good(self, client: People, token: str) -> None:
        wrong = {"name": " ", "email": "grace", "password": "short", "workspaceName": "a\nb", "role": "ADMIN"}
        reply = await client().post(f"/api/setup/{token}", wrong)
        assert reply.status == 400
        assert reply.details.keys() == wrong.keys()
        assert (await client().post(f"/api/setup/{token}", GRACE)).status == 200

    async def test_a_page_of_another_site_may_not(self, client: People, token: str) -> None:
        foreign = {"origin": "https://evil.example"}
        reply = await client().request("POST", f"/api/setup/{token}", GRACE, headers=foreign)
        assert reply.status == 403

    @pytest.mark.parametrize("password", ["8 17 26 35", "p" * 1_000, "пароль🦊🦊🦊"])
    async def test_passwords_of_any_script_and_length(self, client: People, token: str, password: str) -> None:
        assert (await client().post(f"/api/setup/{token}", {**GRACE, "password": password})).status == 200

    @pytest.mark.parametrize(
        ("password", "problem"), [("Password", TOO_COMMON), ("grace.hopper", OWN_WORDS), ("hopper 1906", OWN_WORDS)]
    )
    async def test_nor_one_that_is_guessed_first(
        self, client: People, token: str, password: str, problem: Problem
    ) -> None:
        reply = await client().post(f"/api/setup/{token}", {**GRACE, "password": password})
        assert (reply.status, reply.details) == (400, {"password": [str(problem)]})
        assert (await client().post(f"/api/setup/{token}", GRACE)).status == 200

    @pytest.mark.parametrize("password", ["1234567", "p" * 1_001])
    async def test_but_not_too_short_or_too_long(self, client: People, token: str, password: str) -> None:
        reply = await client().post(f"/api/setup/{token}", {**GRACE, "password": password})
        assert reply.details.keys() == {"password"}
