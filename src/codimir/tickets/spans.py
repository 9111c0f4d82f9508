"""Spans of time, as the filters `due`, `created` and `completed` take them.

| written | tickets |
|---|---|
| `2024-02-15` | of that day; `today` is a day too |
| `2024-02-01..2024-02-15` | from the one to the other, both included |
| `2024-02-01..`, `..2024-02-15` | from then on; until then |
| `overdue` | due before now, and neither done nor cancelled |
| `none` | without a due date |

An end of a span is a day, a moment such as `2024-02-15T12:00:00Z`, `now`, or so many days from now: `7d`, `-30d`.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

import msgspec
import sqlalchemy as sa

from codimir.database.types import utc_text
from codimir.http.errors import InvalidInput
from codimir.tickets.tables import tickets

Q = TypeVar("Q", bound=msgspec.Struct)

COLUMN_OF_SPAN = {"due": "due_date", "created": "created_at", "completed": "completed_at"}
OVERDUE, NONE, NOW, TODAY = "overdue", "none", "now", "today"
BETWEEN = ".."
JUST = timedelta(microseconds=1)
LONGEST = 100
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]
_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_HOUR = "([01][0-9]|2[0-3]):[0-5][0-9]"
_END = rf"(now|today|-?[0-9]{{1,4}}d|{_DAY}(T{_HOUR}:[0-5][0-9](\.[0-9]{{1,9}})?(Z|[+-]{_HOUR}))?)"
SPAN_PATTERN = rf"^(today|{_DAY}|{_END}\.\.{_END}?|\.\.{_END})$"
"""How a span is written; it is read by `read`, which also knows which days there are."""
DUE_PATTERN = SPAN_PATTERN.replace("^(", f"^({OVERDUE}|{NONE}|")
_DAYS = re.compile(r"(-?\d{1,4})d", re.ASCII)
_FORMS = (
    "a day such as 2024-02-15 or today, or a span such as 2024-02-01..2024-02-15, 2024-02-01.. or ..7d, whose ends are"
    " days, moments such as 2024-02-15T12:00:00Z, now, or days from now such as 7d or -30d"
)
WRONG = f"Must be {_FORMS}"
WRONG_DUE = f"Must be overdue, none, {_FORMS}"
BACKWARDS = "The span ends before it begins"
TOO_FAR = "Must be between the years 1 and 9999 in UTC"

End = date | datetime | timedelta | Literal["today"]
"""A day, a moment, or how far it is from now."""


class Span(msgspec.Struct, frozen=True):
    """Everything about a span that changes the SQL of a filter."""

    field: str
    begins: bool = False
    ends: bool = False
    of_open_ones: bool = False


class Ends(NamedTuple):
    """The first and the last moment of a span; None where it has none."""

    first: datetime | None
    last: datetime | None


class Written(msgspec.Struct, frozen=True):
    """Mark a text that is a span; put it into `Meta(extra={"clean": ...})`."""

    is_due: bool

    def __call__(self, text: str) -> str:
        """Trim the text.

        Raises ValueError when it is no span.
        """
        trimmed = text.strip()
        if not (self.is_due and trimmed in (OVERDUE, NONE)) and read(trimmed) is None:
            raise ValueError(WRONG_DUE if self.is_due else WRONG)
        return trimmed


def read(text: str) -> tuple[End | None, End | None] | None:
    """Read what is written: where the span begins and ends, None where it is open, or nothing if it is no span."""
    if len(text) > LONGEST:
        return None
    first, is_span, last = text.partition(BETWEEN)
    if not is_span:
        day = _end(first)
        return (day, day) if type(day) is date or day == TODAY else None
    ends = (_end(first), _end(last))
    is_known = all(end is not None or not written for end, written in zip(ends, (first, last), strict=True))
    return ends if is_known and (first or last) else None


def _end(text: str) -> End | None:
    if text == TODAY:
        return "today"
    if text == NOW:
        return timedelta(0)
    if days := _DAYS.fullmatch(text):
        return timedelta(days=int(days[1]))
    try:
        return msgspec.convert(text, _Moment if ":" in text else date)
    except msgspec.ValidationError:
        return None


def spans_of(query: Any, now: Callable[[], datetime], values: dict[str, Any]) -> tuple[Span, ...]:
    """Give the spans that a query asks for, and put their ends into the values; days are those of UTC.

    Raises InvalidInput for those that end before they begin.
    """
    spans = []
    for field in COLUMN_OF_SPAN:
        if text := getattr(query, field, None):
            ends = Ends(None, None) if text == NONE else _ends(field, text, now, UTC)
            values |= {f"{field}_first": ends.first, f"{field}_last": ends.last}
            spans.append(Span(field, ends.first is not None, ends.last is not None, text == OVERDUE))
    return tuple(spans)


def in_moments(query: Q, now: datetime, timezone: tzinfo) -> Q:
    """Write the spans of a query as moments: its days are those of a time zone.

    Raises InvalidInput for those that end before they begin.
    """
    asked = {field: text for field in COLUMN_OF_SPAN if (text := getattr(query, field, None))}
    spelled = {
        field: between(*_ends(field, text, lambda: now, timezone))
        for field, text in asked.items()
        if text not in (OVERDUE, NONE)
    }
    return msgspec.structs.replace(query, **spelled) if spelled else query


def between(first: datetime | None, last: datetime | None) -> str:
    """Write a span from one moment to another, both included."""
    return BETWEEN.join("" if end is None else utc_text(end) for end in (first, last))


def span_conditions(
    spans: Sequence[Span], table: sa.FromClause, free: Callable[[Any], Any]
) -> list[sa.ColumnElement[bool]]:
    """Build the conditions of spans; `free` is applied to their columns."""
    parts: list[sa.ColumnElement[bool]] = []
    for span in spans:
        name = COLUMN_OF_SPAN[span.field]
        column, kind = free(table.c[name]), tickets.c[name].type
        if span.begins:
            parts.append(column >= sa.bindparam(f"{span.field}_first", type_=kind))
        if span.ends:
            parts.append(column <= sa.bindparam(f"{span.field}_last", type_=kind))
        if span.of_open_ones:
            parts += [table.c.status != "done", table.c.status != "cancelled"]
        if not (span.begins or span.ends):
            parts.append(column.is_(None))
    return parts


def _ends(field: str, text: str, now: Callable[[], datetime], timezone: tzinfo) -> Ends:
    if text == OVERDUE:
        return Ends(None, now() - JUST)
    written = read(text)
    if written is None:
        raise InvalidInput(details={field: [WRONG]})
    try:
        ends = Ends(*(_moment(end, now, timezone, is_last=bool(at)) for at, end in enumerate(written)))
    except OverflowError:
        raise InvalidInput(details={field: [TOO_FAR]}) from None
    if ends.first and ends.last and ends.first > ends.last:
        raise InvalidInput(details={field: [BACKWARDS]})
    return ends


def _moment(end: End | None, now: Callable[[], datetime], timezone: tzinfo, *, is_last: bool) -> datetime | None:
    if end is None:
        return None
    if isinstance(end, timedelta):
        return now() + end
    if isinstance(end, datetime):
        return end.astimezone(UTC)
    day = end if isinstance(end, date) else now().astimezone(timezone).date()
    at = time.max.replace(fold=1) if is_last else time.min
    return datetime.combine(day, at, timezone).astimezone(UTC)
