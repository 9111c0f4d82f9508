"""Moments that are too far from now are refused wherever they come in, and those that are kept already fail no page."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from codimir.web.dates import DateFormatter
from tests.calls import AsyncCall
from tests.clients import Client

MIN_SEEK_OFFSET = ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "9000-01-01T00:00:00Z", "1899-12-31T23:59:59Z"]
TOO_FAR = "Must be between the years 1900 and 8999 in UTC"
ENDS_OF_TIME = {
    "last": datetime(9999, 12, 31, 23, 59, 59, 999_998, tzinfo=UTC),
    "last_midnight": datetime(9999, 12, 31, tzinfo=UTC),
    "first": datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
    "first_midnight": datetime(1, 1, 2, tzinfo=UTC),
}


class TestDoors:
    @pytest.mark.parametrize("far", MIN_SEEK_OFFSET)
    async def test_bodies(self, jane: Client, new_ticket: AsyncCall[Any], far: str) -> None:
        path = f"/api/tickets/{(await new_ticket())['id']}"
        created = await jane.post("/api/tickets", {"title": "A", "projectId": "project_456", "dueDate": far})
        changed = await jane.put(path, {"dueDate": far})
        assert [(reply.status, reply.details) for reply in (created, changed)] == [(400, {"dueDate": [TOO_FAR]})] * 2
        logged = await jane.post(f"{path}/time-logs", {"minutes": 5, "startedAt": far})
        assert (logged.status, logged.details) == (400, {"startedAt": [TOO_FAR]})

    @pytest.mark.parametrize("far", MIN_SEEK_OFFSET)
    async def test_moments_that_are_asked_for(self, jane: Client, new_ticket: AsyncCall[Any], far: str) -> None:
        ticket = await new_ticket()
        for path in ("/api/tickets", f"/api/tickets/{ticket['id']}", "/api/tickets/stats"):
            reply = await jane.get(path, asOf=far)
            assert (reply.status, reply.details) == (400, {"asOf": [TOO_FAR]}), path

    @pytest.mark.parametrize("day", ["9999-12-31", "9000-01-01", "1899-12-31", "0001-01-01"])
    async def test_the_date_field_of_the_page(self, jane: Client, new_ticket: AsyncCall[Any], day: str) -> None:
        ticket = await new_ticket()
        reply = await jane.http.post(f"/tickets/{ticket['id']}/edit", data={"field": "dueDate", "value": day})
        assert reply.status_code == 400
        assert (await jane.get(f"/api/tickets/{ticket['id']}")).data["dueDate"] is None

    async def test_the_quick_line_takes_it_for_words(self, jane: Client) -> None:
        line = {"text": "Party due 9999-12-31", "projectId": "project_456"}
        said = (await jane.post("/api/tickets/quick", line)).data
        assert (said["title"], said["dueDate"]) == ("Party due 9999-12-31", None)

    async def test_what_is_between_is_taken(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        for moment in ("1900-01-01T00:00:00Z", "8999-12-31T23:59:59.999999Z"):
            assert (await new_ticket(dueDate=moment))["dueDate"] == moment


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Honolulu", "Europe/Berlin", "UTC"])
class TestKeptBefore:
    async def test_no_page_fails(
        self, jane: Client, set_user: AsyncCall[None], load_ticket: AsyncCall[None], zone: str
    ) -> None:
        await set_user("jane", preferences={"timezone": zone})
        for name, due in ENDS_OF_TIME.items():
            await load_ticket(name, title=name, due_date=due, assignee_id="user_101", status="todo")
        lists = ["/tickets", "/projects/WEB/list", "/projects/WEB/board", "/tickets?due=overdue", "/my-work"]
        for path in (*lists, "/dashboard", *(f"/tickets/{name}" for name in ENDS_OF_TIME)):
            page = await jane.http.get(path, headers={"accept": "text/html"})
            assert page.status_code == 200, path
            assert all(name in page.text for name in ENDS_OF_TIME if path in lists[:3]), path
        assert (await jane.get("/api/tickets", due="overdue")).total == 2

    async def test_one_can_be_given_another(
        self, jane: Client, set_user: AsyncCall[None], load_ticket: AsyncCall[None], zone: str
    ) -> None:
        await set_user("jane", preferences={"timezone": zone})
        for name, due in ENDS_OF_TIME.items():
            await load_ticket(name, due_date=due)
            reply = await jane.http.post(f"/tickets/{name}/edit", data={"field": "dueDate", "value": "2030-01-02"})
            assert reply.status_code in (200, 303)
            page = await jane.http.get(f"/tickets/{name}", headers={"accept": "text/html"})
            assert "2 Jan 2030" in page.text

    @pytest.mark.parametrize("year", [9999, 1])
    def test_what_postgresql_calls_infinite_is_said(self, zone: str, year: int) -> None:
        """Its driver gives it without a time zone."""
        moment = {9999: datetime.max, 1: datetime.min}[year]  # noqa: DTZ901 - so it is
        clock = DateFormatter(datetime(2026, 11, 28, 12, tzinfo=UTC), ZoneInfo(zone), "en")
        said = (clock.due(moment), clock.due_exactly(moment)[:11].rstrip(","), clock.iso_day(moment))
        assert said[1:] == (said[0], moment.date().isoformat())
        assert clock.is_overdue(moment) is (year == 1)
