"""The version of the data is another one after each commit, and the same while there is none."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from codimir.config import Settings
from codimir.database.core import Database, Unavailable
from codimir.database.opening import open_database
from codimir.database.postgres_snapshots import MAX_PROCESSES, Snapshots
from tests.calls import AsyncCall

ADD = "INSERT INTO workspaces (id, name, slug, version, created_at, updated_at) VALUES ($1, $1, $1, 0, now(), now())"


@pytest.fixture
async def beside(settings: Settings, database: Database) -> AsyncIterator[Database]:
    """The database as another process has it open."""
    opened = await open_database(settings)
    yield opened
    await opened.close()


class TestDataVersion:
    async def test_it_stays_while_nothing_is_committed(self, database: Database, names: AsyncCall[list[str]]) -> None:
        for _ in range(100):  # others may use the server, and it sometimes commits by itself
            first = await database.data_version()
            assert first is not None
            assert await names() == []
            if await database.data_version() == first:
                break
        else:
            pytest.fail("it is another one each time")

    async def test_every_commit_makes_another_one(self, database: Database, add: AsyncCall[None]) -> None:
        seen = {await database.data_version()}
        for number in range(10):
            await database.write(lambda tx, number=number: add(tx, f"{number}"))
            seen.add(await database.data_version())
        assert len(seen) == 11

    async def test_so_does_a_commit_by_another_process(
        self, database: Database, beside: Database, add: AsyncCall[None]
    ) -> None:
        for number in range(10):
            before = await database.data_version()
            await beside.write(lambda tx, number=number: add(tx, f"{number}"))
            assert await database.data_version() != before


@pytest.mark.parametrize("database_name", ["postgresql"], indirect=True)
class TestOnPostgres:
    @pytest.fixture
    async def connection(self, settings: Settings, database: Database) -> AsyncIterator[Any]:
        assert settings.database_url
        opened = await asyncpg.connect(settings.database_url)
        yield opened
        await opened.close()

    async def test_the_commit_of_what_began_before_others_is_told(
        self, database: Database, connection: Any, add: AsyncCall[None]
    ) -> None:
        async with connection.transaction():
            await connection.execute(ADD, "workspace_2")
            await database.write(lambda tx: add(tx, "1"))
            before = await database.data_version()
            async with connection.transaction():
                await connection.execute(ADD, "workspace_3")
        assert await database.data_version() != before

    async def test_after_the_connections_have_broken_it_is_another_one(
        self, database: Database, connection: Any
    ) -> None:
        """A server that came back from a crash may give numbers of transactions again."""
        before = await database.data_version()
        ended = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> $1"
        )
        await connection.fetch(ended, connection.get_server_pid())
        async with asyncio.timeout(60):
            while (after := await _version_of(database)) is None:
                pass
        assert after != before


async def _version_of(database: Database) -> Any:
    try:
        return await database.data_version()
    except Unavailable:  # the first who asks may find that the connection is gone
        return None


class Server:
    """What a server would say, once it is let."""

    def __init__(self) -> None:
        self.asked = 0
        self.was_asked = asyncio.Event()
        self.says: tuple[Any, ...] = (False, "today", 1, "5:5:")
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def fetch_all(self, _statement: Any) -> list[Any]:
        self.asked += 1
        self.was_asked.set()
        said = self.says
        await self.may_answer.wait()
        return [said]


class TestAsking:
    async def test_who_comes_while_a_question_is_under_way_shares_the_next_one(self) -> None:
        server = Server()
        snapshots = Snapshots(server.fetch_all)
        server.may_answer.clear()
        first = asyncio.ensure_future(snapshots.latest())
        await server.was_asked.wait()
        server.says = (False, "today", 1, "6:6:")
        later = [asyncio.ensure_future(snapshots.latest()) for _ in range(5)]
        await asyncio.sleep(0)
        server.may_answer.set()
        assert await first == (1, "5:5:")
        assert await asyncio.gather(*later) == [(1, "6:6:")] * 5
        assert server.asked == 2

    async def test_who_gives_up_does_not_end_the_question_of_others(self) -> None:
        server = Server()
        snapshots = Snapshots(server.fetch_all)
        server.may_answer.clear()
        gone, stays = (asyncio.ensure_future(snapshots.latest()) for _ in range(2))
        await server.was_asked.wait()
        gone.cancel()
        server.may_answer.set()
        assert await stays == (1, "5:5:")

    async def test_a_question_that_failed_is_asked_again(self) -> None:
        server = Server()
        snapshots, says = Snapshots(server.fetch_all), server.says
        server.says = (False,)  # which it never says
        with pytest.raises(ValueError, match="unpack"):
            await snapshots.latest()
        server.says = says
        assert await snapshots.latest() == (1, "5:5:")

    async def test_nothing_is_known_on_a_standby(self) -> None:
        server = Server()
        server.says = (True, "today", 1, "5:5:")
        assert await Snapshots(server.fetch_all).latest() is None

    @pytest.mark.parametrize("other", [("today", 2), ("yesterday", 1)])
    async def test_another_process_of_the_server_may_give_the_same_numbers_again(self, other: tuple[Any, ...]) -> None:
        server = Server()
        snapshots = Snapshots(server.fetch_all)
        before = await snapshots.latest()
        server.says = (False, *other, "5:5:")
        after = await snapshots.latest()
        server.says = (False, "today", 1, "5:5:")
        assert after != before
        assert await snapshots.latest() == after

    async def test_not_every_process_there_ever_was_is_remembered(self) -> None:
        server = Server()
        snapshots = Snapshots(server.fetch_all)
        seen = set()
        for number in range(3 * MAX_PROCESSES):
            server.says = (False, "today", number, "5:5:")
            seen.add(await snapshots.latest())
        assert len(seen) == 3 * MAX_PROCESSES
        server.says = (False, "today", 0, "5:5:")
        assert await snapshots.latest() not in seen
