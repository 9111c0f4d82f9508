"""Ranks."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codimir.kit.ranks import DIGITS, EPOCH, first_rank, rank_above, rank_between

RANKS = st.text(DIGITS, max_size=6).map(lambda text: text.rstrip("0"))


@given(RANKS, RANKS | st.none())
def test_there_is_always_one_between(one: str, other: str | None) -> None:
    if one == other:
        with pytest.raises(ValueError, match="no rank between"):
            rank_between(one, other)
        return
    low, high = (one, other) if other is None else sorted((one, other))
    between = rank_between(low, high)
    assert low < between
    assert high is None or between < high
    assert between[-1] != "0"


@given(st.integers(0, 10**15), st.integers(1, 10**9))
def test_what_came_later_is_above(start: int, later: int) -> None:
    early = first_rank(EPOCH + timedelta(microseconds=start), "a")
    late = first_rank(EPOCH + timedelta(microseconds=start + later), "b")
    assert early < late
    assert early < rank_above(early) < late


def test_names_part_what_came_at_once() -> None:
    assert len({first_rank(EPOCH, f"ticket_{n}") for n in range(100)}) == 100


def test_of_what_came_at_once_the_greater_number_is_above() -> None:
    ranks = [first_rank(EPOCH, "ticket", number) for number in range(1, 200)]
    assert ranks == sorted(set(ranks))


def test_a_thousand_in_the_same_gap_stay_short() -> None:
    low, high = first_rank(EPOCH, "a"), first_rank(EPOCH + timedelta(days=1), "b")
    for _ in range(1_000):
        high = rank_between(low, high)
    assert len(high) < 250
