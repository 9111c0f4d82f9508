"""Days as people write them, in English and German, always to come.

| written | day |
|---|---|
| `today` `heute`, `tomorrow` `morgen`, `übermorgen` | that day |
| `friday` `fri` `freitag` | the next one, never today |
| `next friday`, `nächsten freitag` | the one of next week; a week begins on Monday |
| `next week`, `nächste woche`; `next month` | its Monday; its first day |
| `in 3 days`, `in einer woche`, `in 2 months` | so much later |
| `24 dec`, `dec 24th`, `24. Dezember`, `24.12.` | the next one, today included; with a year that one |
| `2026-12-24`, `24.12.2026` | that day |

`on`, `by`, `the`, `am`, `den`, `dem`, `zum` may stand before it. Anything else is no day.
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

MAX_WORDS = 5
YEARS = range(2000, 2200)
FILLERS = frozenset({"on", "by", "the", "am", "den", "dem", "zum"})
NEAR = {"today": 0, "heute": 0, "tomorrow": 1, "morgen": 1, "übermorgen": 2}
NEXT = frozenset({"next", "nächste", "nächsten", "nächster", "nächstes"})
ONE = frozenset({"a", "an", "one", "ein", "eine", "einem", "einen", "einer"})
WEEKDAYS = {
    name: number
    for number, names in enumerate((
        "monday mon montag", "tuesday tue tues dienstag", "wednesday wed mittwoch",
        "thursday thu thur thurs donnerstag",
        "friday fri freitag", "saturday sat samstag sonnabend", "sunday sun sonntag",
    ))
    for name in names.split()
}  # fmt: skip
MONTHS = {
    name: number
    for number, names in enumerate((
        "january jan januar jän jänner", "february feb februar", "march mar märz mär mrz", "april apr", "may mai",
        "june jun juni", "july jul juli", "august aug", "september sep sept", "october oct oktober okt",
        "november nov", "december dec dezember dez",
    ), start=1)
    for name in names.split()
}  # fmt: skip
UNITS = {
    name: unit
    for unit, names in {
        "day": "day days tag tage tagen", "week": "week weeks woche wochen",
        "month": "month months monat monate monaten",
    }.items()
    for name in names.split()
}  # fmt: skip
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)", re.ASCII)
_POINTS = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4}|\d\d)?", re.ASCII)
_DAY = re.compile(r"(\d\d?)(?:st|nd|rd|th|\.)?", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_COUNT = re.compile(r"\d{1,3}", re.ASCII)


def first_day_in(words: Sequence[str], today: date) -> tuple[date, int] | None:
    """Return the day that the words begin with, and how many of them name it; as many as make sense."""
    plain = [word.casefold().rstrip(",;") for word in words[:MAX_WORDS]]
    skipped = 1 if plain and plain[0] in FILLERS else 0
    for count in range(len(plain), skipped, -1):
        day = _day(plain[skipped:count], today)
        if day is not None:
            return day, count
    return None


def _day(words: list[str], today: date) -> date | None:
    try:
        match words:
            case [word]:
                return _one_word(word, today)
            case [word, what] if word in NEXT:
                return _next(what, today)
            case ["in", count, unit] if unit in UNITS:
                return _later(count, UNITS[unit], today)
            case [first, second]:
                return _of_month(first, second, None, today)
            case [first, second, year]:
                return _of_month(first, second, year, today)
    except (ValueError, OverflowError):
        return None
    return None


def _one_word(word: str, today: date) -> date | None:
    if word in NEAR:
        return today + timedelta(days=NEAR[word])
    if word in WEEKDAYS:
        return today + timedelta(days=(WEEKDAYS[word] - today.weekday() - 1) % 7 + 1)
    if found := _ISO.fullmatch(word):
        return _in_range(date(int(found[1]), int(found[2]), int(found[3])))
    if found := _POINTS.fullmatch(word):
        return _written(int(found[1]), int(found[2]), found[3], today)
    return None


def _next(what: str, today: date) -> date | None:
    monday = today + timedelta(days=7 - today.weekday())
    if what in WEEKDAYS:
        return monday + timedelta(days=WEEKDAYS[what])
    if UNITS.get(what) == "week":
        return monday
    return _months_on(today.replace(day=1), 1) if UNITS.get(what) == "month" else None


def _later(count: str, unit: str, today: date) -> date | None:
    if count not in ONE and not _COUNT.fullmatch(count):
        return None
    number = 1 if count in ONE else int(count)
    if unit == "month":
        return _months_on(today, number)
    return today + timedelta(days=number * (7 if unit == "week" else 1))


def _months_on(day: date, months: int) -> date:
    """Go on by months; from the 31st to the last day of a shorter one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def _of_month(first: str, second: str, year: str | None, today: date) -> date | None:
    if first.rstrip(".") in MONTHS:
        first, second = second, first
    day, month = _DAY.fullmatch(first), MONTHS.get(second.rstrip("."))
    if day is None or month is None or (year is not None and not _YEAR.fullmatch(year)):
        return None
    return _written(int(day[1]), month, year, today)


def _written(day: int, month: int, year: str | None, today: date) -> date | None:
    """Return a day of a month; without a year the first that is not over."""
    if year:
        return _in_range(date(int(year) if len(year) > 2 else 2000 + int(year), month, day))  # noqa: PLR2004 - digits
    for candidate in range(today.year, today.year + 9):
        if day <= monthrange(candidate, month)[1] and date(candidate, month, day) >= today:
            return date(candidate, month, day)
    return None


def _in_range(day: date) -> date | None:
    return day if day.year in YEARS else None
