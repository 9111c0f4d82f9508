"""Wherever somebody is, each number equals the list behind it, on the page and by the API, around every midnight."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from html import unescape
from itertools import count, product
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest
from litestar import Litestar

from tests.calls import AsyncCall
from tests.clients import People
from tests.reality.cast import CAST

HTML = {"accept": "text/html"}
JUST = timedelta(microseconds=1)
DAY = timedelta(days=1)
CLOCKS = {
    "new year in Auckland, Tokyo and Kathmandu": datetime(2024, 12, 31, 18, 30, tzinfo=UTC),
    "clocks are put back in Auckland": datetime(2024, 4, 6, 12, 30, tzinfo=UTC),
    "clocks are put forward in Kyiv": datetime(2024, 3, 30, 23, 15, tzinfo=UTC),
}
STATUSES = ("todo", "done", "in_progress", "backlog", "cancelled", "in_review")
NUMBER = re.compile(r'<a (?:class="count" )?href="((?:/tickets|/projects/WEB/list)[^"]*)"[^>]*>([\d,.]+)</a>')
TOTAL = re.compile(r'<span class="meta push number" aria-live="polite">([\d,.]+) ')
PAGES = ("/my-work", "/dashboard?period=week", "/projects/WEB/dashboard", "/dashboard?assignee=me&period=quarter")

pytestmark = pytest.mark.usefixtures("humans", "around")


@pytest.fixture(params=[*CLOCKS.values()], ids=[*CLOCKS])
def now(app: Litestar, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> datetime:
    """Let it be another time for the whole of the application."""
    moment: datetime = request.param
    monkeypatch.setattr(app.state.database, "_clock", lambda: moment)
    return moment


def midnights(now: datetime) -> Iterator[datetime]:
    """Yield when a day begins for each of the cast: today, tomorrow, and a week and a month ago."""
    for human in CAST.values():
        zone = ZoneInfo(human.timezone)
        today = now.astimezone(zone).date()
        for days in (0, 1, -7, -30):
            yield datetime.combine(today + days * DAY, time(), zone).astimezone(UTC)


@pytest.fixture
async def around(now: datetime, load_ticket: Callable[..., Any], set_user: AsyncCall[None]) -> None:
    """Load tickets that are due, or were created or completed, just before and at midnight, wherever somebody is."""
    people = ("user_101", "user_102", "user_ada", "user_mia", "user_victor")
    moments = sorted({moment - by for moment, by in product(midnights(now), (JUST, timedelta()))})
    days = [datetime.combine(now.date() + days * DAY, time(), UTC) for days in range(-2, 3)]
    number = count()
    for moment in [*moments, *days]:
        at = next(number)
        status = STATUSES[at % len(STATUSES)]
        past = min(moment, now)
        await load_ticket(
            f"ticket_{at}", assignee_id=people[at % 5], reporter_id=people[at % 3], status=status, due_date=moment,
            created_at=past, completed_at=past if status == "done" else None, updated_at=past,
            project_id="project_456" if at % 4 else None,
        )  # fmt: skip


def numbers_in(page: str) -> dict[str, int]:
    return {unescape(address): int(number) for address, number in NUMBER.findall(page)}


async def api_total(someone: Any, address: str) -> int:
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query)) | ({"project": "WEB"} if parts.path.startswith("/projects") else {})
    reply = await someone.get("/api/tickets", **query, limit="1")
    assert reply.status == 200, (address, reply.body)
    return int(reply.total)


async def page_total(someone: Any, address: str) -> int:
    found = TOTAL.search((await someone.http.get(address, headers=HTML)).text)
    assert found is not None, address
    return int(found[1])


class TestNumbers:
    async def test_each_is_that_of_its_list(self, client: People) -> None:
        for human in CAST.values():
            someone = client(human.who)
            numbers: dict[str, int] = {}
            for path in PAGES:
                found = numbers_in((await someone.http.get(path, headers=HTML)).text)
                assert len(found) >= 3, path
                numbers |= found
            wrong = {
                address: (number, *totals)
                for address, number in numbers.items()
                if {number} != set(totals := (await page_total(someone, address), await api_total(someone, address)))
            }
            assert wrong == {}

    async def test_those_of_the_api_are_those_of_its_lists(self, client: People) -> None:
        for human in CAST.values():
            someone = client(human.who)
            for path, query in (
                ("/api/tickets/stats", {}),
                ("/api/tickets/stats", {"project": "WEB"}),
                ("/api/user/stats", {}),
            ):
                stats = (await someone.get(path, period="week", **query)).data
                asked = query | ({"assignee": "me"} if "user" in path else {})
                span = f"{stats['startDate']}..{stats['endDate']}"
                expected = {
                    "createdThisPeriod": {"created": span}, "completedThisPeriod": {"completed": span},
                    "overdue": {"due": "overdue"},
                }  # fmt: skip
                for name, filters in expected.items():
                    assert stats["metrics"][name] == (await someone.get("/api/tickets", **asked, **filters)).total, name
                for status, number in stats["byStatus"].items():
                    assert number == (await someone.get("/api/tickets", **asked, status=status)).total

    async def test_what_is_marked_as_late_is_what_is_overdue(self, client: People) -> None:
        for human in CAST.values():
            someone = client(human.who)
            late = {each["id"] for each in (await someone.get("/api/tickets", due="overdue", limit=100)).data}
            page = (await someone.http.get("/tickets?limit=100", headers=HTML)).text
            rows = re.findall(r'<li class="row[^"]*" data-ticket="(\w+)">(.*?)</li>', page, re.DOTALL)
            assert late
            assert {ticket_id for ticket_id, row in rows if "is-overdue" in row} == late

    async def test_a_day_has_what_it_says(self, client: People, now: datetime) -> None:
        for human in CAST.values():
            someone, zone = client(human.who), ZoneInfo(human.timezone)
            today = now.astimezone(zone).date()
            for field in ("dueDate", "createdAt", "completedAt"):
                filtered = {"dueDate": "due", "createdAt": "created", "completedAt": "completed"}[field]
                found: dict[str, str] = {}
                for days in range(-2, 3):
                    day = (today + days * DAY).isoformat()
                    for each in (await someone.get("/api/tickets", limit=100, **{filtered: day})).data:
                        assert found.setdefault(each["id"], day) == day
                        moment = datetime.fromisoformat(each[field])
                        is_day = field == "dueDate" and moment.time() == time()
                        assert (moment if is_day else moment.astimezone(zone)).date().isoformat() == day
                assert found, field

    async def test_groups_add_up_to_their_list(self, client: People) -> None:
        for human in CAST.values():
            someone = client(human.who)
            for by in ("status", "assignee", "project"):
                page = (await someone.http.get(f"/tickets?by={by}&due=..today", headers=HTML)).text
                groups = [int(each) for each in re.findall(r'</h2><span class="count">(\d+)<', page)]
                total = TOTAL.search(page)
                assert total is not None
                assert sum(groups) == int(total[1]) == await api_total(someone, "/tickets?due=..today")

    async def test_past_numbers_are_those_of_the_list_then(self, client: People, now: datetime) -> None:
        for human in CAST.values():
            someone = client(human.who)
            for moment in sorted(set(midnights(now)))[:-6:3]:
                if moment <= now:
                    at = {"asOf": moment.isoformat()}
                    stats = (await someone.get("/api/tickets/stats", **at)).data
                    assert stats["total"] == (await someone.get("/api/tickets", **at)).total
                    late = await someone.get("/api/tickets", due="overdue", **at)
                    assert stats["metrics"]["overdue"] == late.total
