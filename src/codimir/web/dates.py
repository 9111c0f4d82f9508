"""Moments as people say them: `3 h ago`, `tomorrow`, and the exact time beside it."""

import gettext
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from functools import cache, lru_cache

from babel.dates import format_date

from codimir.kit.moments import aware, due_day, in_zone, stands_for_day
from codimir.web.languages import catalogue

MINUTE, HOUR, DAY = 60, 3_600, 86_400
DAYS_COUNTED = 7
Say = Callable[[datetime], str]


class DateFormatter:
    """What time it is for a person, and how they say it."""

    def __init__(self, now: datetime, timezone: tzinfo, language: str) -> None:
        self.now = now
        self.timezone = timezone
        self.language = language
        self._words = _words(language)
        self.today = now.astimezone(timezone).toordinal()

    def ago(self, moment: datetime) -> str:
        """Return how long something is past: `now`, `5 min ago`, `3 h ago`, `2 d ago`, or the day."""
        seconds = (self.now - moment).total_seconds()
        if seconds < MINUTE:
            return self._words["now"]
        if seconds < HOUR:
            return self._words["minutes"] % int(seconds // MINUTE)
        if seconds < DAY:
            return self._words["hours"] % int(seconds // HOUR)
        if seconds < DAY * DAYS_COUNTED:
            return self._words["days"] % int(seconds // DAY)
        return self.day(moment)

    def day(self, moment: datetime) -> str:
        """Return which day it is: `today`, `tomorrow`, `yesterday`, or `24 Nov`, with the year if it is another."""
        return self._said(in_zone(moment, self.timezone))

    def day_in(self, text: str) -> str:
        """Return which day a moment is that is written as JSON has it."""
        return self.day(datetime.fromisoformat(text))

    def due(self, moment: datetime) -> str:
        """Say on which day something is due, as `day` says days."""
        return self._said(due_day(moment, self.timezone))

    def due_in(self, text: str) -> str:
        """Say on which day something is due whose due date is written as JSON has it."""
        return self.due(datetime.fromisoformat(text))

    def due_exactly(self, moment: datetime) -> str:
        """Return when something is due: the day, and the time too where one was given."""
        if not stands_for_day(moment):
            return self.exact(moment)
        day = due_day(moment, self.timezone)
        return _day(day.year, day.month, day.day, 0, self.language)

    def iso_day(self, moment: datetime) -> str:
        """Write the day on which something is due as a field for dates takes it."""
        return due_day(moment, self.timezone).isoformat()

    def exact(self, moment: datetime) -> str:
        """Return the exact time in the person's time zone."""
        local = in_zone(moment, self.timezone)
        return _exact(local.replace(second=0, microsecond=0), self.language)

    def is_overdue(self, moment: datetime) -> bool:
        """Return whether what was due at a moment is late; what is due on a day is so when that day is over here."""
        if stands_for_day(moment):
            return due_day(moment, self.timezone).toordinal() < self.today
        return aware(moment) < self.now

    def is_past(self, moment: datetime) -> bool:
        """Return whether a moment is over."""
        return moment < self.now

    def _said(self, day: date) -> str:
        near = self._words.get(str(day.toordinal() - self.today))
        return near or _day(day.year, day.month, day.day, self.now.year, self.language)


@cache
def _words(language: str) -> dict[str, str]:
    _ = _gettext(catalogue(language))
    return {
        "now": _("now"),
        "minutes": _("%d min ago"),
        "hours": _("%d h ago"),
        "days": _("%d d ago"),
        "-1": _("yesterday"),
        "0": _("today"),
        "1": _("tomorrow"),
    }


def _gettext(words: gettext.NullTranslations) -> Callable[[str], str]:
    return words.gettext


DAY_PATTERN = {"en": "d MMM", "de": "d. MMM"}
YEAR_PATTERN = {"en": "d MMM y", "de": "d. MMM y"}
MAX_DAYS_KEPT = 10_000
"""Thirty years of days"""


def _day(year: int, month: int, day: int, this_year: int, language: str) -> str:
    return _formatted_day(year, month, day, language, has_year=year != this_year)


@lru_cache(maxsize=MAX_DAYS_KEPT)
def _formatted_day(year: int, month: int, day: int, language: str, *, has_year: bool) -> str:
    pattern = (YEAR_PATTERN if has_year else DAY_PATTERN)[language]
    return format_date(datetime(year, month, day, tzinfo=UTC), pattern, locale=language)


def _exact(local: datetime, language: str) -> str:
    zone = local.tzname() or ""
    return f"{_day(local.year, local.month, local.day, 0, language)}, {local.hour:02}:{local.minute:02} {zone}".rstrip()
