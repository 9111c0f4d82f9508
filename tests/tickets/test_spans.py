"""GET /api/tickets: due, created and completed within a span of time."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from codimir.database.sqlite import SqliteDatabase
from tests.calls import AsyncCall
from tests.clients import Client, People
from tests.plans import query_plan

NOON = datetime(2024, 2, 15, 12, tzinfo=UTC)
DUE = {"ticket_late": -1, "ticket_done": -1, "ticket_soon": 3, "ticket_later": 30}


async def ids(someone: Any, **query: Any) -> set[str]:
    """List with these filters; the total must be exact."""
    reply = await someone.get("/api/tickets", limit=100, **query)
    assert reply.status == 200, reply.body
    assert reply.total == len(reply.data)
    return {ticket["id"] for ticket in reply.data}


@pytest.fixture
async def february(load_ticket: AsyncCall[None]) -> None:
    """Load a ticket for each day from the 13th to the 17th of February: created at noon, completed an hour later."""
    for day in range(13, 18):
        noon = NOON.replace(day=day)
        place = "project_sec" if day == 17 else "project_456"
        await load_ticket(
            f"ticket_{day}", created_at=noon, due_date=noon + timedelta(days=2), project_id=place,
            **({"status": "done", "completed_at": noon + timedelta(hours=1)} if day < 16 else {}),
        )  # fmt: skip


@pytest.fixture
async def due(load_ticket: AsyncCall[None]) -> None:
    """Load tickets that are due around now, and one that never is."""
    now = datetime.now(UTC)
    for ticket_id, days in DUE.items():
        status = "done" if ticket_id == "ticket_done" else "todo"
        await load_ticket(ticket_id, due_date=now + timedelta(days=days), status=status)
    await load_ticket("ticket_never")


class TestUpdated:
    async def test_what_nobody_has_touched(self, client: People, load_ticket: AsyncCall[None]) -> None:
        now = datetime.now(UTC)
        for ticket_id, days in {"ticket_old": 40, "ticket_new": 3}.items():
            await load_ticket(ticket_id, created_at=now - timedelta(days=50), updated_at=now - timedelta(days=days))
        jane = client("jane")
        assert await ids(jane, updated="..-30d") == {"ticket_old"}
        assert await ids(jane, updated="-7d..") == {"ticket_new"}
        reply = await jane.put("/api/tickets/ticket_old", {"title": "Touched"})
        assert reply.status == 200
        assert await ids(jane, updated="..-30d") == set()
        assert await ids(jane, updated="-7d..", sort="updatedAt") == {"ticket_old", "ticket_new"}


class TestStage:
    async def test_one_or_several(self, client: People, load_ticket: AsyncCall[None]) -> None:
        for stage in ("PLANNING", "TESTING", "COMPLETED"):
            await load_ticket(f"ticket_{stage}", stage=stage)
        jane = client("jane")
        assert await ids(jane, stage="TESTING") == {"ticket_TESTING"}
        assert await ids(jane, stage="PLANNING,COMPLETED") == {"ticket_PLANNING", "ticket_COMPLETED"}
        [problem] = (await jane.get("/api/tickets", stage="NEVER")).details["stage"]
        assert problem.startswith("Must be one of: PLANNING, DEVELOPMENT, TESTING, DEPLOYMENT, COMPLETED")


@pytest.mark.usefixtures("february")
class TestSpans:
    @pytest.mark.parametrize(
        ("written", "days"),
        [
            ("2024-02-15", {15}),
            ("2024-02-14..2024-02-16", {14, 15, 16}),
            ("2024-02-16..", {16, 17}),
            ("..2024-02-14", {13, 14}),
            ("2024-02-15T12:00:00Z..2024-02-16T12:00:00Z", {15, 16}),
            ("2024-02-15T12:00:00.000001Z..2024-02-16T11:59:59Z", set()),
            ("2024-02-15T13:00:00%2B01:00..2024-02-15", {15}),
            ("..2024-02-15T11:59:59.999999Z", {13, 14}),
            (" 2024-02-15 ", {15}),
            ("-30d..", set()),
            ("..now", {13, 14, 15, 16, 17}),
            ("today", set()),
        ],
    )
    async def test_both_ends_are_in_it(self, jane: Client, written: str, days: set[int]) -> None:
        expected = {f"ticket_{day}" for day in days}
        assert await ids(jane, created=written.replace("%2B", "+")) == expected

    async def test_each_looks_at_its_own_moment(self, jane: Client) -> None:
        assert await ids(jane, due="2024-02-17..2024-02-18") == {"ticket_15", "ticket_16"}
        assert await ids(jane, completed="2024-02-13..2024-02-17") == {"ticket_13", "ticket_14", "ticket_15"}
        assert await ids(jane, due="2024-02-17..", created="..2024-02-16", completed="2024-02-15") == {"ticket_15"}

    async def test_they_combine_with_other_filters_and_orders(self, jane: Client) -> None:
        for sort in ("updatedAt", "createdAt", "title", "rank"):
            for project in ("WEB", "WEB,SEC", ""):
                found = await ids(jane, created="2024-02-15..", status="backlog,done", project=project, sort=sort)
                assert found == {"ticket_15", "ticket_16"} | ({"ticket_17"} if project != "WEB" else set()), sort
        assert await ids(jane, created="2024-02-15..", workspace="workspace_789", label="label_1") == set()
        assert await ids(jane, created="2024-02-15..", search="login", status="done") == {"ticket_15"}

    async def test_everyone_finds_only_what_they_see(self, client: People) -> None:
        for who, found in {"root": {16, 17}, "ada": {16, 17}, "jane": {16, 17}, "mia": {16}, "eve": set()}.items():
            assert await ids(client(who), created="2024-02-16..") == {f"ticket_{day}" for day in found}, who

    async def test_pages_do_not_overlap(self, jane: Client) -> None:
        pages = [await jane.get("/api/tickets", created="2024-02-14..", limit=2, page=page) for page in (1, 2)]
        assert [page.total for page in pages] == [4, 4]
        assert len({ticket["id"] for page in pages for ticket in page.data}) == 4


@pytest.mark.usefixtures("due")
class TestDue:
    async def test_overdue_is_what_statistics_count(self, jane: Client) -> None:
        assert await ids(jane, due="overdue") == {"ticket_late"}
        statistics = (await jane.get("/api/tickets/stats")).data
        assert statistics["metrics"]["overdue"] == 1

    async def test_overdue_and_done_is_nothing(self, jane: Client) -> None:
        assert await ids(jane, due="overdue", status="done") == set()
        assert await ids(jane, due="..now", status="done") == {"ticket_done"}

    async def test_days_from_now(self, jane: Client) -> None:
        assert await ids(jane, due="now..7d") == {"ticket_soon"}
        assert await ids(jane, due="7d..") == {"ticket_later"}
        assert await ids(jane, due="-7d..7d") == {"ticket_late", "ticket_done", "ticket_soon"}

    async def test_none_is_never_due(self, jane: Client) -> None:
        assert await ids(jane, due="none") == {"ticket_never"}

    async def test_a_list_of_what_is_overdue_is_the_same_for_a_minute_at_most(self, jane: Client) -> None:
        overdue = await jane.get("/api/tickets", due="overdue")
        fixed = await jane.get("/api/tickets", due="2024-02-15")
        assert overdue.headers["etag"].startswith('"m')
        assert fixed.headers["etag"].startswith('"v')


class TestNumbers:
    async def test_a_list_has_as_many_as_statistics_say(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        for status in ("done", "done", "todo"):
            await new_ticket(status=status, dueDate="2024-02-15T12:00:00Z")
        statistics = (await jane.get("/api/tickets/stats")).data
        span, metrics = f"{statistics['startDate']}..{statistics['endDate']}", statistics["metrics"]
        assert len(await ids(jane, created=span)) == metrics["createdThisPeriod"] == 3
        assert len(await ids(jane, completed=span)) == metrics["completedThisPeriod"] == 2
        assert len(await ids(jane, due="overdue")) == metrics["overdue"] == 1


class TestAsOf:
    async def test_it_is_as_it_was(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket(dueDate="2024-02-15T12:00:00Z")
        before = (await jane.get("/api/tickets/stats")).data["endDate"]
        await jane.put(f"/api/tickets/{ticket['id']}", {"status": "done", "dueDate": "2024-03-01T12:00:00Z"})
        asked: list[tuple[dict[str, str], bool, bool]] = [
            ({"due": "overdue"}, True, False),
            ({"due": "2024-02-15"}, True, False),
            ({"due": "2024-03-01"}, False, True),
            ({"completed": "today"}, False, True),
            ({"created": "-1d..now"}, True, True),
            ({"due": "none"}, False, False),
        ]
        for query, then, now in asked:
            assert await ids(jane, **query, asOf=before) == ({ticket["id"]} if then else set()), query
            assert await ids(jane, **query) == ({ticket["id"]} if now else set()), query

    async def test_now_is_that_moment(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        moment = datetime.fromisoformat(ticket["createdAt"]) + timedelta(milliseconds=1)
        assert await ids(jane, created="-1d..now", asOf=moment.isoformat()) == {ticket["id"]}
        assert await ids(jane, created="now..", asOf=moment.isoformat()) == set()


class TestWrongSpans:
    @pytest.mark.parametrize(
        "written",
        [
            "..", "2024-02-15..2024-02-16..", "2024-02-30", "15.02.2024", "2024-2-1", "20240215", "2024-W07-4",
            "2024-02-15T12:00:00", "2024-02-15T12:00:00Z", "7d", "now", "99999d..", "--7d..", "tomorrow",
            "1708000000..", "'; DROP TABLE tickets; --", "\u0662\u0660\u0662\u0664-02-15", "..\u202e",
            "x" * 200, "0000-01-01..",
            "10000-01-01..",
        ],
    )  # fmt: skip
    async def test_the_forms_are_named(self, jane: Client, written: str) -> None:
        reply = await jane.get("/api/tickets", created=written, due=written)
        assert (reply.status, reply.error["code"]) == (400, "VALIDATION_ERROR")
        [created], [due] = reply.details["created"], reply.details["due"]
        assert created.startswith("Must be a day such as 2024-02-15 or today, or a span such as 2024-02-01..2024-02-15")
        assert due.startswith("Must be overdue, none, a day such as")

    async def test_only_what_is_due_is_overdue_or_none(self, jane: Client) -> None:
        for written in ("overdue", "none"):
            reply = await jane.get("/api/tickets", created=written, completed=written)
            assert (reply.status, set(reply.details)) == (400, {"created", "completed"})

    async def test_a_span_ends_after_it_begins(self, jane: Client) -> None:
        reply = await jane.get("/api/tickets", created="2024-02-16..2024-02-15")
        assert (reply.status, reply.details) == (400, {"created": ["The span ends before it begins"]})

    async def test_the_ends_of_time_are_told(self, jane: Client) -> None:
        reply = await jane.get("/api/tickets", due="0001-01-01T00:00:00%2B14:00..".replace("%2B", "+"))
        assert (reply.status, reply.details) == (400, {"due": ["Must be between the years 1900 and 8999 in UTC"]})
        for written in ("1899-12-31..", "..9000-01-01", "..9999-12-31T23:59:59Z", "0001-01-01..now"):
            for field in ("due", "created", "completed"):
                assert (await jane.get("/api/tickets", **{field: written})).details.keys() == {field}, written
        assert (await jane.get("/api/tickets", due="1900-01-01..8999-12-31")).status == 200

    async def test_given_twice_is_refused(self, jane: Client) -> None:
        reply = await jane.request("GET", "/api/tickets?due=overdue&due=none")
        assert reply.details == {"due": ["Given more than once"]}

    async def test_empty_counts_as_absent(self, jane: Client) -> None:
        assert (await jane.request("GET", "/api/tickets?due=&created=&completed=")).status == 200


class TestDaysSomewhere:
    @pytest.fixture(autouse=True)
    async def berlin(self, set_user: AsyncCall[None]) -> None:
        """Jane is in Berlin."""
        await set_user("jane", preferences={"timezone": "Europe/Berlin"})

    @pytest.mark.parametrize("field", ["created", "due", "completed"])
    async def test_a_day_is_that_of_who_asks(self, client: People, load_ticket: AsyncCall[None], field: str) -> None:
        column = {"due": "due_date"}.get(field, f"{field}_at")
        at = datetime(2024, 2, 15, 23, 30, tzinfo=UTC)
        await load_ticket("ticket_late", **{"status": "done", "completed_at": at, column: at})
        assert await ids(client("jane"), **{field: "2024-02-16"}) == {"ticket_late"}
        assert await ids(client("john"), **{field: "2024-02-15"}) == {"ticket_late"}
        assert await ids(client("jane"), **{field: "..2024-02-15"}) == await ids(
            client("john"), **{field: "2024-02-16"}
        )

    @pytest.mark.parametrize(("day", "hours"), [(date(2024, 3, 31), 23), (date(2024, 10, 27), 25)])
    async def test_a_day_on_which_clocks_are_changed_is_whole(
        self, jane: Client, load_ticket: AsyncCall[None], day: date, hours: int
    ) -> None:
        begin = datetime.combine(day, time(), ZoneInfo("Europe/Berlin")).astimezone(UTC)
        just = timedelta(microseconds=1)
        for name, at in {"before": begin - just, "first": begin, "last": begin + timedelta(hours=hours) - just}.items():
            await load_ticket(name, created_at=at)
        await load_ticket("after", created_at=begin + timedelta(hours=hours))
        assert await ids(jane, created=day.isoformat()) == {"first", "last"}

    async def test_who_moves_gets_another_answer(self, jane: Client, load_ticket: AsyncCall[None]) -> None:
        await load_ticket("ticket_late", created_at=datetime(2024, 2, 15, 23, 30, tzinfo=UTC))
        there = await jane.get("/api/tickets", created="2024-02-16")
        assert there.total == 1
        await jane.put("/api/user/preferences", {"timezone": "Pacific/Honolulu"})
        headers = {"if-none-match": there.headers["etag"]}
        elsewhere = await jane.request("GET", "/api/tickets?created=2024-02-16", headers=headers)
        assert (elsewhere.status, elsewhere.total) == (200, 0)

    async def test_backwards_is_told(self, jane: Client) -> None:
        reply = await jane.get("/api/tickets", due="today..-3d")
        assert reply.details == {"due": ["The span ends before it begins"]}


class TestPlans:
    @pytest.fixture
    def database_name(self) -> str:
        return "sqlite"

    @pytest.mark.parametrize(
        ("field", "column"), [("due", "due_date"), ("created", "created_at"), ("completed", "completed_at")]
    )
    @pytest.mark.parametrize("who", ["root", "ada", "jane"])
    async def test_an_index_finds_what_is_in_a_span(
        self, client: People, db: SqliteDatabase, who: str, field: str, column: str
    ) -> None:
        """Not every ticket that someone sees is looked at, whatever they are."""
        counted: list[str] = []
        db.trace(lambda sql: counted.append(sql) if "count(*)" in sql else None)
        await client(who).get("/api/tickets", **{field: "2024-02-15"})
        db.trace(None)
        plan = await query_plan(db, counted[-1])
        assert any(f"(container_id=? AND {column}>? AND {column}<?)" in step for step in plan), plan
