"""Whoever watches the database is woken by a commit, whichever process made it."""

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from codimir.config import Settings
from codimir.database.core import Database, Transaction, Unavailable
from codimir.database.opening import open_database
from codimir.database.statements import Statement
from codimir.events.recording import record
from codimir.events.types import GroupCreated
from tests.calls import AsyncCall

SOON = 60
LONG_ENOUGH_TO_SEE_NOTHING = 0.3
HALF_A_SECOND = 0.5
THE_LISTENER = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query = 'SELECT 1'"


async def write_event(tx: Transaction) -> None:
    await record(tx, None, GroupCreated(workspace_id="workspace_789", subject_id="group_103", changes={}))


async def undone(tx: Transaction) -> None:
    await write_event(tx)
    raise LookupError


async def look_only(tx: Transaction) -> None:
    await tx.fetch_value(Statement(sa.select(sa.literal_column("1"))))


async def begin(watch: Any) -> None:
    """Wait until the database is watched, however long it takes to connect, and what was committed before is told."""
    assert await watch.wait(SOON)
    await settle(watch)


async def settle(watch: Any) -> None:
    """Wait until what was committed before has been told."""
    while await watch.wait(LONG_ENOUGH_TO_SEE_NOTHING):
        pass


class TestWatch:
    async def test_a_commit_of_this_process_wakes(self, db: Database) -> None:
        async with db.watch() as watch:
            await begin(watch)
            await db.write(write_event)
            assert await watch.wait(SOON)

    async def test_a_commit_of_another_process_wakes(self, db: Database, settings: Settings) -> None:
        other = await open_database(settings)
        async with db.watch() as watch:
            await begin(watch)
            await other.write(write_event)
            assert await watch.wait(SOON)
        await other.close()

    async def test_everyone_who_watches_is_woken(self, db: Database) -> None:
        async with db.watch() as one, db.watch() as two:
            await begin(one)
            await begin(two)
            await db.write(write_event)
            assert [await one.wait(SOON), await two.wait(SOON)] == [True, True]

    async def test_a_commit_between_a_read_and_the_wait_is_not_missed(self, db: Database) -> None:
        async with db.watch() as watch:
            await begin(watch)
            await db.write(write_event)
            await asyncio.sleep(LONG_ENOUGH_TO_SEE_NOTHING)
            assert await watch.wait(SOON)

    async def test_nothing_wakes_when_nothing_is_committed(self, db: Database) -> None:
        async with db.watch() as watch:
            await begin(watch)
            with pytest.raises(LookupError):
                await db.write(undone)
            await settle(watch)
            assert not await watch.wait(LONG_ENOUGH_TO_SEE_NOTHING)

    async def test_a_write_that_changes_nothing_wakes_nobody(self, db: Database) -> None:
        """Or two that look for work in a unit, and watch, would wake each other for ever."""
        async with db.watch() as watch:
            await begin(watch)
            for _ in range(3):
                await db.write(look_only)
            assert not await watch.wait(LONG_ENOUGH_TO_SEE_NOTHING)

    async def test_commits_that_follow_closely_are_told_together(self, db: Database) -> None:
        """Nothing is missed: what is committed after a look is told when the time between two looks is over."""
        async with db.watch(seconds_between=HALF_A_SECOND) as watch:
            await begin(watch)
            began = monotonic()
            for _ in range(2):
                await db.write(write_event)
                assert await watch.wait(SOON)
            assert monotonic() - began >= HALF_A_SECOND

    async def test_it_can_be_watched_again(self, db: Database) -> None:
        for _ in range(2):
            async with db.watch() as watch:
                await begin(watch)
                await db.write(write_event)
                assert await watch.wait(SOON)


class TestFullDisk:
    @pytest.fixture
    def database_name(self) -> str:
        return "sqlite"

    async def test_a_write_that_finds_no_room_wakes_nobody(self, db: Database, full_disk: AsyncCall[None]) -> None:
        async with db.watch() as watch:
            await begin(watch)
            await full_disk()
            with suppress(Unavailable):
                while True:  # there is some room within the file
                    await db.write(write_event)
            await settle(watch)
            for _ in range(3):
                with pytest.raises(Unavailable, match="full"):
                    await db.write(write_event)
            assert not await watch.wait(LONG_ENOUGH_TO_SEE_NOTHING)


class TestListening:
    @pytest.fixture
    def database_name(self) -> str:
        return "postgresql"

    async def test_a_lost_connection_is_made_again(self, db: Database, settings: Settings) -> None:
        async with db.watch() as watch:
            await begin(watch)
            other = await asyncpg.connect(settings.database_url)
            await other.execute(THE_LISTENER)
            await other.close()
            assert await watch.wait(SOON), "it is woken when it listens again, for it may have missed something"
            await settle(watch)
            await db.write(write_event)
            assert await watch.wait(SOON)
