"""Ranks: texts that put things in an order made by hand, the greatest on top.

A rank between two others always exists, so moving one thing writes nothing else (fractional indexing: David
Greenspan, "Implementing Fractional Indexing", https://observablehq.com/@dgreensp/implementing-fractional-indexing;
`between` is its midpoint of two fractions). Ranks are compared digit by digit as fractions in base 62 and none ends
with a zero, under which there would be no room.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2s

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ZERO, MIDDLE = DIGITS[0], DIGITS[len(DIGITS) // 2]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TIME_DIGITS = 9
"""Enough for microseconds until the year 2398."""
MARK_DIGITS = 5


def first_rank(moment: datetime, name: str, number: int | None = None, ahead: int = 0) -> str:
    """Return the rank of what came at a moment: above all that came before.

    Of what came at the same moment the greater number is above; without numbers names keep the ranks apart, and of
    things under one name the one that is `ahead` of more of them is above.
    """
    mark = (int.from_bytes(blake2s(name.encode(), digest_size=4).digest()) if number is None else number) + ahead
    rank = _moment_digits(moment) + _written(mark % len(DIGITS) ** MARK_DIGITS, MARK_DIGITS)
    return rank.rstrip(ZERO) or MIDDLE


def rank_above(low: str) -> str:
    """Return a rank just above another, below nearly everything else that is above it."""
    return low + MIDDLE


def rank_between(low: str, high: str | None) -> str:
    """Return the shortest rank about half-way between two others; without `high` the end of all ranks is meant.

    The lowest is the empty text. Raises ValueError unless `low` is below `high`.
    """
    if high is not None and low >= high:
        raise ValueError(f"no rank between {low!r} and {high!r}")
    rank = ""
    while True:
        below = DIGITS.index(low[len(rank)]) if len(rank) < len(low) else 0
        above = DIGITS.index(high[len(rank)]) if high is not None else len(DIGITS)
        if above - below > 1:
            return rank + DIGITS[(below + above) // 2]
        if above > below:
            if high is not None and len(high) > len(rank) + 1:
                return high[: len(rank) + 1]
            high = None
        rank += DIGITS[below]


@lru_cache(maxsize=4)  # of many things that come at once
def _moment_digits(moment: datetime) -> str:
    return _written(max(0, (moment - EPOCH) // timedelta(microseconds=1)), TIME_DIGITS)


def _written(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, len(DIGITS))
        digits.append(DIGITS[digit])
    return "".join(reversed(digits))
