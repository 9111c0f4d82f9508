"""What is due on a day is due on that day for everybody, wherever they are, and late when their day is over."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.calls import AsyncCall
from tests.clients import Client, People

ZONES = ["Pacific/Honolulu", "UTC", "Asia/Kathmandu", "Asia/Tokyo", "Pacific/Auckland"]
HTML = {"accept": "text/html"}
DAY = timedelta(days=1)


@pytest.fixture(params=ZONES)
async def zone(request: pytest.FixtureRequest, set_user: AsyncCall[None]) -> ZoneInfo:
    """Jane is there."""
    await set_user("jane", preferences={"timezone": request.param})
    return ZoneInfo(request.param)


@pytest.fixture
def today(zone: ZoneInfo) -> date:
    return datetime.now(zone).date()


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


async def ids(someone: Any, **query: Any) -> set[str]:
    reply = await someone.get("/api/tickets", limit=100, **query)
    assert reply.total == len(reply.data)
    return {ticket["id"] for ticket in reply.data}


async def total(someone: Any, path: str) -> int:
    page = await someone.http.get(path, headers=HTML)
    assert page.status_code == 200, path
    found = re.search(r"(\d+) tickets?</span>", page.text)
    assert found is not None
    return int(found[1])


@pytest.fixture
async def around(load_ticket: AsyncCall[None], today: date) -> None:
    """Load a ticket of Jane for the days from the day before yesterday to the day after tomorrow, and two moments."""
    for days in range(-2, 3):
        await load_ticket(f"day_{days}", due_date=midnight(today + days * DAY), assignee_id="user_101", status="todo")
    for name, ahead in {"just_now": -timedelta(minutes=1), "soon": timedelta(minutes=5)}.items():
        await load_ticket(name, due_date=datetime.now(UTC) + ahead, assignee_id="user_101", status="todo")


@pytest.mark.usefixtures("around")
class TestOverdue:
    async def test_a_day_is_late_when_it_is_over_and_a_moment_when_it_is_past(self, jane: Client) -> None:
        assert await ids(jane, due="overdue") == {"day_-2", "day_-1", "just_now"}
        assert (await jane.get("/api/tickets/stats")).data["metrics"]["overdue"] == 3

    async def test_today_is_the_day_of_who_asks(self, jane: Client, today: date) -> None:
        expected = {"day_0"}
        assert {each for each in await ids(jane, due="today") if each.startswith("day")} == expected
        assert {each for each in await ids(jane, due=today.isoformat()) if each.startswith("day")} == expected
        assert {each for each in await ids(jane, due="..today") if each.startswith("day")} == {
            "day_-2", "day_-1", "day_0",
        }  # fmt: skip

    async def test_what_is_not_late_is_to_come(self, jane: Client) -> None:
        assert await ids(jane, due="now..") == {"day_0", "day_1", "day_2", "soon"}
        assert await ids(jane, due="now..7d") == {"day_0", "day_1", "day_2", "soon"}
        assert await ids(jane, due="..-1d") == {"day_-2", "day_-1"}

    async def test_every_number_is_that_of_its_list(self, jane: Client) -> None:
        numbers: dict[str, int] = {}
        for path in ("/my-work", "/dashboard", "/projects/WEB/dashboard"):
            page = (await jane.http.get(path, headers=HTML)).text
            for address, number in re.findall(r'href="([^"]*)"[^>]*>([\d,]+)</a>', page):
                if "due=" in address or "assignee=me" in address:
                    numbers[address.replace("&amp;", "&")] = int(number)
        assert len(numbers) == 5, numbers
        for address, number in numbers.items():
            assert number, address
            assert await total(jane, address) == number, address

    async def test_rows_and_cards_say_the_day_and_what_is_late(self, jane: Client, today: date) -> None:
        for path in ("/tickets", "/projects/WEB/list", "/projects/WEB/board"):
            page = (await jane.http.get(path, headers=HTML)).text
            said = dict(
                re.findall(
                    r'<time class="row-due[^"]*" datetime="(\d{4}-\d\d-\d\d)"[^>]*>(?:<svg.*?</svg>)?([^<]*)<', page
                )
            )
            near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
            assert {name: said[(today + days * DAY).isoformat()] for days, name in near.items()} == {
                name: name for name in near.values()
            }
            late = set(re.findall(r'is-overdue" datetime="(\d{4}-\d\d-\d\d)"', page))
            assert late == {(today - DAY).isoformat(), (today - 2 * DAY).isoformat()}


class TestEntry:
    async def test_documents_and_clients_send_midnight(
        self, jane: Client, new_ticket: AsyncCall[Any], zone: ZoneInfo
    ) -> None:
        ticket = await new_ticket(dueDate="2024-02-15T00:00:00Z")
        assert ticket["dueDate"] == "2024-02-15T00:00:00Z", zone
        page = (await jane.http.get(f"/tickets/{ticket['id']}", headers=HTML)).text
        assert 'datetime="2024-02-15"' in page
        assert "15 Feb 2024" in (await jane.http.get("/tickets", headers=HTML)).text
        assert await ids(jane, due="2024-02-15") == {ticket["id"]}
        assert await ids(jane, due="2024-02-14") == await ids(jane, due="2024-02-16") == set()

    async def test_the_page_sends_a_day(self, jane: Client, new_ticket: AsyncCall[Any], zone: ZoneInfo) -> None:
        ticket = await new_ticket()
        await jane.http.post(f"/tickets/{ticket['id']}/edit", data={"field": "dueDate", "value": "2024-02-15"})
        assert (await jane.get(f"/api/tickets/{ticket['id']}")).data["dueDate"] == "2024-02-15T00:00:00Z", zone
        assert "15 Feb 2024" in (await jane.http.get(f"/tickets/{ticket['id']}", headers=HTML)).text

    async def test_the_quick_line_says_a_day_and_is_not_late_at_birth(
        self, jane: Client, client: People, today: date
    ) -> None:
        line = {"text": "Water the plants due today", "projectId": "project_456"}
        ticket = (await jane.post("/api/tickets/quick", line)).data
        assert ticket["dueDate"] == f"{today}T00:00:00Z"
        assert await ids(jane, due="overdue") == set()
        assert await ids(jane, due="today") == {ticket["id"]}
        assert await ids(client("john"), due=today.isoformat()) == {ticket["id"]}

    async def test_what_was_changed_is_told_as_that_day(
        self, jane: Client, new_ticket: AsyncCall[Any], zone: ZoneInfo
    ) -> None:
        ticket = await new_ticket(dueDate="2024-02-15T00:00:00Z")
        await jane.put(f"/api/tickets/{ticket['id']}", {"dueDate": "2024-03-01T00:00:00Z"})
        page = (await jane.http.get(f"/tickets/{ticket['id']}", headers=HTML)).text
        said = re.sub(r"<[^>]+>|\s+", " ", page)
        assert re.search(r"15 Feb 2024 +to +1 Mar 2024", said), zone

    async def test_a_moment_is_that_of_the_clocks_there(
        self, jane: Client, new_ticket: AsyncCall[Any], zone: ZoneInfo
    ) -> None:
        moment = datetime(2024, 2, 15, 12, 30, tzinfo=UTC)
        ticket = await new_ticket(dueDate=moment.isoformat())
        there = moment.astimezone(zone).date()
        page = (await jane.http.get(f"/tickets/{ticket['id']}", headers=HTML)).text
        [said] = re.findall(r'class="row-due[^>]*>(?:<svg.*?</svg>)?([^<]*)<', page)
        assert said == f"{there.day} Feb 2024"
        assert await ids(jane, due=there.isoformat()) == {ticket["id"]}


class TestAsOf:
    async def test_it_was_late_when_its_day_was_over(
        self, jane: Client, zone: ZoneInfo, load_ticket: AsyncCall[None]
    ) -> None:
        await load_ticket("ticket_1", due_date=midnight(date(2024, 2, 15)), status="todo")
        over = datetime(2024, 2, 16, tzinfo=zone).astimezone(UTC)
        for at, late in ((over - timedelta(seconds=1), set()), (over, {"ticket_1"})):
            moment = at.isoformat()
            assert await ids(jane, due="overdue", asOf=moment) == late
            assert (await jane.get("/api/tickets/stats", asOf=moment)).data["metrics"]["overdue"] == len(late)


class TestArchived:
    @pytest.fixture
    def zone(self) -> ZoneInfo:
        return ZoneInfo("UTC")

    @pytest.fixture(autouse=True)
    async def archived(self, client: People, load_ticket: AsyncCall[None], today: date) -> None:
        """Load late and coming work of Jane in a project that is archived, in one that is not, and in none."""
        for name, days in {"late": -3, "coming": 3}.items():
            for project in ("project_sec", "project_456"):
                await load_ticket(
                    f"{name}_{project}", due_date=midnight(today + days * DAY), assignee_id="user_101", status="todo",
                    project_id=project, reporter_id="user_102",
                )  # fmt: skip
        await load_ticket(
            "nowhere", due_date=midnight(today - DAY), assignee_id="user_101", project_id=None, reporter_id="user_102"
        )
        assert (await client("john").put("/api/projects/project_sec", {"status": "archived"})).status == 200

    async def test_nothing_of_it_is_due(self, jane: Client) -> None:
        assert await ids(jane, due="overdue") == {"late_project_456", "nowhere"}
        assert await ids(jane, due="now..7d") == {"coming_project_456"}
        assert (await jane.get("/api/tickets/stats")).data["metrics"]["overdue"] == 2
        assert (await jane.get("/api/user/stats")).data["metrics"]["overdue"] == 2

    async def test_it_is_found_where_it_is_named(self, jane: Client) -> None:
        assert await ids(jane, due="now..7d", project="SEC") == {"coming_project_sec"}
        assert await ids(jane, due="overdue", project="SEC") == set()
        assert (await jane.get("/api/tickets/stats", project="SEC")).data["metrics"]["overdue"] == 0

    async def test_it_is_no_work_of_mine(self, jane: Client) -> None:
        page = (await jane.http.get("/my-work", headers=HTML)).text
        assert "late_project_456" in page
        assert "_project_sec" not in page
        numbers = dict(re.findall(r'class="count" href="([^"]*)"[^>]*>(\d+)<', page))
        assert len(numbers) == 3
        for address, number in numbers.items():
            assert await total(jane, address.replace("&amp;", "&")) == int(number), address

    async def test_lists_can_leave_it_out_or_show_it_alone(self, jane: Client, client: People) -> None:
        of_sec = {"late_project_sec", "coming_project_sec"}
        others = {"late_project_456", "coming_project_456", "nowhere"}
        for who in ("jane", "ada", "root"):
            for more in ({}, {"status": "todo,backlog"}, {"sort": "title"}, {"search": "login"}):
                assert await ids(client(who), **more, archived="false") == others, (who, more)
                assert await ids(client(who), **more, archived="true") == of_sec, (who, more)
                assert await ids(client(who), **more) == others | of_sec, (who, more)
