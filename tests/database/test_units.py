"""A unit of work happens as a whole, alone, and durably, or not at all."""

import asyncio

import pytest

from codimir.config import Settings
from codimir.database.core import Database, DatabaseError, Transaction, Unavailable, UniqueViolation
from codimir.database.opening import open_database
from tests.calls import AsyncCall
from tests.database.conftest import NAMES

MANY = 200


class TestWrite:
    async def test_many_at_once_all_happen(
        self, database: Database, add: AsyncCall[None], names: AsyncCall[list[str]]
    ) -> None:
        await asyncio.gather(*(database.write(lambda tx, n=n: add(tx, f"{n:03}")) for n in range(MANY)))
        assert await names() == [f"{n:03}" for n in range(MANY)]

    async def test_one_that_fails_does_not_hurt_its_neighbours(
        self, database: Database, add: AsyncCall[None], names: AsyncCall[list[str]]
    ) -> None:
        await database.write(lambda tx: add(tx, "taken"))

        async def unit(tx: Transaction, n: int) -> int:
            await add(tx, f"{n:03}")
            if n % 3 == 0:
                raise ZeroDivisionError
            if n % 5 == 0:
                await add(tx, "taken")
            return n

        outcomes = await asyncio.gather(
            *(database.write(lambda tx, n=n: unit(tx, n)) for n in range(MANY)), return_exceptions=True
        )
        good = [n for n in range(MANY) if n % 3 and n % 5]
        assert [n for n in outcomes if isinstance(n, int)] == good
        assert all(isinstance(outcomes[n], ZeroDivisionError) for n in range(0, MANY, 3))
        assert all(isinstance(outcomes[n], UniqueViolation) for n in range(MANY) if n % 5 == 0 and n % 3)
        assert await names() == [*(f"{n:03}" for n in good), "taken"]

    async def test_others_see_it_when_it_is_answered(
        self, database: Database, settings: Settings, add: AsyncCall[None]
    ) -> None:
        other = await open_database(settings)
        await database.write(lambda tx: add(tx, "new"))
        assert await other.read(lambda tx: tx.fetch_value(NAMES)) == "new"
        await other.close()

    async def test_what_it_gives_is_the_answer(self, database: Database) -> None:
        async def unit(tx: Transaction) -> str:
            return f"at {tx.now.tzinfo}"

        assert await database.write(unit) == await database.read(unit) == await database.read_long(unit) == "at UTC"

    async def test_a_closed_database_takes_none(self, settings: Settings, add: AsyncCall[None]) -> None:
        database = await open_database(settings)
        await database.close()
        with pytest.raises(Unavailable):
            await database.write(lambda tx: add(tx, "late"))


class TestRead:
    @pytest.mark.parametrize("kind", ["read", "read_long"])
    async def test_it_cannot_write(
        self, database: Database, add: AsyncCall[None], names: AsyncCall[list[str]], kind: str
    ) -> None:
        with pytest.raises(DatabaseError):
            await getattr(database, kind)(lambda tx: add(tx, "sneaked in"))
        assert await names() == []

    async def test_long_ones_do_not_wait_for_each_other_or_for_writes(
        self, database: Database, add: AsyncCall[None], names: AsyncCall[list[str]]
    ) -> None:
        reads = [database.read_long(lambda tx: tx.fetch_all(NAMES)) for _ in range(20)]
        writes = [database.write(lambda tx, n=n: add(tx, f"{n}")) for n in range(9)]
        await asyncio.gather(*reads, *writes)
        assert len(await names()) == 9
