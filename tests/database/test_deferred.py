"""What units leave for the end of their transaction is there for whoever asks for it, and is gone with what fails."""

import asyncio
import threading
from typing import Any

import pytest
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.database import sqlite_transactions, sqlite_writer
from codimir.database.core import Database, Transaction
from codimir.database.statements import Statement, insert_into
from codimir.model.search import search_words
from codimir.tickets.changing.creating import create_ticket
from codimir.tickets.schemas import TicketCreate
from tests.calls import AsyncCall
from tests.cast import LONG_AGO
from tests.clients import Client

WORDS = Statement(sa.select(search_words.c.word).order_by(search_words.c.word))
MAX_PIECES = 16
"""Up to seven of each size, and what is being merged"""
OTHERS = Statement(sa.select(sa.literal(1)))
JANE = Actor("user_101", "Jane Smith", "EDITOR", {"workspace_789": "MEMBER"})


async def learn_later(tx: Transaction, *words: str) -> None:
    rows = [{"workspace_id": "workspace_789", "word": word, "learnt_at": LONG_AGO} for word in words]
    await tx.execute_later(insert_into(search_words), rows)


@pytest.fixture
def words(db: Database) -> AsyncCall[list[str]]:
    return lambda: db.read(lambda tx: tx.fetch_column(WORDS))


class TestExecuteLater:
    async def test_it_is_done_when_the_unit_is_committed(self, db: Database, words: AsyncCall[list[str]]) -> None:
        await db.write(lambda tx: learn_later(tx, "one", "two"))
        assert await words() == ["one", "two"]

    async def test_the_unit_itself_reads_what_it_has_left(self, db: Database) -> None:
        async def unit(tx: Transaction) -> list[str]:
            await learn_later(tx, "one")
            await tx.fetch_value(OTHERS)
            return await tx.fetch_column(WORDS)

        assert await db.write(unit) == ["one"]

    async def test_it_is_gone_with_the_unit_that_fails(self, db: Database, words: AsyncCall[list[str]]) -> None:
        async def fail(tx: Transaction) -> None:
            await learn_later(tx, "never")
            raise LookupError

        work = [db.write(lambda tx, n=n: learn_later(tx, f"word{n}")) for n in range(3)]
        outcomes = await asyncio.gather(*work, db.write(fail), return_exceptions=True)
        assert [type(each) for each in outcomes] == [type(None)] * 3 + [LookupError]
        assert await words() == ["word0", "word1", "word2"]

    async def test_what_cannot_be_inserted_fails_for_who_left_it(self, db: Database) -> None:
        with pytest.raises(Exception, match=r"(?i)constraint"):
            await db.write(lambda tx: learn_later(tx, "same", "same"))

    async def test_of_very_many_not_all_are_held(
        self, db: Database, words: AsyncCall[list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sqlite_transactions, "MAX_DEFERRED", 10)
        await db.write(lambda tx: learn_later(tx, *(f"{n:02}" for n in range(25))))
        assert len(await words()) == 25


class TestIndexOfWords:
    @pytest.fixture
    def database_name(self) -> str:
        return "sqlite"

    async def test_creates_that_are_committed_together_make_one_piece(
        self, db: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each piece is written by itself, and merged with others later."""
        monkeypatch.setattr(sqlite_writer, "SECONDS_OF_A_GROUP", 60)
        monkeypatch.setattr(sqlite_writer, "MAX_SECONDS_OF_A_GROUP", 60)
        begun, go_on = threading.Event(), threading.Event()

        async def hold(_tx: Transaction) -> None:
            begun.set()
            go_on.wait(60)

        async def create(number: int) -> str:
            new = TicketCreate(title=f"Crash {number}", project_id="project_456")
            return await db.write(lambda tx: create_ticket(tx, JANE, new))

        async def count_pieces(tx: Any) -> int:
            [count] = tx.connection.execute("SELECT count(DISTINCT segid) FROM ticket_search_idx").fetchone()
            return int(count)

        work: list[asyncio.Future[Any]] = [asyncio.ensure_future(db.write(hold))]
        await asyncio.to_thread(begun.wait, 60)
        work += [asyncio.ensure_future(create(number)) for number in range(8)]
        await asyncio.sleep(0)  # one turn of the loop, in which everything is handed to the writer
        go_on.set()
        await asyncio.gather(*work)
        assert await db.read(count_pieces) == 1

    async def test_pieces_are_merged_a_few_pages_with_each_write(self, jane: Client, db: Database) -> None:
        """None is merged by itself any more; 80 creates and as many comments would be 160 pieces."""

        async def unit(tx: Any) -> tuple[int, int]:
            [pieces] = tx.connection.execute("SELECT count(DISTINCT segid) FROM ticket_search_idx").fetchone()
            settings = dict(tx.connection.execute("SELECT k, v FROM ticket_search_config").fetchall())
            return int(pieces), int(settings["automerge"])

        for number in range(80):
            reply = await jane.post("/api/tickets", {"title": f"Crash {number}", "projectId": "WEB"})
            await jane.post(f"/api/tickets/{reply.data['id']}/comments", {"content": f"Seen {number} times"})
        pieces, automerge = await db.read(unit)
        assert (pieces <= MAX_PIECES, automerge) == (True, 0), pieces
        assert len((await jane.get("/api/tickets/search", q="crash 0 seen")).data) == 1
