"""The bar of a list is written once for what it shows, unless keeping it would cost more than writing it."""

import pytest

from codimir.tickets.schemas import TicketListQuery
from codimir.web.chips import Chip
from codimir.web.filter_bar import Bar, Shown, bar_html, cached_html
from codimir.web.pages.list import FIRST_COLUMNS, OFFERED


def bar_of(search: str | None = None, *statuses: str) -> Bar:
    values = (("status", statuses), ("search", (search or "",)))
    chips = (Chip("status", tuple((status, None) for status in statuses)),)
    query = TicketListQuery(search=search)
    shown = Shown(query.search, query.sort, query.order, None, FIRST_COLUMNS)
    return Bar("/tickets", values, chips, 5, in_project=False, shown=shown, reversed=False)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cached_html.cache_clear()


def kept() -> int:
    return cached_html.cache_info().currsize


def test_one_of_filters_is_kept() -> None:
    first, again = (bar_html("en", bar_of(None, "todo"), OFFERED) for _ in range(2))
    assert first is again
    assert kept() == 1


def test_one_of_a_search_is_not() -> None:
    assert "login" in bar_html("en", bar_of("login", "todo"), OFFERED)
    assert kept() == 0


def test_one_of_a_long_address_is_not() -> None:
    bar_html("en", bar_of(None, *(["todo"] * 200)), OFFERED)
    assert kept() == 0
