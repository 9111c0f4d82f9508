"""Moments: which of them are taken, what they are in a time zone, and which of them stand for a whole day.

A due date at midnight UTC stands for that day, wherever one is; any other is a moment. So documents, clients and other
trackers send a day: docs/decisions/0049-days-and-moments.md.
"""

from datetime import UTC, date, datetime, time, tzinfo

from codimir.problems.problem import InvalidValue

FIRST_MOMENT = datetime(1900, 1, 1, tzinfo=UTC)
LAST_MOMENT = datetime(8999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
"""Clocks everywhere in the world can show what is between these, and databases, browsers and JavaScript too."""


def to_utc(moment: datetime) -> datetime:
    """Return a moment in UTC.

    Raises ValueError when it is too far from now to be one.
    """
    try:
        in_utc = moment.astimezone(UTC)
    except OverflowError:
        raise InvalidValue("moment_out_of_range") from None
    if not FIRST_MOMENT <= in_utc <= LAST_MOMENT:
        raise InvalidValue("moment_out_of_range")
    return in_utc


def in_zone(moment: datetime, timezone: tzinfo) -> datetime:
    """Return what clocks show in a time zone; those of UTC for what was kept before `to_utc` refused what is far."""
    known = aware(moment)
    return known.astimezone(timezone if FIRST_MOMENT <= known <= LAST_MOMENT else UTC)


def aware(moment: datetime) -> datetime:
    """Return a moment with its time zone: asyncpg gives the first and the last of all without one, as infinite."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def stands_for_day(moment: datetime) -> bool:
    """Return whether a due date stands for a whole day: whether it is midnight UTC."""
    return aware(moment).astimezone(UTC).time() == time.min


def due_day(moment: datetime, timezone: tzinfo) -> date:
    """Return the day on which something is due: the day that a due date stands for, or that of its moment there."""
    return in_zone(moment, UTC if stands_for_day(moment) else timezone).date()


def moment_of(day: date) -> datetime:
    """Return the due date that stands for a day."""
    return datetime.combine(day, time.min, UTC)
