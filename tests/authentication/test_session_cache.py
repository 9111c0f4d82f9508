"""A session that was found is as good as looked up again, and never longer than that."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.authentication import session_cache
from codimir.authentication.tokens import hash_of
from codimir.config import Settings
from codimir.database.core import Database
from codimir.database.opening import open_database
from codimir.database.statements import Statement
from codimir.model.authentication import sessions
from codimir.model.users import users
from tests.calls import AsyncCall
from tests.clients import Client, People

JANES = hash_of("session-of-jane")


@pytest.fixture
def lookups(db: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each session that is looked up."""
    looked_up: list[str] = []
    every = db.fetch_all

    async def noted(statement: Any, **values: Any) -> Any:
        if "hash" in values:
            looked_up.append(values["hash"])
        return await every(statement, **values)

    monkeypatch.setattr(db, "fetch_all", noted)
    return looked_up


@pytest.fixture
async def beside(app: Litestar, settings: Settings) -> AsyncIterator[Database]:
    """The database as another process has it open."""
    opened = await open_database(settings)
    yield opened
    await opened.close()


class TestLookingUp:
    @pytest.mark.parametrize("database_name", ["sqlite"], indirect=True)
    async def test_a_session_is_looked_up_once_while_nothing_is_written(self, jane: Client, lookups: list[str]) -> None:
        for _ in range(3):
            assert (await jane.get("/api/user/profile")).data["id"] == "user_101"
        assert lookups == [JANES]

    @pytest.mark.parametrize("database_name", ["postgresql"], indirect=True)
    async def test_so_it_is_on_a_server_that_others_use(self, jane: Client, lookups: list[str]) -> None:
        """What others write in its other databases lets a session be looked up again."""
        for number in range(100):
            assert (await jane.get("/api/user/profile")).data["id"] == "user_101"
            if len(lookups) <= number:
                return
        pytest.fail("it was looked up each time")

    async def test_each_write_lets_it_be_looked_up_again(
        self, jane: Client, new_ticket: AsyncCall[Any], lookups: list[str]
    ) -> None:
        await jane.get("/api/user/profile")
        await new_ticket()
        lookups.clear()
        await jane.get("/api/user/profile")
        assert lookups == [JANES]

    async def test_what_another_process_writes_holds_from_the_next_request_on(
        self, jane: Client, beside: Database
    ) -> None:
        renamed = Statement(sa.update(users).values(name="Jane Jones").where(users.c.id == "user_101"))
        ended = Statement(sa.delete(sessions).where(sessions.c.user_id == "user_101"))
        assert (await jane.get("/api/user/profile")).status == 200
        await beside.write(lambda tx: tx.execute(renamed))
        assert (await jane.get("/api/user/profile")).data["name"] == "Jane Jones"
        await beside.write(lambda tx: tx.execute(ended))
        assert (await jane.get("/api/user/profile")).status == 401

    async def test_who_comes_while_a_session_is_looked_up_is_not_told_what_has_ended_meanwhile(
        self, app: Litestar, client: People, db: Database, beside: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What was found before a commit is never kept for the time after it."""
        ended = Statement(sa.delete(sessions).where(sessions.c.user_id == "user_101"))
        every, john = db.fetch_all, client("john")

        async def end_meanwhile(statement: Any, **values: Any) -> Any:
            rows = await every(statement, **values)
            if values.get("hash") == JANES and rows:
                await beside.write(lambda tx: tx.execute(ended))
                assert (await john.get("/api/user/profile")).status == 200  # and begins what is kept for it
            return rows

        monkeypatch.setattr(db, "fetch_all", end_meanwhile)
        jane = client("jane")
        assert (await jane.get("/api/user/profile")).status == 200
        assert [(await jane.get("/api/user/profile")).status for _ in range(2)] == [401, 401]

    async def test_a_session_that_is_known_ends_in_time(
        self, app: Litestar, jane: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert (await jane.get("/api/user/profile")).status == 200
        late = datetime(2200, 1, 1, tzinfo=UTC) + timedelta(seconds=1)
        monkeypatch.setattr(app.state.database, "_clock", lambda: late)
        assert (await jane.get("/api/user/profile")).status == 401

    @pytest.mark.parametrize("database_name", ["sqlite"], indirect=True)
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


async def test_where_the_version_cannot_be_told_nothing_is_kept(
    app: Litestar, db: Database, jane: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unknown() -> None:
        """Say what a standby says."""

    monkeypatch.setattr(db, "data_version", unknown)
    assert [(await jane.get("/api/user/profile")).status for _ in range(2)] == [200, 200]
    assert len(app.state.session_cache) == 0
