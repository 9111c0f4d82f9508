"""GET /api/tickets: pages that begin at a known point of the list are those that are counted from its beginning."""

import random
from typing import Any

import pytest
from litestar import Litestar

from codimir.revisions.reply_cache import ReplyCache
from codimir.tickets import schemas
from codimir.tickets.listing import pages
from codimir.tickets.listing.keyset_cache import MAX_LISTS, MAX_POINTS, KeysetCache, SeekPoint
from tests.calls import Call
from tests.clients import Client, People
from tests.tickets.test_list_order import SORTS, in_order

LIMIT = 3


@pytest.fixture(autouse=True)
def everything_is_far(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seek for each page but the first, also where its reply was given before."""
    app.state.reply_cache = ReplyCache(0)
    monkeypatch.setattr(pages, "MIN_SEEK_OFFSET", 1)
    monkeypatch.setattr(schemas, "SLOW_OFFSET", 6)


@pytest.fixture
def offsets(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note how many tickets are skipped for each page."""
    skipped: list[int] = []
    nearest = KeysetCache.nearest

    def noted(self: KeysetCache, listing: Any, versions: Any, offset: int) -> SeekPoint | None:
        found = nearest(self, listing, versions, offset)
        skipped.append(offset - (found.offset if found else 0))
        return found

    monkeypatch.setattr(KeysetCache, "nearest", noted)
    return skipped


async def pages_of(someone: Any, numbers: list[int], **query: Any) -> dict[int, list[str]]:
    """Ask for pages in this order."""
    found = {}
    for number in numbers:
        reply = await someone.get("/api/tickets", page=number, limit=LIMIT, **query)
        assert reply.status == 200, reply.body
        found[number] = [ticket["id"] for ticket in reply.data]
    return found


def cut(ids: list[str]) -> dict[int, list[str]]:
    """Cut a list into its pages."""
    return {start // LIMIT + 1: ids[start : start + LIMIT] for start in range(0, len(ids), LIMIT)}


@pytest.mark.parametrize(("sort", "order"), SORTS)
async def test_pages_are_right_in_whatever_order_they_are_asked_for(
    client: People, visible: Call[list[dict[str, Any]]], sort: str, order: str
) -> None:
    for who in ("jane", "mia", "root"):
        expected = cut(in_order(visible(who), sort, order))
        numbers = [*expected, *expected]
        random.Random(sort + order).shuffle(numbers)
        assert await pages_of(client(who), numbers, sort=sort, order=order) == expected


async def test_next_pages_skip_nothing_but_the_last_ticket_of_the_one_before(
    jane: Client, many_tickets: list[dict[str, Any]], offsets: list[int]
) -> None:
    await pages_of(jane, [2, 3, 4, 5])
    assert offsets == [3, 1, 1, 1]


async def test_a_page_that_is_asked_for_again_skips_nothing(
    jane: Client, many_tickets: list[dict[str, Any]], offsets: list[int]
) -> None:
    await pages_of(jane, [4, 4])
    assert offsets == [9, 0]


async def test_filters_do_not_share_points(
    jane: Client, many_tickets: list[dict[str, Any]], offsets: list[int]
) -> None:
    whole = await pages_of(jane, [2])
    some = await pages_of(jane, [2], project="WEB")
    assert offsets == [3, 3]
    assert whole != some


async def test_a_ticket_that_moves_to_the_front_moves_the_pages(
    jane: Client, many_tickets: list[dict[str, Any]], offsets: list[int]
) -> None:
    before = await pages_of(jane, [1, 2, 3, 4, 5, 6])
    everything = [ticket_id for page in before.values() for ticket_id in page]
    last = before[5][0]
    assert (await jane.put(f"/api/tickets/{last}", {"title": "Seen to"})).status == 200
    moved = [last, *(ticket_id for ticket_id in everything if ticket_id != last)]
    assert await pages_of(jane, [5, 2, 3]) == {number: cut(moved)[number] for number in (5, 2, 3)}
    assert offsets[-3:] == [12, 3, 1]


async def test_a_page_behind_the_last_one_is_empty(jane: Client, many_tickets: list[dict[str, Any]]) -> None:
    assert await pages_of(jane, [90, 90]) == {90: []}


def test_only_the_lists_that_were_read_last_are_remembered() -> None:
    points = KeysetCache()
    for number in range(MAX_LISTS + 1):
        points.note(number, {"w": 1}, SeekPoint(300, "ticket_1"))
    assert points.nearest(0, {"w": 1}, 300) is None
    assert points.nearest(MAX_LISTS, {"w": 1}, 300) == (300, "ticket_1")


def test_of_many_points_the_newest_and_some_everywhere_are_remembered() -> None:
    points = KeysetCache()
    for offset in range(2 * MAX_POINTS):
        points.note("all", {"w": 1}, SeekPoint(offset, f"ticket_{offset}"))
    for offset in (0, MAX_POINTS // 2, MAX_POINTS, 2 * MAX_POINTS):
        assert (near := points.nearest("all", {"w": 1}, offset)) is None or offset - near.offset < 8
    assert points.nearest("all", {"w": 1}, 2 * MAX_POINTS) == (
        2 * MAX_POINTS - 1,
        f"ticket_{2 * MAX_POINTS - 1}",
    )
    assert len(points) <= MAX_POINTS


def test_points_count_under_the_same_versions_only() -> None:
    points = KeysetCache()
    points.note("all", {"w": 1}, SeekPoint(300, "ticket_1"))
    assert points.nearest("all", {"w": 1}, 299) is None
    assert points.nearest("all", {"w": 2}, 300) is None
    assert points.nearest("all", {"w": 1}, 300) is None, "what is known is of the newest versions alone"
