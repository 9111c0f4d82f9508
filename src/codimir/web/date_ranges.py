"""Spans of time as people choose and say them: `overdue`, `last 7 days`, `from 1 Feb`."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache

from codimir.tickets.date_ranges import End, read
from codimir.tickets.fields import FILTERS, Kind
from codimir.web.dates import DateFormatter
from codimir.web.languages import catalogue

OFFERED: Mapping[str, tuple[str, ...]] = {field.name: field.offered for field in FILTERS if field.kind is Kind.DATE}
"""What a menu offers first, by the field."""


def said(text: str, clock: DateFormatter) -> str:
    """Return a span; what is none stays as it is written."""
    words = _words(clock.language)
    if text in words:
        return words[text]
    try:
        ends = read(text)
        first, last = (_end(end, clock, words) for end in ends or (None, None))
    except OverflowError:
        return text
    if first and last:
        return first if first == last else f"{first} \N{EN DASH} {last}"
    return words["from"] % first if first else words["until"] % last if last else text


def days_in(text: str) -> tuple[str, str]:
    """Return the days from and until which a span is, as fields for dates take them; nothing where it names none."""
    first, last = (end.isoformat() if type(end) is date else "" for end in read(text) or ("", ""))
    return first, last


def _end(end: End | None, clock: DateFormatter, words: Mapping[str, str]) -> str:
    if end is None:
        return ""
    if isinstance(end, timedelta):
        return words["ahead" if end.days > 0 else "ago" if end.days else "now"].replace("%d", str(abs(end.days)))
    if isinstance(end, datetime):
        return clock.day(end)
    return clock.day(datetime.combine(end, time(12), clock.timezone)) if isinstance(end, date) else words["today"]


@cache
def _words(language: str) -> Mapping[str, str]:
    _ = catalogue(language).gettext
    return {
        "overdue": _("Overdue"),
        "none": _("Without a date"),
        "today": _("Today"),
        "now..7d": _("Next 7 days"),
        "-7d..": _("Last 7 days"),
        "-30d..": _("Last 30 days"),
        "from": _("from %s"),
        "until": _("until %s"),
        "now": _("now"),
        "ahead": _("in %d days"),
        "ago": _("%d days ago"),
    }
