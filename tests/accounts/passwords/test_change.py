"""Changing one's own password."""

from typing import Any

import pytest

from codimir.accounts.passwords.queries import find_password_hash
from codimir.authentication.passwords import hash_password, is_password
from codimir.database.core import Database
from tests.calls import AsyncCall
from tests.clients import Client, People

OLD, NEW = "correct horse", "battery staple"
OLD_HASH = hash_password(OLD)
CHANGE = {"current": OLD, "new": NEW}
PATH = "/api/user/password"


@pytest.fixture(autouse=True)
async def old_password(set_user: AsyncCall[None]) -> None:
    """Give Jane a password."""
    await set_user("jane", password_hash=OLD_HASH)


class TestChange:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        assert (await client().put(PATH, CHANGE)).status == 401

    async def test_the_sessions_end_and_a_new_one_begins(self, client: People, jane: Client, db: Database) -> None:
        reply = await jane.put(PATH, CHANGE)
        assert (reply.status, reply.data["id"]) == (200, "user_101")
        assert is_password(NEW, await db.read(lambda tx: find_password_hash(tx, "user_101")) or "")
        assert (await client("jane").get("/api/tickets")).status == 401
        token = reply.headers["set-cookie"].partition("=")[2].partition(";")[0]
        anew = await client().request("GET", "/api/tickets", headers={"cookie": f"next-auth.session-token={token}"})
        assert anew.status == 200

    async def test_wrong_current_one_changes_nothing(self, client: People, jane: Client, db: Database) -> None:
        reply = await jane.put(PATH, {**CHANGE, "current": "wrong horse"})
        assert reply.status == 400
        assert reply.details == {"current": ["The current password is wrong"]}
        assert await db.read(lambda tx: find_password_hash(tx, "user_101")) == OLD_HASH
        assert (await jane.get("/api/tickets")).status == 200

    async def test_who_has_none_cannot_know_it(self, client: People) -> None:
        assert (await client("john").put(PATH, CHANGE)).status == 400

    async def test_it_may_be_tried_ten_times_a_minute(self, jane: Client) -> None:
        wrong = {**CHANGE, "current": "wrong horse"}
        statuses = [(await jane.put(PATH, wrong)).status for _ in range(11)]
        assert statuses == [400] * 10 + [429]

    async def test_tokens_end_only_where_that_is_wanted(self, client: People, jane: Client) -> None:
        made = (await jane.post("/api/user/tokens", {"name": "x", "scopes": ["read"]})).data
        headers = {"authorization": f"Bearer {made['token']}"}
        anew = (await jane.put(PATH, CHANGE)).headers["set-cookie"].partition(";")[0]
        assert (await client().request("GET", "/api/tickets", headers=headers)).status == 200
        change = {"current": NEW, "new": OLD, "revokeTokens": True}
        assert (await client().request("PUT", PATH, change, headers={"cookie": anew})).status == 200
        assert (await client().request("GET", "/api/tickets", headers=headers)).status == 401

    async def test_links_for_a_new_one_end_too(self, client: People, jane: Client) -> None:
        made = await client("root").post("/api/users/user_101/reset-link")
        await jane.put(PATH, CHANGE)
        assert (await client().get(f"/api/auth/reset/{made.data['url'].rpartition('/')[2]}")).status == 404

    @pytest.mark.parametrize(
        "wrong", [{"new": "short"}, {"new": "p" * 1_001}, {"current": 1}, {"userId": "user_102"}], ids=str
    )
    async def test_wrong_fields_are_named(self, jane: Client, wrong: Any) -> None:
        assert (await jane.put(PATH, {**CHANGE, **wrong})).details.keys() == wrong.keys()

    async def test_a_page_of_another_site_may_not(self, jane: Client) -> None:
        reply = await jane.request("PUT", PATH, CHANGE, headers={"origin": "https://evil.example"})
        assert reply.status == 403


class TestAgain:
    async def test_with_a_key_it_is_changed_once(self, client: People, jane: Client, db: Database) -> None:
        headers = {"idempotency-key": "a"}
        first = await jane.request("PUT", PATH, CHANGE, headers=headers)
        changed = await db.read(lambda tx: find_password_hash(tx, "user_101"))
        cookies = first.headers.get_list("set-cookie")
        session = cookies[0].partition(";")[0]
        assert (await jane.request("PUT", PATH, CHANGE, headers=headers)).status == 401  # that session has ended
        second = await client().request("PUT", PATH, CHANGE, headers={**headers, "cookie": session})
        assert second.headers["idempotent-replayed"] == "true"
        assert (second.status, second.response.content) == (first.status, first.response.content)
        assert second.headers.get_list("set-cookie") == cookies
        assert await db.read(lambda tx: find_password_hash(tx, "user_101")) == changed
        assert (await client().request("GET", "/api/tickets", headers={"cookie": session})).status == 200

    async def test_a_wrong_one_is_not_kept(self, jane: Client) -> None:
        headers = {"idempotency-key": "a"}
        assert (await jane.request("PUT", PATH, {**CHANGE, "current": "wrong"}, headers=headers)).status == 400
        assert (await jane.request("PUT", PATH, CHANGE, headers=headers)).status == 200
