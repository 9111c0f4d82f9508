"""The one writer of SQLite: what waits together is committed together."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from codimir.config import Settings
from codimir.database import sqlite_checkpoints, sqlite_writer
from codimir.database.core import PERSON, Transaction, Unavailable, UniqueViolation
from codimir.database.sqlite import SqliteDatabase
from codimir.database.sqlite_checkpoints import MAX_LOG_PAGES_OF_WRITER
from codimir.database.sqlite_writer import GROUP_LIMIT
from tests.calls import AsyncCall

WRITE_BACK = "PRAGMA wal_checkpoint(PASSIVE)"
Held = Callable[[Callable[[], Awaitable[None]]], Awaitable[list[str]]]


@pytest.fixture
def database_name() -> str:
    return "sqlite"


@pytest.fixture
def while_held(database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch) -> Held:
    """Do something while the writer is busy, and give the statements that it ran after that, in groups of any age."""
    monkeypatch.setattr(sqlite_writer, "SECONDS_OF_A_GROUP", 60)

    async def hold(meanwhile: Callable[[], Awaitable[None]]) -> list[str]:
        begun, go_on = threading.Event(), threading.Event()
        statements: list[str] = []

        async def unit(tx: Any) -> None:
            begun.set()
            go_on.wait(60)
            tx.connection.set_trace_callback(statements.append)

        held = asyncio.ensure_future(database.write(unit))
        await asyncio.to_thread(begun.wait, 60)
        work = asyncio.ensure_future(meanwhile())
        await asyncio.sleep(0)  # one turn of the loop, in which everything is handed to the writer
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(held, work)
        return statements

    return hold


class TestGroupCommit:
    async def test_what_waits_shares_one_commit(
        self, database: SqliteDatabase, while_held: Held, add: AsyncCall[None]
    ) -> None:
        async def write_fifty() -> None:
            await asyncio.gather(*(database.write(lambda tx, n=n: add(tx, f"{n}")) for n in range(50)))

        statements = await while_held(write_fifty)
        assert statements.count("COMMIT") == 1  # of the unit that held it, and of the fifty
        assert sum(statement.startswith("INSERT") for statement in statements) == 50

    async def test_a_group_has_a_limit(
        self, database: SqliteDatabase, while_held: Held, add: AsyncCall[None], names: AsyncCall[list[str]]
    ) -> None:
        async def write_more() -> None:
            await asyncio.gather(*(database.write(lambda tx, n=n: add(tx, f"{n}")) for n in range(GROUP_LIMIT + 1)))

        assert (await while_held(write_more)).count("COMMIT") == 2
        assert len(await names()) == GROUP_LIMIT + 1

    async def test_a_group_is_closed_soon(
        self, database: SqliteDatabase, while_held: Held, add: AsyncCall[None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def write_two() -> None:
            await asyncio.gather(*(database.write(lambda tx, n=n: add(tx, f"{n}")) for n in range(2)))

        monkeypatch.setattr(sqlite_writer, "SECONDS_OF_A_GROUP", 0)
        assert (await while_held(write_two)).count("COMMIT") == 3

    async def test_each_person_has_a_turn(
        self, database: SqliteDatabase, while_held: Held, add: AsyncCall[None]
    ) -> None:
        async def add_for(person: str, name: str) -> None:
            PERSON.set(person)
            await database.write(lambda tx: add(tx, name))

        async def write_much_and_little() -> None:
            much = [add_for("user_1", f"much {number}") for number in range(5)]
            await asyncio.gather(*much, add_for("user_2", "little"))

        statements = await while_held(write_much_and_little)
        added = [statement for statement in statements if statement.startswith("INSERT")]
        assert ["little" in statement for statement in added] == [False, True, False, False, False, False]

    async def test_what_took_long_before_is_no_longer_taken_into_the_group_of_others(
        self, database: SqliteDatabase, while_held: Held, add: AsyncCall[None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def write_for(person: str, unit: Any) -> None:
            PERSON.set(person)
            await database.write(unit)

        async def take_long(_tx: Transaction) -> None:
            end = time.thread_time() + 0.05
            while time.thread_time() < end:
                pass

        async def write_both() -> None:
            short = write_for("user_2", lambda tx: add(tx, "short"))
            await asyncio.gather(write_for("user_1", lambda tx: add(tx, "long")), short)

        await asyncio.ensure_future(write_for("user_1", take_long))
        monkeypatch.setattr(sqlite_writer, "SECONDS_OF_A_GROUP", 0.04)
        statements = [text.split()[0] for text in await while_held(write_both)]
        first, second = (n for n, text in enumerate(statements) if text == "INSERT")
        assert "COMMIT" in statements[first:second]

    async def test_what_had_to_wait_itself_is(
        self, database: SqliteDatabase, while_held: Held, add: AsyncCall[None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Else one time without a processor made many commits of what waits together, and everybody wait for each."""

        async def wait(_tx: Transaction) -> None:
            threading.Event().wait(0.05)

        async def write_three() -> None:
            await asyncio.gather(*(database.write(lambda tx, n=n: add(tx, f"{n}")) for n in range(3)))

        await database.write(wait)
        monkeypatch.setattr(sqlite_writer, "SECONDS_OF_A_GROUP", 0.04)
        monkeypatch.setattr(sqlite_writer, "monotonic", lambda: 0.0)
        assert (await while_held(write_three)).count("COMMIT") == 1

    async def test_after_a_slow_commit_more_are_taken_into_the_next(
        self, database: SqliteDatabase, add: AsyncCall[None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        commits: list[str] = []
        is_held, is_committing, go_on = threading.Event(), threading.Event(), threading.Event()

        def hold(sql: str) -> None:
            if sql == "COMMIT" and is_held.is_set():
                commits.append(sql)
                is_committing.set()
                go_on.wait(60)

        async def trace(tx: Any) -> None:
            tx.connection.set_trace_callback(hold)

        monkeypatch.setattr(sqlite_writer, "SECONDS_OF_A_GROUP", 0)
        monkeypatch.setattr(sqlite_writer, "MAX_SECONDS_OF_A_GROUP", 60)
        await database.write(trace)
        is_held.set()
        slow = asyncio.ensure_future(database.write(lambda tx: add(tx, "slow")))
        await asyncio.to_thread(is_committing.wait, 60)
        several = [asyncio.ensure_future(database.write(lambda tx, n=n: add(tx, f"{n}"))) for n in range(3)]
        await asyncio.to_thread(threading.Event().wait, 1)
        go_on.set()
        await asyncio.gather(slow, *several)
        assert len(commits) == 2

    async def test_only_a_group_in_which_one_fails_has_savepoints(
        self, database: SqliteDatabase, while_held: Held, add: AsyncCall[None], names: AsyncCall[list[str]]
    ) -> None:
        async def write(*wanted: str) -> None:
            work = (database.write(lambda tx, name=name: add(tx, name)) for name in wanted)
            await asyncio.gather(*work, return_exceptions=True)

        assert "SAVEPOINT unit" not in await while_held(lambda: write("one", "two"))
        assert "SAVEPOINT unit" in await while_held(lambda: write("three", "two", "four"))
        assert await names() == ["four", "one", "three", "two"]

    async def test_one_that_fails_by_itself_is_run_once(self, database: SqliteDatabase) -> None:
        runs: list[int] = []

        async def fail(_tx: Transaction) -> None:
            runs.append(len(runs))
            raise LookupError

        with pytest.raises(LookupError):
            await database.write(fail)
        assert len(runs) == 1

    async def test_who_goes_away_before_its_turn_is_not_served(
        self, database: SqliteDatabase, while_held: Held, add: AsyncCall[None], names: AsyncCall[list[str]]
    ) -> None:
        async def go_away() -> None:
            waiting = asyncio.ensure_future(database.write(lambda tx: add(tx, "gone")))
            await asyncio.sleep(0)
            waiting.cancel()

        await while_held(go_away)
        assert await names() == []

    async def test_closing_waits_for_what_was_asked_before(self, settings: Settings) -> None:
        async def release(_tx: Transaction) -> str:
            return "done"

        database = SqliteDatabase(settings.sqlite_path)
        writes = [asyncio.ensure_future(database.write(release)) for _ in range(3)]
        await asyncio.sleep(0)
        await database.close()
        assert await asyncio.gather(*writes) == ["done"] * 3


class TestLog:
    async def test_it_is_written_back_beside_the_writer(
        self, settings: Settings, database: SqliteDatabase, add: AsyncCall[None]
    ) -> None:
        """The log is much shorter than what makes the writer write it back."""
        await database.write(lambda tx: add(tx, "one"))
        async with asyncio.timeout(60):
            while not await asyncio.to_thread(_is_in_file, settings.sqlite_path, "one"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def test_the_writer_does_it_when_it_is_long(self, database: SqliteDatabase) -> None:
        async def limit(tx: Any) -> int:
            [pages] = tx.connection.execute("PRAGMA wal_autocheckpoint").fetchone()
            return int(pages)

        assert await database.write(limit) == MAX_LOG_PAGES_OF_WRITER

    async def test_the_writer_writes_the_rest_of_a_long_one_back_before_it_goes_on(
        self, settings: Settings, database: SqliteDatabase, add: AsyncCall[None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """By itself no log is ever all in the file while others write; with this one the next write begins it anew."""
        monkeypatch.setattr(sqlite_checkpoints, "SECONDS_BETWEEN", 0.01)
        monkeypatch.setattr(sqlite_checkpoints, "MAX_LOG_PAGES", 1)
        statements: list[str] = []

        async def trace(tx: Any) -> None:
            tx.connection.set_trace_callback(statements.append)

        await database.write(trace)
        first = _salt(settings.sqlite_path.with_name("codimir.db-wal"))
        async with asyncio.timeout(60):
            for number in count():
                await database.write(lambda tx, number=number: add(tx, f"{number}"))
                if WRITE_BACK in statements:
                    break
        await database.write(lambda tx: add(tx, "last"))
        assert statements[statements.index(WRITE_BACK) + 1] == "BEGIN IMMEDIATE"
        assert _salt(settings.sqlite_path.with_name("codimir.db-wal")) != first


class TestUnit:
    async def test_an_error_that_it_catches_itself_is_no_failure(
        self, database: SqliteDatabase, add: AsyncCall[None], names: AsyncCall[list[str]]
    ) -> None:
        async def unit(tx: Transaction) -> None:
            await add(tx, "first")
            with pytest.raises(sqlite3.IntegrityError):
                await add(tx, "first")
            await add(tx, "second")

        await database.write(unit)
        assert await names() == ["first", "second"]


def files_open() -> list[str]:
    return [str(each.readlink()) for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]


IN_RAM, ON_DISK = 2, 1
"""What SQLite answers when it is asked for `temp_store`"""


class TestLargeUnit:
    @pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells what files are open")
    async def test_what_it_may_take_back_is_no_list_in_memory(
        self, database: SqliteDatabase, while_held: Held, add: AsyncCall[None]
    ) -> None:
        """SQLite would walk that list after each statement: a unit would cost the square of what it changes."""

        async def add_many(tx: Transaction) -> None:
            for number in range(1_000):
                await add(tx, f"{number:04}")

        async def change_all(tx: Any) -> list[str]:
            tx.connection.execute("UPDATE groups SET description = 'much longer than it was before'")
            return files_open()

        async def change_all_where_another_fails() -> None:
            work = (database.write(change_all), database.write(lambda tx: add(tx, "0001")))
            files, error = await asyncio.gather(*work, return_exceptions=True)
            assert isinstance(error, UniqueViolation)
            assert isinstance(files, list)
            assert any("etilqs" in name for name in files)

        await database.write(add_many)
        await while_held(change_all_where_another_fails)

    async def test_it_is_in_memory_where_no_savepoint_grows(
        self, database: SqliteDatabase, while_held: Held, add: AsyncCall[None]
    ) -> None:
        """A statement with a trigger on a table of many indexes would make a file of it each time."""
        places: list[int] = []

        async def look(tx: Any) -> None:
            places.append(tx.connection.execute("PRAGMA temp_store").fetchone()[0])

        async def add_twice() -> None:
            work = (database.write(look), *(database.write(lambda tx: add(tx, "same")) for _ in range(2)))
            await asyncio.gather(*work, return_exceptions=True)

        await while_held(add_twice)
        await database.write(look)
        assert places == [IN_RAM, ON_DISK, IN_RAM]


class TestAwaiting:
    @pytest.mark.parametrize("kind", ["read", "read_long", "write"])
    async def test_a_unit_that_awaits_something_else_is_refused(
        self, database: SqliteDatabase, add: AsyncCall[None], names: AsyncCall[list[str]], kind: str
    ) -> None:
        async def unit(tx: Transaction) -> None:
            if kind == "write":
                await add(tx, "before")
            await asyncio.sleep(0)

        with pytest.raises(RuntimeError, match="may await nothing but its transaction"):
            await getattr(database, kind)(unit)
        await database.write(lambda tx: add(tx, "after"))
        assert await names() == ["after"]


class TestAnotherProcess:
    async def test_who_holds_the_file_for_too_long_makes_it_unavailable(
        self, settings: Settings, database: SqliteDatabase, add: AsyncCall[None], names: AsyncCall[list[str]]
    ) -> None:
        impatient = SqliteDatabase(settings.sqlite_path, busy_timeout=0.05)
        with closing(sqlite3.connect(settings.sqlite_path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable, match="locked"):
                await impatient.write(lambda tx: add(tx, "first"))
            other.execute("ROLLBACK")
        await impatient.write(lambda tx: add(tx, "second"))
        assert await names() == ["second"]
        await impatient.close()

    async def test_writes_are_synced_to_the_disk(self, database: SqliteDatabase) -> None:
        async def unit(tx: Any) -> list[Any]:
            return [tx.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]

        assert await database.write(unit) == ["wal", 2]  # 2 is FULL


def _salt(log: Path) -> bytes:
    """Return what is another one in the header of a log each time that it begins anew."""
    with log.open("rb") as opened:
        return opened.read(24)[16:]


def _is_in_file(path: Path, name: str) -> bool:
    """Say whether the file holds a group, without what is only in its log."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as file:
        return bool(file.execute("SELECT count(*) FROM groups WHERE name = ?", (name,)).fetchone()[0])
