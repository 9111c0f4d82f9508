"""How many tickets were created and completed over time."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from codimir.authorization.actor import Actor
from codimir.database.core import Database
from codimir.tickets.schemas import TicketStatsQuery
from codimir.tickets.statistics.due import list_due
from codimir.tickets.statistics.timelines import get_timeline
from tests.calls import AsyncCall

JANE = Actor("user_101", "Jane Smith", "EDITOR", {"workspace_789": "MEMBER"})
MIA = Actor("user_mia", "Mia Member", "EDITOR", {"workspace_789": "MEMBER"})


def ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


@pytest.fixture
async def four(load_ticket: AsyncCall[None]) -> None:
    """Two tickets of today, one of them done and in a private project; one done yesterday; one of long ago."""
    await load_ticket("ticket_1", created_at=ago(0), assignee_id="user_101", due_date=ago(-1))
    await load_ticket("ticket_2", created_at=ago(0), completed_at=ago(0), status="done", project_id="project_sec")
    await load_ticket("ticket_3", created_at=ago(2), completed_at=ago(1), status="done", assignee_id="user_101")
    await load_ticket("ticket_4", created_at=ago(800), assignee_id="user_101", due_date=ago(3))


@pytest.mark.usefixtures("four")
class TestTimeline:
    async def test_it_counts_by_days(self, db: Database) -> None:
        steps = await db.read(lambda tx: get_timeline(tx, JANE, TicketStatsQuery(period="week")))
        assert [step[1:3] for step in steps[-3:]] == [(1, 0), (0, 1), (2, 1)]
        assert steps[-1].day == datetime.now(UTC).date()
        assert len(steps) == 8

    async def test_it_counts_only_what_is_seen(self, db: Database) -> None:
        steps = await db.read(lambda tx: get_timeline(tx, MIA, TicketStatsQuery(period="month")))
        assert steps[-1][1:3] == (1, 0)

    @pytest.mark.parametrize("period", ["quarter", "year"])
    async def test_it_counts_by_weeks_that_end_today(self, db: Database, period: Any) -> None:
        steps = await db.read(lambda tx: get_timeline(tx, JANE, TicketStatsQuery(period=period)))
        assert steps[-1][1:3] == (3, 2)
        assert steps[-1].day == datetime.now(UTC).date() - timedelta(days=6)

    async def test_days_are_those_of_the_place(self, db: Database, load_ticket: AsyncCall[None]) -> None:
        """In Kiritimati, 14 hours ahead, and in Niue, 11 hours behind, it is never the same day."""
        ahead, behind = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Niue")
        yesterday = datetime.now(ahead).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(microseconds=1)
        await load_ticket("ticket_5", created_at=yesterday.astimezone(UTC), project_id="project_456")
        week = TicketStatsQuery(period="week")
        there = await db.read(lambda tx: get_timeline(tx, JANE, week, ahead))
        elsewhere = await db.read(lambda tx: get_timeline(tx, JANE, week, behind))
        assert there[-1].day == datetime.now(ahead).date()
        assert elsewhere[-1].day == datetime.now(behind).date()
        for steps, zone in ((there, ahead), (elsewhere, behind)):
            for moment in (yesterday, ago(0), ago(2)):
                assert {step.day: step.created for step in steps}[moment.astimezone(zone).date()] > 0

    async def test_a_day_on_which_clocks_are_changed_is_one(self, db: Database, load_ticket: AsyncCall[None]) -> None:
        zone, changed = ZoneInfo("Europe/Berlin"), datetime(2024, 10, 27, tzinfo=UTC)
        moments = [
            changed - timedelta(hours=2),
            changed + timedelta(hours=22, minutes=59),
            changed + timedelta(hours=23),
        ]
        for number, moment in enumerate(moments):
            await load_ticket(f"ticket_c{number}", created_at=moment)

        async def unit(tx: Any) -> Any:
            tx.now = changed + timedelta(days=2)
            return await get_timeline(tx, JANE, TicketStatsQuery(period="week"), zone)

        assert [step.created for step in await db.read(unit)] == [0, 0, 0, 0, 0, 2, 1, 0]


@pytest.mark.usefixtures("four")
class TestDue:
    async def test_the_earliest_is_first_and_what_is_done_is_not_there(self, db: Database) -> None:
        due = await db.read(lambda tx: list_due(tx, JANE, "..7d", 30))
        assert [ticket.id for ticket in due.data] == ["ticket_4", "ticket_1"]

    async def test_all_are_counted(self, db: Database) -> None:
        due = await db.read(lambda tx: list_due(tx, JANE, "..7d", 1))
        assert ([ticket.id for ticket in due.data], due.pagination.total) == (["ticket_4"], 2)
