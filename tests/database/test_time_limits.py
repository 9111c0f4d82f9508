"""Long reads have a limit of time, after which the database stops them."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from codimir.database.core import DatabaseError, TookTooLong, Transaction
from codimir.database.postgres import PostgresDatabase
from codimir.database.sqlite import SqliteDatabase
from codimir.database.statements import Statement
from tests.calls import AsyncCall
from tests.database.conftest import NAMES

_numbers = sa.select(sa.cast(sa.literal_column("1"), sa.BigInteger()).label("n")).cte("numbers", recursive=True)
_numbers = _numbers.union_all(sa.select(_numbers.c.n + 1).where(_numbers.c.n < 1_000_000_000))
COUNTING = Statement(sa.select(sa.func.count()).select_from(_numbers))
"""It counts for minutes: what ends it is the limit."""
SHORT = 0.05

AnyDatabase = SqliteDatabase | PostgresDatabase


async def count_for_long(tx: Transaction) -> Any:
    return await tx.fetch_value(COUNTING)


class TestReadLong:
    async def test_it_is_stopped_when_its_time_is_over(self, database: AnyDatabase) -> None:
        database.read_timeout = SHORT
        with pytest.raises(TookTooLong, match=r"stopped after 0\.05 seconds"):
            await database.read_long(count_for_long)

    async def test_who_reads_next_on_its_connection_is_not(
        self, database: AnyDatabase, add: AsyncCall[None], names: AsyncCall[list[str]]
    ) -> None:
        await database.write(lambda tx: add(tx, "there"))
        database.read_timeout = SHORT
        for _ in range(3):
            with pytest.raises(TookTooLong):
                await database.read_long(count_for_long)
            database.read_timeout, was = 10, database.read_timeout
            assert await database.read_long(lambda tx: tx.fetch_all(NAMES)) == [("there",)]
            database.read_timeout = was
        assert await names() == ["there"]

    async def test_a_unit_that_goes_on_is_stopped_again(self, database: AnyDatabase) -> None:
        """One that catches what stopped it gets no more time."""
        database.read_timeout = SHORT

        async def stubborn(tx: Transaction) -> Any:
            try:
                return await tx.fetch_value(COUNTING)
            except Exception:  # noqa: BLE001 - whatever the driver raises
                return await tx.fetch_value(COUNTING)

        with pytest.raises(DatabaseError):
            await database.read_long(stubborn)

    async def test_time_in_the_queue_does_not_count(self, database: AnyDatabase) -> None:
        database.read_timeout = 10
        counting = [asyncio.ensure_future(database.read_long(lambda tx: tx.fetch_all(NAMES))) for _ in range(50)]
        assert await asyncio.gather(*counting) == [[]] * 50

    async def test_short_reads_and_writes_have_none(self, database: AnyDatabase, add: AsyncCall[None]) -> None:
        database.read_timeout = 0.001
        await asyncio.gather(*(database.write(lambda tx, n=n: add(tx, f"{n:03}")) for n in range(100)))
        assert len(await database.read(lambda tx: tx.fetch_all(NAMES))) == 100

    async def test_what_nobody_waits_for_any_more_is_stopped(self, database: AnyDatabase) -> None:
        """Else the reader that it holds would be lost to everybody until its time is over."""
        reading = [asyncio.ensure_future(database.read_long(count_for_long)) for _ in range(6)]
        await asyncio.sleep(0)
        for each in reading:
            each.cancel()
        await asyncio.gather(*reading, return_exceptions=True)
        assert await database.read_long(lambda tx: tx.fetch_all(NAMES)) == []
