"""Units that collide on PostgreSQL are run again, and their clients notice nothing."""

import asyncio
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from codimir.config import Settings
from codimir.database.core import Database, OutcomeUnknown, Transaction, Unavailable
from codimir.database.postgres import ATTEMPTS
from codimir.database.statements import Statement
from codimir.model.groups import groups
from tests.calls import AsyncCall

RENAME = Statement(
    sa.update(groups)
    .where(groups.c.id == sa.bindparam("group"))
    .values(description=sa.func.coalesce(groups.c.description, "") + sa.bindparam("more", type_=sa.Text()))
)
DESCRIPTIONS = Statement(sa.select(groups.c.description).order_by(groups.c.id))


@pytest.fixture
def database_name() -> str:
    return "postgresql"


@pytest.fixture
async def pair(database: Database, add: AsyncCall[None]) -> AsyncCall[list[str]]:
    """Write the rows `group_a` and `group_b`, and give a way to read what was written to them."""
    for name in "ab":
        await database.write(lambda tx, name=name: add(tx, name))

    async def read() -> list[str]:
        return [row[0] for row in await database.read(lambda tx: tx.fetch_all(DESCRIPTIONS))]

    return read


class TestDeadlock:
    async def test_the_one_that_is_chosen_is_run_again(self, database: Database, pair: AsyncCall[list[str]]) -> None:
        has_first = {"a": asyncio.Event(), "b": asyncio.Event()}
        runs: list[str] = []

        async def unit(tx: Transaction, first: str, second: str) -> str:
            runs.append(first)
            await tx.execute(RENAME, group=f"group_{first}", more=first)
            has_first[first].set()
            await has_first[second].wait()
            await tx.execute(RENAME, group=f"group_{second}", more=first)
            return first

        answers = await asyncio.gather(
            database.write(lambda tx: unit(tx, "a", "b")), database.write(lambda tx: unit(tx, "b", "a"))
        )
        assert list(answers) == ["a", "b"]
        assert len(runs) == 3
        assert sorted(map(sorted, await pair())) == [["a", "b"], ["a", "b"]]


class TestSerialization:
    @pytest.fixture
    def overtaken(self, settings: Settings) -> AsyncCall[str]:
        """A unit that another transaction overtakes in its first runs."""

        async def unit(tx: Any, times: int, runs: list[None]) -> str:
            await tx.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            await tx.fetch_all(DESCRIPTIONS)
            runs.append(None)
            if len(runs) <= times:
                other = await asyncpg.connect(settings.database_url)
                await other.execute("UPDATE groups SET description = coalesce(description, '') || 'o'")
                await other.close()
            await tx.execute(RENAME, group="group_a", more="u")
            return "done"

        return unit

    async def test_it_is_run_again_until_it_succeeds(
        self, database: Database, overtaken: AsyncCall[str], pair: AsyncCall[list[str]]
    ) -> None:
        runs: list[None] = []
        assert await database.write(lambda tx: overtaken(tx, 2, runs)) == "done"
        assert len(runs) == 3
        assert await pair() == ["oou", "oo"]

    async def test_who_is_always_overtaken_is_told_to_come_back(
        self, database: Database, overtaken: AsyncCall[str], pair: AsyncCall[list[str]]
    ) -> None:
        runs: list[None] = []
        with pytest.raises(Unavailable):
            await database.write(lambda tx: overtaken(tx, ATTEMPTS, runs))
        assert len(runs) == ATTEMPTS
        assert await pair() == ["o" * ATTEMPTS] * 2


class TestLostConnection:
    async def test_it_is_unavailable_and_the_next_unit_has_another(
        self, database: Database, add: AsyncCall[None], names: AsyncCall[list[str]]
    ) -> None:
        async def cut(tx: Any) -> None:
            await add(tx, "half")
            await tx.connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

        with pytest.raises(Unavailable):
            await database.write(cut)
        await database.write(lambda tx: add(tx, "whole"))
        assert await names() == ["whole"]

    async def test_whether_a_commit_that_is_cut_off_happened_is_not_known(
        self, database: Database, add: AsyncCall[None], settings: Settings
    ) -> None:
        async def cut_at_the_end(tx: Any, *, writes: bool) -> None:
            if writes:
                await add(tx, "perhaps")
            pid = await tx.connection.fetchval("SELECT pg_backend_pid()")
            other = await asyncpg.connect(settings.database_url)
            await other.execute("SELECT pg_terminate_backend($1)", pid)
            await other.close()

        with pytest.raises(OutcomeUnknown):
            await database.write(lambda tx: cut_at_the_end(tx, writes=True))
        with pytest.raises(Unavailable) as read:
            await database.read(lambda tx: cut_at_the_end(tx, writes=False))
        assert not isinstance(read.value, OutcomeUnknown)

    async def test_a_connection_that_breaks_after_the_commit_harms_nobody(
        self, database: Database, add: AsyncCall[None], names: AsyncCall[list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def reset(*_: Any, **__: Any) -> None:
            raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

        with monkeypatch.context() as broken:
            broken.setattr(asyncpg.Connection, "reset", reset)
            await database.write(lambda tx: add(tx, "whole"))
        assert await names() == ["whole"]

    @pytest.mark.parametrize(
        "error",
        [
            asyncpg.InternalClientError("got result for unknown protocol state 3"),
            asyncpg.InterfaceError("cannot perform operation: connection is closed"),
            asyncpg.CrashShutdownError("terminating connection because of crash of another server process"),
            asyncpg.PostgresIOError("could not extend file"),
        ],
        ids=lambda error: type(error).__name__,
    )
    async def test_whatever_says_that_the_server_is_away_is_unavailable(
        self, database: Database, error: Exception
    ) -> None:
        async def unit(_tx: Transaction) -> None:
            raise error

        for run in (database.read, database.write):
            with pytest.raises(Unavailable):
                await run(unit)
