"""GET /api/tickets: order and pages, and the whole list against a naive filter in Python."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codimir.model.enums import PRIORITIES, STATUSES, TYPES
from codimir.tickets.listing import plan
from tests.calls import AsyncCall, Call
from tests.clients import Client, People

Row = dict[str, Any]

SORT_VALUE: dict[str, Callable[[Row], Any]] = {
    "title": lambda row: row["title"].casefold(),
    "priority": lambda row: PRIORITIES.index(row["priority"]),
    "status": lambda row: STATUSES.index(row["status"]),
    "createdAt": lambda row: row["created_at"],
    "updatedAt": lambda row: row["updated_at"],
}
SORTS = [(sort, order) for sort in SORT_VALUE for order in ("asc", "desc")]
COLUMN_OF = {
    "status": "status", "priority": "priority", "type": "type", "assignee": "assignee_id", "reporter": "reporter_id",
    "project": "project_id", "workspace": "workspace_id", "group": "group_id",
}  # fmt: skip
MEMBERS_OF_ACME = ["user_101", "user_102", "user_ada"]


def in_order(rows: list[Row], sort: str, order: str) -> list[str]:
    """Sort by the column, and among equals by id."""
    ordered = sorted(rows, key=lambda row: (SORT_VALUE[sort](row), row["ticket_id"]), reverse=order == "desc")
    return [row["ticket_id"] for row in ordered]


def matches(row: Row, query: dict[str, list[str]]) -> bool:
    """Say whether a ticket fulfils every filter: one of its values each, where `none` is no value."""
    for parameter, wanted in query.items():
        meant = [None if value == "none" else value for value in wanted]
        if parameter == "label":
            if not set(meant) & set(row["label_ids"]):
                return False
        elif row[COLUMN_OF[parameter]] not in meant:
            return False
    return True


async def walk(someone: Any, limit: int, **query: Any) -> list[str]:
    """Give the ids of every page, one after another."""
    found: list[str] = []
    page, pages = 1, 1
    while page <= pages:
        reply = await someone.get("/api/tickets", page=page, limit=limit, **query)
        assert reply.status == 200, reply.body
        pages = reply.body["pagination"]["totalPages"]
        found += [ticket["id"] for ticket in reply.data]
        page += 1
    assert len(found) == reply.total
    return found


@pytest.fixture(params=["sparse", "dense"])
def strategy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Take each of the two ways to find a page."""
    if request.param == "dense":
        monkeypatch.setattr(plan, "DENSE", 0)
    return str(request.param)


class TestOrder:
    async def test_every_sort_in_both_orders_is_the_one_of_its_words(
        self, client: People, visible: Call[list[dict[str, Any]]], strategy: str
    ) -> None:
        for who in ("mia", "ada", "root"):
            someone = client(who)
            for sort, order in SORTS:
                assert await walk(someone, 100, sort=sort, order=order) == in_order(visible(who), sort, order), sort

    async def test_newest_change_is_first_when_nothing_is_said(
        self, client: People, visible: Call[list[dict[str, Any]]]
    ) -> None:
        assert await walk(client("mia"), 20) == in_order(visible("mia"), "updatedAt", "desc")

    async def test_priority_follows_its_meaning_and_not_the_alphabet(
        self, jane: Client, load_ticket: AsyncCall[None]
    ) -> None:
        for priority in ("medium", "lowest", "highest", "low", "high"):
            await load_ticket(f"ticket_{priority}", priority=priority)
        ascending = [f"ticket_{priority}" for priority in PRIORITIES]
        assert await walk(jane, 20, sort="priority", order="asc") == ascending
        assert await walk(jane, 20, sort="priority") == ascending[::-1]


class TestPages:
    @pytest.mark.parametrize("limit", [1, 3, 7])
    async def test_walking_the_pages_gives_each_ticket_once(
        self, client: People, visible: Call[list[dict[str, Any]]], strategy: str, limit: int
    ) -> None:
        mia = client("mia")
        for sort, order in SORTS if limit == 7 else SORTS[2:6]:
            assert await walk(mia, limit, sort=sort, order=order) == in_order(visible("mia"), sort, order)

    async def test_page_beyond_the_end_is_empty_with_the_right_total(
        self, jane: Client, many_tickets: list[dict[str, Any]]
    ) -> None:
        for page in (3, 4, 1_000_000_000):
            reply = await jane.get("/api/tickets", page=page, limit=8)
            assert reply.body == {
                "data": [], "pagination": {"page": page, "limit": 8, "total": 16, "totalPages": 2},
            }  # fmt: skip
        assert len((await jane.get("/api/tickets", page=2, limit=8)).data) == 8

    async def test_last_page_has_the_rest(self, jane: Client, many_tickets: list[dict[str, Any]]) -> None:
        reply = await jane.get("/api/tickets", page=3, limit=7)
        assert (len(reply.data), reply.body["pagination"]["totalPages"]) == (2, 3)


def some_of(*words: str) -> Any:
    return st.lists(st.sampled_from(words), min_size=1, max_size=3, unique=True)


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "status": some_of(*STATUSES),
        "priority": some_of(*PRIORITIES),
        "type": some_of(*TYPES),
        "assignee": some_of(*MEMBERS_OF_ACME, "none"),
        "reporter": some_of("user_101", "user_102"),
        "project": some_of("project_456", "project_sec", "none"),
        "workspace": st.just(["workspace_789"]),
        "group": some_of("group_103", "none"),
        "label": some_of("label_1", "label_2"),
    },
)


class TestAgainstNaiveFilter:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(who=st.sampled_from(["jane", "ada", "root"]), query=FILTERS, sort=st.sampled_from(SORTS))
    async def test_any_combination_gives_the_same(
        self,
        client: People,
        visible: Call[list[dict[str, Any]]],
        strategy: str,
        who: str,
        query: dict[str, list[str]],
        sort: tuple[str, str],
    ) -> None:
        expected = in_order([row for row in visible(who) if matches(row, query)], *sort)
        asked = {name: ",".join(values) for name, values in query.items()}
        assert await walk(client(who), 100, sort=sort[0], order=sort[1], **asked) == expected
