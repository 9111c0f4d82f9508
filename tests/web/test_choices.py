"""The menus that change a ticket: what is there now, labels that are made, days as people write them."""

import re
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from codimir.web.dates import DateFormatter
from codimir.web.present import offered_days
from tests.calls import AsyncCall
from tests.clients import People
from tests.web.conftest import Fetch

PIECE = {"hx-request": "true"}


def items(text: str) -> list[tuple[str, bool, str]]:
    """Read the choices of a menu: the value, whether it is the present one, and what it says."""
    found = re.findall(r'value="(\w+:[^"]*)"( aria-current="true")?>(.*?)</button>', text, re.DOTALL)
    return [
        (value, bool(now), re.search(r'<span class="grow[^>]*>(.*?)</span>', said)[1]) for value, now, said in found
    ]


@pytest.fixture
def menu(fetch: Fetch) -> AsyncCall[list[tuple[str, bool, str]]]:
    """Ask for the menu of a field of WEB-1: `await menu("status", who="jane", q="rev")`."""

    async def ask(field: str, who: str = "jane", ticket: str = "WEB-1", **query: str) -> list[tuple[str, bool, str]]:
        reply = await fetch(who, f"/choices/{field}", params={"ticket": ticket, **query}, headers=PIECE)
        assert reply.status_code == 200, reply.text
        assert 'class="popup-search"' in reply.text
        return items(reply.text)

    return ask


@pytest.fixture
def change(fetch: Fetch) -> AsyncCall[Any]:
    """Change tickets as the menu does: `await change("label:+urgent")`."""

    async def send(value: str, who: str = "jane", tickets: tuple[str, ...] = ("WEB-1",)) -> Any:
        return await fetch(who, "/tickets/bulk", "POST", data={"ticket": list(tickets), "change": value}, headers=PIECE)

    return send


class TestPresentValue:
    async def test_words_keep_their_places_and_one_is_marked(
        self, menu: AsyncCall[list[tuple[str, bool, str]]], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(status="in_review", stage="TESTING")
        statuses = await menu("status")
        assert [value.partition(":")[2] for value, _, _ in statuses] == [
            "backlog",
            "todo",
            "in_progress",
            "in_review",
            "done",
            "cancelled",
        ]
        assert [value for value, now, _ in statuses if now] == ["status:in_review"]
        assert [value for value, now, _ in await menu("stage") if now] == ["stage:TESTING"]

    async def test_who_has_it_comes_first_and_nobody_stands_twice(
        self, menu: AsyncCall[list[tuple[str, bool, str]]], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(assigneeId="user_102")
        people = await menu("assignee")
        assert people[0] == ("assignee:user_102", True, "John Doe")
        values = [value for value, _, _ in people]
        assert len(values) == len(set(values))
        assert [said for value, _, said in people if value == "assignee:user_101"] == ["Jane Smith (me)"]

    async def test_nobody_is_a_value_too(
        self, menu: AsyncCall[list[tuple[str, bool, str]]], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        assert (await menu("assignee"))[0] == ("assignee:", True, "Nobody")

    async def test_labels_that_are_on_come_first(
        self, menu: AsyncCall[list[tuple[str, bool, str]]], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(labelIds=["label_1"])
        labels = await menu("label")
        assert labels[0][:2] == ("label:label_1", True)
        assert [now for _, now, _ in labels[1:]] == [False] * (len(labels) - 1)

    async def test_of_a_ticket_that_one_does_not_see_nothing_is_said(
        self, fetch: Fetch, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        reply = await fetch("eve", "/choices/status", params={"ticket": ticket["id"]}, headers=PIECE)
        assert reply.status_code == 404


class TestNewLabel:
    async def test_it_is_offered_made_and_put_on(
        self,
        menu: AsyncCall[list[tuple[str, bool, str]]],
        change: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        client: People,
    ) -> None:
        ticket = await new_ticket()
        assert (await menu("label", who="ada", q=" Ürgent & <b>"))[-1][0] == "label:+Ürgent &amp; &lt;b&gt;"
        assert (await change("label:+Ürgent", who="ada")).status_code == 204
        told = await client("jane").get(f"/api/tickets/{ticket['id']}")
        assert [label["name"] for label in told.data["labels"]] == ["Ürgent"]
        assert "label:+" not in str(await menu("label", who="ada", q="ÜRGENT"))

    async def test_several_tickets_get_the_same_one(
        self, change: AsyncCall[Any], new_ticket: AsyncCall[Any], client: People
    ) -> None:
        await new_ticket()
        await new_ticket()
        assert (await change("label:+urgent", who="ada", tickets=("WEB-1", "WEB-2"))).status_code == 204
        found = await client("jane").get("/api/tickets?project=WEB")
        assert len({label["id"] for ticket in found.data for label in ticket["labels"]}) == 1

    @pytest.mark.parametrize("who", ["jane", "victor"])
    async def test_who_may_make_none_is_offered_none_and_refused(
        self, menu: AsyncCall[list[tuple[str, bool, str]]], change: AsyncCall[Any], new_ticket: AsyncCall[Any], who: str
    ) -> None:
        await new_ticket()
        assert await menu("label", who=who, q="urgent") == []
        assert (await change("label:+urgent", who=who)).status_code == 403

    @pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\u202eb"])
    async def test_a_name_that_is_none_is_refused(
        self, change: AsyncCall[Any], new_ticket: AsyncCall[Any], name: str
    ) -> None:
        await new_ticket()
        assert (await change(f"label:+{name}", who="ada")).status_code == 400


class TestDue:
    async def test_near_days_are_offered_and_the_present_one_goes(
        self,
        menu: AsyncCall[list[tuple[str, bool, str]]],
        change: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        client: People,
    ) -> None:
        ticket = await new_ticket()
        named = [said for _, _, said in await menu("due")]
        assert named in (["Today", "Tomorrow", "Next week"], ["Today", "Tomorrow"])  # which is a Sunday
        assert (await change((await menu("due"))[1][0])).status_code == 204
        days = await menu("due")
        assert [(said, now) for _, now, said in days] == [
            ("No date", False),
            ("Today", False),
            ("Tomorrow", True),
            *[("Next week", False)] * (len(named) - 2),
        ]
        assert (await change("due:")).status_code == 204
        assert (await client("jane").get(f"/api/tickets/{ticket['id']}")).data["dueDate"] is None

    @pytest.mark.parametrize(
        ("written", "day"),
        [("24.12.2027", "2027-12-24"), ("due dec 24th 2027", "2027-12-24"), ("2027-02-28", "2027-02-28")],
    )
    async def test_a_line_understands_what_the_quick_line_does(
        self, menu: AsyncCall[list[tuple[str, bool, str]]], new_ticket: AsyncCall[Any], written: str, day: str
    ) -> None:
        await new_ticket()
        assert [value for value, _, _ in await menu("due", q=written)] == [f"due:{day}"]

    @pytest.mark.parametrize("written", ["never", "99.99.", "in 9999999999 days", "31 feb"])
    async def test_what_is_no_day_offers_none(
        self, menu: AsyncCall[list[tuple[str, bool, str]]], new_ticket: AsyncCall[Any], written: str
    ) -> None:
        await new_ticket()
        assert await menu("due", q=written) == []

    @pytest.mark.parametrize("value", ["due:soon", "due:2027-02-30", "stage:SHOUTING"])
    async def test_what_is_no_value_is_refused(
        self, change: AsyncCall[Any], new_ticket: AsyncCall[Any], value: str
    ) -> None:
        await new_ticket()
        assert (await change(value)).status_code == 400

    async def test_it_is_the_day_where_the_person_is(
        self,
        menu: AsyncCall[list[tuple[str, bool, str]]],
        change: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        client: People,
        set_user: AsyncCall[None],
    ) -> None:
        ticket = await new_ticket()
        await set_user("jane", preferences={"timezone": "Pacific/Kiritimati"})
        assert (await change("due:2027-03-15")).status_code == 204
        told = await client("jane").get(f"/api/tickets/{ticket['id']}")
        assert told.data["dueDate"].startswith("2027-03-15")
        assert (await menu("due", q="2027-03-15"))[0][:2] == ("due:2027-03-15", True)

    async def test_without_scripts_a_page_takes_a_line(self, fetch: Fetch, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        page = await fetch("jane", "/choices/due", params={"ticket": "WEB-1", "q": "24.12.2027"})
        assert 'value="due:2027-12-24"' in page.text
        assert '<form class="cluster" method="get" action="/choices/due">' in page.text


class TestOfferedDays:
    @pytest.mark.parametrize(
        ("today", "names"),
        [
            ("2026-11-27", ["today", "tomorrow", "next week"]),
            ("2026-11-28", ["today", "tomorrow", "next week"]),
            ("2026-11-29", ["today", "tomorrow"]),
            ("2026-11-30", ["today", "tomorrow", "next week"]),
        ],
    )
    def test_no_day_is_offered_by_two_names(self, today: str, names: list[str]) -> None:
        clock = SimpleNamespace(today=date.fromisoformat(today).toordinal())
        days = offered_days(cast(DateFormatter, clock), "")
        assert [name for name, _ in days] == names
        assert len({day for _, day in days}) == len(days)
