"""Time zones: where the clocks stand, and when they are changed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel.core import get_global

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
NOTHING = timedelta(0)


class Stretch(NamedTuple):
    """A time in which the clocks are not changed, from `begin` until just before `end`, and how far they are ahead."""

    begin: datetime
    end: datetime
    ahead: timedelta


@cache
def zone_named(name: str | None) -> tzinfo:
    """Return the time zone of an IANA name, UTC for what is none."""
    name = name or "UTC"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        alias = get_global("zone_aliases").get(name)
        return UTC if alias is None else zone_named(alias)


def known_zone_name(name: str) -> str | None:
    """Return the name of a time zone as this machine knows it: the name itself, or the one that it has today.

    Browsers say `Asia/Calcutta` and `Europe/Kiev` (the names of CLDR), which Debian 13 and Ubuntu 24.04 only know with
    the package tzdata-legacy. None for what is no time zone.
    """
    known = available_timezones()
    return next((each for each in (name, get_global("zone_aliases").get(name)) if each in known), None)


def stretches(timezone: tzinfo, begin: datetime, end: datetime) -> Iterator[Stretch]:
    """Part a time where the clocks of a zone are changed."""
    while begin < end:
        ahead, last = _ahead(timezone, begin), begin
        while last < end and _ahead(timezone, last + DAY) == ahead:
            last += DAY
        change = min(end, _change(timezone, last)) if last < end else end
        yield Stretch(begin, change, ahead)
        begin = change


def _change(timezone: tzinfo, before: datetime) -> datetime:
    """Find the second in which the clocks are changed, within a day."""
    ahead = _ahead(timezone, before)
    same, other = 0, int(DAY.total_seconds())
    while other - same > 1:
        middle = (same + other) // 2
        if _ahead(timezone, before + middle * SECOND) == ahead:
            same = middle
        else:
            other = middle
    return before + other * SECOND


def _ahead(timezone: tzinfo, moment: datetime) -> timedelta:
    return moment.astimezone(timezone).utcoffset() or NOTHING
