"""Numbers lead to the list behind them; lists are filtered by spans of days where the person is."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from codimir.tickets.fields import FILTER_NAMES
from tests.calls import AsyncCall
from tests.web.conftest import Fetch

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
async def berlin(set_user: AsyncCall[None]) -> None:
    """Jane is in Berlin."""
    await set_user("jane", preferences={"timezone": "Europe/Berlin"})


@pytest.fixture
async def moving(load_ticket: AsyncCall[None]) -> None:
    """Tickets that were created, completed and due in the last days, one of them in a private project."""
    now = datetime.now(UTC)
    for number in range(24):
        at = now - timedelta(hours=7 * number, minutes=5)
        done = {"status": "done", "completed_at": at + timedelta(minutes=2)} if number % 3 == 0 else {"status": "todo"}
        await load_ticket(
            f"ticket_{number}", created_at=at, due_date=now + timedelta(days=number - 10, minutes=7),
            assignee_id="user_101" if number % 2 else None, project_id="project_sec" if number == 1 else "project_456",
            **done,
        )  # fmt: skip


def links(page: httpx.Response, pattern: Any) -> Any:
    """Give the address and the number of each link."""
    found = re.findall(pattern, page.text, re.DOTALL)
    return [(html.unescape(address), int(number.replace(",", ""))) for address, number in found]


async def total(fetch: Any, address: Any) -> Any:
    """Say how many tickets a list has."""
    page = await fetch("jane", address)
    assert page.status_code == 200, address
    return int(re.search(r"(\d+) tickets?</span>", page.text)[1])


@pytest.mark.usefixtures("moving", "berlin")
class TestNumbers:
    @pytest.mark.parametrize("place", ["/dashboard", "/projects/WEB/dashboard"])
    @pytest.mark.parametrize("query", ["", "?period=week&assignee=user_101"])
    async def test_each_of_the_dashboard_is_that_of_its_list(self, fetch: Fetch, place: str, query: str) -> None:
        page = await fetch("jane", place + query)
        numbers = links(page, r'<dd><a href="([^"]*)">(\d+)</a></dd>')
        assert len(numbers) == 4
        assert all(number for _, number in numbers)
        for address, number in numbers:
            assert await total(fetch, address) == number, address

    async def test_each_day_of_the_timeline_is_that_of_its_list(self, fetch: Fetch) -> None:
        page = await fetch("jane", "/dashboard?period=week")
        numbers = links(page, r'<td\s+data-count="\d+"><a href="([^"]*)">(\d+)</a>')
        assert sum(number for address, number in numbers if "created=" in address) >= 20
        for address, number in numbers:
            assert await total(fetch, address) == number, address

    async def test_each_of_my_work_is_that_of_its_list(self, fetch: Fetch) -> None:
        page = await fetch("jane", "/my-work")
        numbers = links(page, r'<a class="count" href="([^"]*)" aria-label="[^"]*">(\d+)</a>')
        assert {re.search(r"due=\w+|sort=\w+|reporter=me", address)[0] for address, _ in numbers} == {
            "due=overdue", "due=now", "sort=priority", "reporter=me",
        }  # fmt: skip
        for address, number in numbers:
            assert await total(fetch, address) == number, address


@pytest.mark.usefixtures("berlin")
class TestSpans:
    async def test_a_day_is_that_of_the_person(self, fetch: Fetch, load_ticket: AsyncCall[None]) -> None:
        late = datetime(2024, 6, 1, 0, 30, tzinfo=BERLIN)
        await load_ticket("ticket_1", due_date=late.astimezone(UTC), title="Shortly after midnight")
        assert await total(fetch, "/tickets?due=2024-06-01") == 1
        assert await total(fetch, "/projects/WEB/list?due=2024-05-31") == 0
        assert "Shortly after midnight" in (await fetch("jane", "/projects/WEB/board?due=2024-06-01")).text
        assert "Shortly after midnight" not in (await fetch("jane", "/projects/WEB/board?due=2024-05-31")).text

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("due=overdue", "Overdue"),
            ("due=none", "Without a date"),
            ("due=now..7d", "Next 7 days"),
            ("created=-30d..", "Last 30 days"),
            ("created=2024-02-01..2024-02-15", "1 Feb 2024 \N{EN DASH} 15 Feb 2024"),
            ("created=2024-02-01", "1 Feb 2024"),
            ("completed=2024-02-01..", "from 1 Feb 2024"),
            ("completed=..2024-02-01T23:30:00Z", "until 2 Feb 2024"),
            ("due=-3d..14d", "3 days ago \N{EN DASH} in 14 days"),
            ("due=1900-01-01..8999-12-31", "1 Jan 1900 \N{EN DASH} 31 Dec 8999"),
            ("due=..8999-12-31T23:59:59Z", "until 1 Jan 9000"),
        ],
    )
    async def test_it_is_a_chip(self, fetch: Fetch, query: str, said: str) -> None:
        page = await fetch("jane", f"/tickets?{query}")
        assert page.status_code == 200
        assert re.findall(r'class="chip-values truncate">([^<]*)<', page.text) == [said]

    @pytest.mark.parametrize(
        "query", ["due=soon", "created=overdue", "completed=2024-02-02..2024-02-01", "due=..9999-12-31"]
    )
    async def test_a_wrong_one_is_said(self, fetch: Fetch, query: str) -> None:
        for place in ("/tickets", "/projects/WEB/list", "/projects/WEB/board"):
            assert (await fetch("jane", f"{place}?{query}")).status_code == 400


class TestMenu:
    async def test_it_offers_to_leave_archived_projects_out(self, fetch: Fetch) -> None:
        back = "/tickets?archived=false"
        page = await fetch("jane", "/filters/archived", params={"back": back}, headers={"hx-request": "true"})
        assert 'href="/tickets" hx-get="/tickets" aria-current="true"' in page.text
        assert 'href="/tickets?archived=true"' in page.text
        chip = (await fetch("jane", back)).text
        assert re.findall(r'class="chip-values truncate">([^<]*)<', chip) == ["Left out"]
        assert (await fetch("jane", "/choices/archived")).status_code == 404

    @pytest.mark.parametrize(
        ("back", "missing"),
        [("/projects/WEB/list?status=todo", {"project", "workspace", "status"}), ("/tickets?due=today", {"due"})],
    )
    async def test_fields_are_offered_that_are_not_asked_yet(self, fetch: Fetch, back: str, missing: Any) -> None:
        page = await fetch("jane", "/filters", params={"back": back}, headers={"hx-request": "true"})
        offered = set(re.findall(r'href="/filters/(\w+)\?back=', page.text))
        assert offered == set(FILTER_NAMES) - missing

    @pytest.mark.parametrize(("back", "leads_to"), [("/tickets?due=today", "/tickets?due=today"), ("//x.example", "/")])
    async def test_fields_have_no_page_of_their_own(self, fetch: Fetch, back: str, leads_to: str) -> None:
        reply = await fetch("jane", "/filters", params={"back": back})
        assert (reply.status_code, reply.headers["location"]) == (303, leads_to)

    async def test_it_offers_spans_and_days(self, fetch: Fetch) -> None:
        back = "/tickets?status=todo&due=2024-02-01..2024-02-15"
        page = await fetch("jane", "/filters/due", params={"back": back}, headers={"hx-request": "true"})
        assert 'href="/tickets?status=todo&amp;due=overdue"' in page.text
        assert re.findall(r'type="date" name="\w+" value="([^"]*)"', page.text) == ["2024-02-01", "2024-02-15"]

    async def test_it_is_a_page_of_its_own_without_scripts(self, fetch: Fetch) -> None:
        page = await fetch("jane", "/filters/due?back=/tickets")
        assert page.status_code == 200
        assert 'href="/tickets?due=overdue"' in page.text

    async def test_what_is_chosen_is_taken_away_again(self, fetch: Fetch) -> None:
        page = await fetch("jane", "/filters/created?back=/tickets?created=today", headers={"hx-request": "true"})
        assert 'href="/tickets" hx-get="/tickets" aria-current="true"' in page.text

    @pytest.mark.parametrize(
        ("given", "leads"),
        [
            ({"from": "2024-02-01", "to": "2024-02-15"}, "&created=2024-02-01..2024-02-15"),
            ({"from": "2024-02-01", "to": ""}, "&created=2024-02-01.."),
            ({"to": "2024-02-15"}, "&created=..2024-02-15"),
            ({}, ""),
        ],
    )
    async def test_the_days_lead_to_the_list(self, fetch: Fetch, given: dict[str, Any], leads: str) -> None:
        page = await fetch("jane", "/filters/created/between", params={"back": "/tickets?status=todo", **given})
        assert (page.status_code, page.headers["location"]) == (303, f"/tickets?status=todo{leads}")

    async def test_it_leads_nowhere_else(self, fetch: Fetch) -> None:
        page = await fetch("jane", "/filters/due/between?back=//evil.example/&from=2024-02-01")
        assert page.headers["location"] == "/?due=2024-02-01.."

    async def test_other_fields_have_no_days(self, fetch: Fetch) -> None:
        assert (await fetch("jane", "/filters/status/between?from=2024-02-01")).status_code == 404
        assert (await fetch("jane", "/choices/created")).status_code == 404

    async def test_who_is_not_signed_in_comes_in_first(self, fetch: Fetch) -> None:
        assert (await fetch(None, "/filters/due/between")).headers["location"].startswith("/signin")
