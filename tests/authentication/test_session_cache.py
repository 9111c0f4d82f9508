"""A session that was found is as good as looked up again, and never longer than that."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from litestar import Litestar

from codimir.authentication import session_cache
from codimir.authentication.tokens import hash_of
from codimir.config import Settings
from codimir.database.sqlite import SqliteDatabase
from tests.calls import AsyncCall
from tests.clients import Client, People

JANES = hash_of("session-of-jane")


@pytest.fixture
def lookups(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each session that is looked up."""
    looked_up: list[str] = []
    every = SqliteDatabase.fetch_all

    async def noted(self: SqliteDatabase, statement: Any, **values: Any) -> Any:
        if "hash" in values:
            looked_up.append(values["hash"])
        return await every(self, statement, **values)

    monkeypatch.setattr(SqliteDatabase, "fetch_all", noted)
    return looked_up


@pytest.mark.parametrize("database_name", ["sqlite"], indirect=True)
class TestOnSqlite:
    async def test_a_session_is_looked_up_once_while_nothing_is_written(self, jane: Client, lookups: list[str]) -> None:
        for _ in range(3):
            assert (await jane.get("/api/user/profile")).data["id"] == "user_101"
        assert lookups == [JANES]

    async def test_each_write_lets_it_be_looked_up_again(
        self, jane: Client, new_ticket: AsyncCall[Any], lookups: list[str]
    ) -> None:
        await jane.get("/api/user/profile")
        await new_ticket()
        await jane.get("/api/user/profile")
        assert lookups == [JANES, JANES]

    async def test_what_another_process_writes_holds_from_the_next_request_on(
        self, jane: Client, settings: Settings
    ) -> None:
        assert (await jane.get("/api/user/profile")).status == 200
        with closing(sqlite3.connect(settings.sqlite_path, isolation_level=None)) as other:
            other.execute("UPDATE users SET name = 'Jane Jones' WHERE id = 'user_101'")
            assert (await jane.get("/api/user/profile")).data["name"] == "Jane Jones"
            other.execute("DELETE FROM sessions WHERE user_id = 'user_101'")
        assert (await jane.get("/api/user/profile")).status == 401

    async def test_a_session_that_is_known_ends_in_time(
        self, app: Litestar, jane: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert (await jane.get("/api/user/profile")).status == 200
        late = datetime(2200, 1, 1, tzinfo=UTC) + timedelta(seconds=1)
        monkeypatch.setattr(app.state.database, "_clock", lambda: late)
        assert (await jane.get("/api/user/profile")).status == 401

    async def test_a_token_is_looked_up_once_and_its_end_holds_at_once(
        self, app: Litestar, client: People, jane: Client, lookups: list[str]
    ) -> None:
        made = (await jane.post("/api/user/tokens", {"name": "ci", "scopes": ["read"]})).data
        program = client()
        program.http.headers["authorization"] = f"Bearer {made['token']}"
        assert (await program.get("/api/user/profile")).status == 200
        await app.state.token_uses.close()  # the first use is written down
        lookups.clear()
        for _ in range(3):
            assert (await program.get("/api/user/profile")).status == 200
        assert lookups == [hash_of(made["token"])]
        assert (await jane.delete(f"/api/user/tokens/{made['id']}")).status == 204
        assert (await program.get("/api/user/profile")).status == 401

    async def test_what_is_wrong_is_not_kept(self, app: Litestar, client: People) -> None:
        stranger = client()
        for number in range(3):
            stranger.http.headers["cookie"] = f"next-auth.session-token=wrong-{number}"
            assert (await stranger.get("/api/user/profile")).status == 401
        assert len(app.state.session_cache) == 0

    async def test_no_more_than_so_many_are_kept(
        self, app: Litestar, client: People, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(session_cache, "MAX_COUNT", 2)
        for who in ("jane", "john", "ada", "mia"):
            assert (await client(who).get("/api/user/profile")).status == 200
        assert len(app.state.session_cache) <= 2


@pytest.mark.parametrize("database_name", ["postgresql"], indirect=True)
async def test_where_the_version_cannot_be_told_nothing_is_kept(app: Litestar, jane: Client) -> None:
    assert (await jane.get("/api/user/profile")).status == 200
    assert len(app.state.session_cache) == 0
