"""Days as people write them."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codimir.quick.date_phrases import YEARS, first_day_in

WEDNESDAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("today", "2026-11-25"),
        ("Tomorrow", "2026-11-26"),
        ("übermorgen", "2026-11-27"),
        ("friday", "2026-11-27"),
        ("on Fri,", "2026-11-27"),
        ("wednesday", "2026-12-02"),
        ("next friday", "2026-12-04"),
        ("nächsten Freitag", "2026-12-04"),
        ("next week", "2026-11-30"),
        ("nächste Woche", "2026-11-30"),
        ("next month", "2026-12-01"),
        ("in 3 days", "2026-11-28"),
        ("in einer Woche", "2026-12-02"),
        ("in 3 months", "2027-02-25"),
        ("24 dec", "2026-12-24"),
        ("dec 24th", "2026-12-24"),
        ("24. Dezember", "2026-12-24"),
        ("zum 24.12.", "2026-12-24"),
        ("25 nov", "2026-11-25"),
        ("1 march", "2027-03-01"),
        ("29 feb", "2028-02-29"),
        ("24 dec 2027", "2027-12-24"),
        ("24.12.27", "2027-12-24"),
        ("2026-12-24", "2026-12-24"),
    ],
)
def test_a_day_is_understood(written: str, day: str) -> None:
    words = written.split()
    assert first_day_in([*words, "and", "more"], WEDNESDAY) == (date.fromisoformat(day), len(words))


@pytest.mark.parametrize(
    "written",
    ["", "to", "next", "next time", "in", "in days", "in x days", "31.2.", "30 feb", "0 dec", "2026-13-01",
     "0001-01-01", "24", "may", "on", "²³ dec"],
)  # fmt: skip
def test_what_is_no_day_is_none(written: str) -> None:
    assert first_day_in(written.split(), WEDNESDAY) is None


def test_the_last_of_a_month_stays_the_last() -> None:
    assert first_day_in(["in", "1", "month"], date(2026, 1, 31)) == (date(2026, 2, 28), 3)


KNOWN = "next in a 3 0 31 99 999 24. 24.12. 31.2. dec feb friday week month days 2026 2026-02-30 on am"
WORDS = st.sampled_from(KNOWN.split())


@settings(deadline=None)
@given(
    st.lists(WORDS | st.text(), max_size=6),
    st.dates(date(YEARS[0], 1, 1), date(YEARS[-1] - 100, 12, 31)),
)
def test_nothing_makes_it_fail(words: Any, today: Any) -> None:
    found = first_day_in(words, today)
    assert found is None or (1 <= found[1] <= len(words) and found[0] < today + timedelta(days=400 * 365))
