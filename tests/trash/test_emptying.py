"""Emptying the trash."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.config import Settings
from codimir.database.clock_jumps import may_delete_by_age
from codimir.database.core import Database, Unavailable
from codimir.database.forwarding import ForwardingDatabase
from codimir.database.statements import Statement
from codimir.kit.background import in_background
from codimir.kit.clock import utc_now
from codimir.model.attachments import attachments
from codimir.model.comments import comments
from codimir.model.search import search_documents
from codimir.model.tickets import ticket_labels, tickets
from codimir.model.timelogs import time_logs
from codimir.trash.purging import empty_trash, keep_emptying
from tests.calls import AsyncCall, Recorded
from tests.clients import Client

NOW, A_MONTH = timedelta(0), timedelta(days=30)
KEPT_IN = (tickets, comments, attachments, time_logs, ticket_labels, search_documents)


@pytest.fixture
def empty(app: Litestar) -> AsyncCall[int]:
    async def run(kept_for: timedelta) -> int:
        return await empty_trash(app.state.database, app.state.files, kept_for)

    return run


@pytest.fixture
def rows(db: Database) -> AsyncCall[dict[str, int]]:
    """Count the rows of each table that holds a ticket or what is on it."""
    counts = {table.name: Statement(sa.select(sa.func.count()).select_from(table)) for table in KEPT_IN}

    async def count() -> dict[str, int]:
        return {name: await db.read(lambda tx, s=statement: tx.fetch_value(s)) for name, statement in counts.items()}

    return count


@pytest.fixture
def files_kept(settings: Settings) -> Any:
    return lambda: sum(path.is_file() for path in settings.files_dir.rglob("*"))


class TestEmptying:
    async def test_nothing_goes_before_its_time(
        self, jane: Client, full_ticket: AsyncCall[tuple[Any, dict[str, str]]], empty: AsyncCall[int]
    ) -> None:
        ticket, _ = await full_ticket()
        await jane.delete("/api/tickets/WEB-1")
        assert await empty(A_MONTH) == 0
        assert (await jane.post(f"/api/trash/{ticket['id']}/restore")).status == 200

    async def test_ticket_goes_with_everything_on_it_and_others_stay(
        self,
        jane: Client,
        full_ticket: AsyncCall[tuple[Any, dict[str, str]]],
        empty: AsyncCall[int],
        rows: AsyncCall[dict[str, int]],
        files_kept: Any,
        recorded: Recorded,
    ) -> None:
        kept, _ = await full_ticket()
        before, files = await rows(), files_kept()
        gone, _ = await full_ticket()
        await jane.put(f"/api/tickets/{gone['id']}", {"projectId": "SEC"})
        await jane.delete(f"/api/tickets/{gone['id']}")
        assert await empty(NOW) == 1
        assert (await rows(), files_kept()) == (before, files)
        assert (await jane.get("/api/trash")).total == 0
        assert (await jane.get(f"/api/tickets/{kept['id']}")).data == kept
        assert [each["id"] for each in (await jane.get("/api/tickets/search", q="zanzibar")).data] == [kept["id"]]
        assert (await recorded("workspace_789"))[-1] == ("trash.emptied", {"tickets": [1, 0]})

    async def test_what_was_taken_off_a_ticket_goes_by_itself(
        self,
        jane: Client,
        full_ticket: AsyncCall[tuple[Any, dict[str, str]]],
        empty: AsyncCall[int],
        rows: AsyncCall[dict[str, int]],
        files_kept: Any,
    ) -> None:
        ticket, ids = await full_ticket()
        for place, kind in (("comments", "comment"), ("attachments", "attachment"), ("time-logs", "timelog")):
            await jane.delete(f"/api/tickets/WEB-1/{place}/{ids[kind]}")
        assert await empty(NOW) == 3
        left = await rows()
        assert (left["comments"], left["attachments"], left["time_logs"], left["tickets"]) == (0, 0, 0, 1)
        assert files_kept() == 0
        assert (await jane.get("/api/tickets/WEB-1")).data["title"] == ticket["title"]

    async def test_number_of_a_ticket_that_is_gone_is_not_given_again(
        self, jane: Client, new_ticket: AsyncCall[Any], empty: AsyncCall[int]
    ) -> None:
        await new_ticket()
        await jane.delete("/api/tickets/WEB-1")
        await empty(NOW)
        assert (await new_ticket())["key"] == "WEB-2"


class Away(ForwardingDatabase):
    """A database that cannot be written to the first few times."""

    def __init__(self, db: Any, times: int) -> None:
        super().__init__(db)
        self.times = times
        self.wrote = asyncio.Event()

    async def write(self, unit: Any) -> Any:
        if self.times:
            self.times -= 1
            raise Unavailable("no room")
        self.wrote.set()
        return await super().write(unit)


class TestTrouble:
    async def test_it_is_waited_out_and_said_once(
        self, app: Litestar, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("codimir.trash.purging.EVERY_SECONDS", 0.02)
        monkeypatch.setattr("codimir.trash.purging.SECONDS_AFTER_TROUBLE", 0.001)
        away = Away(app.state.database, 5)
        async with in_background(emptying=keep_emptying(away, app.state.files, A_MONTH)):
            await asyncio.wait_for(away.wrote.wait(), 60)
        assert caplog.messages == ["the trash is not emptied: no room"]


class TestClock:
    async def test_one_that_is_31_days_ahead_empties_nothing(
        self,
        app: Litestar,
        jane: Client,
        full_ticket: AsyncCall[tuple[Any, dict[str, str]]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("codimir.trash.purging.EVERY_SECONDS", 0.001)
        db = app.state.database
        ticket, _ = await full_ticket()
        await jane.delete("/api/tickets/WEB-1")
        assert await may_delete_by_age(db)
        ahead = utc_now() + timedelta(days=31)
        monkeypatch.setattr(db, "_clock", lambda: ahead)
        watched = Watched(db)
        async with in_background(emptying=keep_emptying(watched, app.state.files, A_MONTH)):
            await asyncio.wait_for(watched.wrote_twice.wait(), 60)
        assert (await jane.post(f"/api/trash/{ticket['id']}/restore")).status == 200


class Watched(ForwardingDatabase):
    """A database that tells when it has been written to twice: by two turns that look at the clock and do no more."""

    def __init__(self, db: Any) -> None:
        super().__init__(db)
        self.times = 0
        self.wrote_twice = asyncio.Event()

    async def write(self, unit: Any) -> Any:
        written = await super().write(unit)
        self.times += 1
        if self.times == 2:
            self.wrote_twice.set()
        return written
