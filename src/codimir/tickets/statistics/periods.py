"""Spans of time cut into what counters hold: whole months and days of UTC, and the parts of days at both ends."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

A_DAY = timedelta(days=1)
NOON = time(12)


class Whole(NamedTuple):
    """Periods from the first to the last, by the names that counters give them; none if the first is the greater."""

    unit: str
    first: str
    last: str


class Part(NamedTuple):
    """A part of a day, both ends included; none if the first is the later. What is in it counts so many times."""

    sign: int
    first: datetime
    last: datetime


NO_MONTHS, NO_DAYS = Whole("month", "~", ""), Whole("day", "~", "")


def cut(start: datetime, end: datetime) -> tuple[tuple[Whole, Whole, Whole], tuple[Part, Part]]:
    """Cut a span between two moments of UTC into three ranges of whole periods, and what to add and take at its ends.

    What is after the end on its day is taken from the whole day: hardly anything is ever later than now. At the start
    it is the shorter part of the day.
    """
    is_late = start.time() >= NOON
    first, last = start.date() + (A_DAY if is_late else timedelta(0)), end.date()
    at_start = (
        Part(1, start, _end_of(start.date()))
        if is_late
        else Part(-1, _begin_of(start.date()), start - datetime.resolution)
    )
    return whole_periods(first, last), (at_start, Part(-1, end + datetime.resolution, _end_of(last)))


def whole_periods(first: date, last: date) -> tuple[Whole, Whole, Whole]:
    """Cut whole days into days, months and days again; only into days where no month is whole."""
    begin = first if first.day == 1 else _first_of_next_month(first)
    end = last.replace(day=1) if (last + A_DAY).day != 1 else last + A_DAY
    if begin >= end:
        return _days(first, last), NO_MONTHS, NO_DAYS
    months = Whole("month", begin.isoformat()[:7], (end - A_DAY).isoformat()[:7])
    return _days(first, begin - A_DAY) if begin > first else NO_DAYS, months, _days(end, last)


def _days(first: date, last: date) -> Whole:
    return Whole("day", first.isoformat(), last.isoformat())


def _first_of_next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, UTC)
