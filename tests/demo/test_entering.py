"""Whoever wants to look at the demo gets in: its owner by a link, the administrators as themselves."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from litestar import Litestar

from codimir.accounts.setup.actions import offer_setup
from codimir.authentication.links import make_link
from codimir.config import Settings
from codimir.database.core import Database
from codimir.demo.company import DEMO_EMAIL, Plan
from codimir.demo.entering import admit_administrators, make_owner_link
from codimir.demo.loading import load_demo
from codimir.users.actions import disable_user
from codimir.users.queries import find_account
from tests.apps import RunApp
from tests.clients import People

SMALL = Plan(tickets=5, projects=2, people=3)
FORM = {
    "name": "Grace Hopper", "email": "grace@example.com", "password": "nanoseconds of wire", "workspaceName": "Acme",
}  # fmt: skip


@pytest.fixture
async def app(settings: Settings, run_app: RunApp) -> AsyncIterator[Litestar]:
    """The application on an empty instance."""
    async with run_app(settings, has_cast=False) as application:
        yield application


async def owner_link(db: Database) -> str:
    await load_demo(db, SMALL)
    return f"/enter/{await db.write(make_owner_link)}"


class TestLink:
    async def test_it_signs_in_as_the_owner_once(self, client: People, db: Database) -> None:
        link = await owner_link(db)
        browser, other = client(), client()
        for _ in range(2):  # a preview in a chat does not use it up
            page = await browser.http.get(link)
            assert (page.status_code, "Continue as Demo Owner" in page.text) == (200, True)
        entered = await browser.http.post(link)
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        assert (await browser.get("/api/user/profile")).data["email"] == DEMO_EMAIL
        assert (await other.http.post(link)).status_code == 404
        assert (await other.http.get(link)).status_code == 404

    async def test_no_page_of_another_site_uses_it(self, client: People, db: Database) -> None:
        link = await owner_link(db)
        reply = await client().http.post(link, headers={"sec-fetch-site": "cross-site"})
        assert reply.status_code == 403

    async def test_that_of_somebody_who_is_disabled_is_worth_nothing(self, client: People, db: Database) -> None:
        link = await owner_link(db)
        account = await db.read(lambda tx: find_account(tx, DEMO_EMAIL))
        assert account is not None
        await db.write(lambda tx: disable_user(tx, account.id))
        assert (await client().http.post(link)).status_code == 404

    async def test_a_link_for_something_else_does_not_sign_in(self, client: People, db: Database) -> None:
        await owner_link(db)
        account = await db.read(lambda tx: find_account(tx, DEMO_EMAIL))
        assert account is not None
        token, expires_at = await db.write(lambda tx: make_link(tx, "reset", account.id))
        assert (await client().http.post(f"/enter/{token}")).status_code == 404
        assert expires_at - db.now() <= timedelta(hours=1)


class TestSetUp:
    async def test_it_is_offered_after_the_demo_too_and_whoever_sets_up_sees_the_demo(
        self, client: People, db: Database
    ) -> None:
        await load_demo(db, SMALL)
        token = await db.write(offer_setup)
        grace = client()
        page = await grace.http.get(f"/setup/{token}")
        assert (page.status_code, "A living example" in page.text) == (200, False)
        assert (await grace.http.post(f"/setup/{token}", data=FORM)).headers["location"] == "/projects/new"
        seen = {each["name"] for each in (await grace.get("/api/workspaces")).data}
        assert seen == {"Acme", "Demo"}
        assert "Demo" in (await grace.http.get("/tickets")).text

    async def test_a_living_example_is_loaded_in_the_browser(self, client: People, db: Database) -> None:
        token = await db.write(offer_setup)
        grace = client()
        assert "A living example" in (await grace.http.get(f"/setup/{token}")).text
        done = await grace.http.post(f"/setup/{token}", data={**FORM, "begin": "example"})
        assert (done.status_code, done.headers["location"]) == (303, "/projects")
        assert (await grace.get("/api/tickets")).total > 900
        assert "Demo" in (await grace.http.get("/projects")).text

    async def test_what_was_chosen_stays_when_a_field_is_wrong(self, client: People, db: Database) -> None:
        token = await db.write(offer_setup)
        again = await client().http.post(f"/setup/{token}", data={**FORM, "password": "x", "begin": "example"})
        assert again.status_code == 400
        assert 'value="example" checked' in again.text

    async def test_administrators_are_let_into_a_demo_that_comes_later(self, client: People, db: Database) -> None:
        token = await db.write(offer_setup)
        grace = client()
        await grace.http.post(f"/setup/{token}", data=FORM)
        await load_demo(db, SMALL)
        for _ in range(2):
            await db.write(admit_administrators)
        assert {each["name"] for each in (await grace.get("/api/workspaces")).data} == {"Acme", "Demo"}
        assert "Demo" in (await grace.http.get("/tickets")).text
        assert await db.write(offer_setup) is None


class TestSignIn:
    async def test_the_page_says_what_to_do_while_nobody_has_set_it_up(self, client: People, db: Database) -> None:
        said = "Nobody has set up this instance yet"
        assert said in (await client().http.get("/signin")).text
        token = await db.write(offer_setup)
        await client().http.post(f"/setup/{token}", data=FORM)
        assert said not in (await client().http.get("/signin")).text
