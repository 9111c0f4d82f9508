"""PostgreSQL commits in another order than transactions begin; no reader skips an event for that."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from litestar import Litestar

from codimir.database.core import Database, Transaction
from codimir.events.queries import advance, read_after
from codimir.events.recording import record
from codimir.events.types import GroupCreated
from tests.calls import AsyncCall

ACME, GLOBEX = "workspace_789", "workspace_globex"
SHORT = 0.3


@pytest.fixture
def database_name() -> str:
    return "postgresql"


async def happen(tx: Transaction, workspace_id: str, name: str) -> None:
    event = GroupCreated(workspace_id=workspace_id, subject_id="group_103", changes={"name": (None, name)})
    await record(tx, None, event)


@asynccontextmanager
async def held_open(db: Database, workspace_id: str, name: str) -> AsyncIterator[None]:
    """Record an event in a transaction that commits when the context is left."""
    recorded, may_commit = asyncio.Event(), asyncio.Event()

    async def unit(tx: Transaction) -> None:
        await happen(tx, workspace_id, name)
        recorded.set()
        await may_commit.wait()

    writing = asyncio.create_task(db.write(unit))
    await recorded.wait()
    yield
    may_commit.set()
    await writing


async def names_after(db: Database, positions: dict[str, int]) -> tuple[list[str], dict[str, int]]:
    read, _ = await db.read(lambda tx: read_after(tx, positions, 100))
    return [event.changes["name"][1] for event in read], advance(positions, read)


class TestCommitOrder:
    async def test_what_began_earlier_and_commits_later_is_read_later(self, db: Database) -> None:
        positions = {ACME: 0, GLOBEX: 0}
        async with held_open(db, ACME, "began first"):
            await db.write(lambda tx: happen(tx, GLOBEX, "committed first"))
            names, positions = await names_after(db, positions)
            assert names == ["committed first"]
        assert (await names_after(db, positions))[0] == ["began first"]

    async def test_in_one_workspace_the_second_waits_for_the_first(self, db: Database) -> None:
        async with held_open(db, ACME, "first"):
            second = asyncio.create_task(db.write(lambda tx: happen(tx, ACME, "second")))
            await asyncio.wait({second}, timeout=SHORT)
            assert not second.done()
            assert (await names_after(db, {ACME: 0}))[0] == []
        await second
        assert (await names_after(db, {ACME: 0}))[0] == ["first", "second"]

    async def test_one_that_is_undone_leaves_no_gap(self, db: Database) -> None:
        async def fails(tx: Transaction) -> None:
            await happen(tx, ACME, "undone")
            raise LookupError

        await db.write(lambda tx: happen(tx, ACME, "one"))
        with pytest.raises(LookupError):
            await db.write(fails)
        await db.write(lambda tx: happen(tx, ACME, "two"))
        read, _ = await db.read(lambda tx: read_after(tx, {ACME: 0}, 10))
        assert [(event.version, event.changes["name"][1]) for event in read] == [(1, "one"), (2, "two")]

    async def test_a_stream_skips_nothing_either(self, db: Database, app: Litestar, follow: AsyncCall[Any]) -> None:
        listening = await follow("root")
        async with held_open(db, ACME, "began first"):
            await db.write(lambda tx: happen(tx, GLOBEX, "committed first"))
            first = await listening.next()
            assert first.data["changes"]["name"][1] == "committed first"
        assert (await listening.next()).data["changes"]["name"][1] == "began first"
        again = await follow("root", last_event_id=first.id)
        assert (await again.next()).data["changes"]["name"][1] == "began first"

    async def test_many_that_commit_in_any_order_are_each_read_once(self, db: Database) -> None:
        chance = random.Random(7)

        async def write(number: int) -> None:
            pause = chance.uniform(0, 0.02)

            async def unit(tx: Transaction) -> None:
                await asyncio.sleep(pause)
                await happen(tx, (ACME, GLOBEX)[number % 2], str(number))
                await asyncio.sleep(pause)

            await db.write(unit)

        writing = asyncio.gather(*(write(number) for number in range(100)))
        positions: dict[str, int] = {ACME: 0, GLOBEX: 0}
        seen: list[str] = []
        while len(seen) < 100:
            names, positions = await names_after(db, positions)
            seen += names
            await asyncio.sleep(0)
        await writing
        assert sorted(seen, key=int) == [str(number) for number in range(100)]
        assert positions == {ACME: 50, GLOBEX: 50}
