"""Spans of time, as the filters `due`, `created` and `completed` take them.

| written | tickets |
|---|---|
| `2024-02-15` | of that day; `today` is a day too |
| `2024-02-01..2024-02-15` | from the one to the other, both included |
| `2024-02-01..`, `..2024-02-15` | from then on; until then |
| `overdue` | due before now or before today, and neither done nor cancelled |
| `none` | without a due date |

An end of a span is a day, a moment such as `2024-02-15T12:00:00Z`, `now`, or so many days from now: `7d`, `-30d`.
Days are those of who asks, in their time zone. A due date that stands for a day is in a span if any part of that day
is, and late when the day is over there: docs/decisions/0049-days-and-moments.md.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
import sqlalchemy as sa

from codimir.database.date_functions import is_midnight
from codimir.database.expressions import AnyColumn
from codimir.database.statements import hide_from_planner
from codimir.database.types import utc_text
from codimir.http.errors import InvalidInput
from codimir.kit.moments import in_zone, moment_of, to_utc
from codimir.kit.values import Values
from codimir.model.enums import CLOSED_STATUSES
from codimir.model.projects import projects
from codimir.model.tickets import tickets
from codimir.problems.problem import InvalidValue, Problem

OVERDUE, NONE, NOW, TODAY = "overdue", "none", "now", "today"
BETWEEN = ".."
JUST = timedelta(microseconds=1)
A_DAY = timedelta(days=1)
MAX_LENGTH = 100
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]
_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_HOUR = "([01][0-9]|2[0-3]):[0-5][0-9]"
_END = rf"(now|today|-?[0-9]{{1,4}}d|{_DAY}(T{_HOUR}:[0-5][0-9](\.[0-9]{{1,9}})?(Z|[+-]{_HOUR}))?)"
SPAN_PATTERN = rf"^(today|{_DAY}|{_END}\.\.{_END}?|\.\.{_END})$"
"""How a span is written; it is read by `read`, which also knows which days there are."""
DUE_PATTERN = SPAN_PATTERN.replace("^(", f"^({OVERDUE}|{NONE}|")
_DAYS = re.compile(r"(-?\d{1,4})d", re.ASCII)

End = date | datetime | timedelta | Literal["today"]
"""A day, a moment, or how far it is from now."""


ARCHIVED = sa.select(projects.c.id).where(projects.c.status == sa.literal_column("'archived'"))
"""The projects of whose tickets nobody can change anything."""


class DateRange(msgspec.Struct, frozen=True):
    """Everything about a span that changes the SQL of a filter."""

    field: str
    column: str
    begins: bool = False
    ends: bool = False
    of_open_ones: bool = False
    of_active_projects: bool = False
    """Whether tickets of archived projects are left out: nobody can do anything about them"""


class Ends(NamedTuple):
    """The first and the last moment of a span, and its first and last day; None where it has none."""

    first: datetime | None = None
    last: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None


class Here(NamedTuple):
    """When and where it is asked; the answer to who asks for no time that passes does not follow from the time."""

    clock: Callable[[], datetime]
    timezone: tzinfo

    @property
    def now(self) -> datetime:
        """The moment at which it is asked."""
        return self.clock()


OVERDUE_NOW = DateRange("due", "due_date", ends=True, of_open_ones=True, of_active_projects=True)


class ParsesDateRange(msgspec.Struct, frozen=True):
    """Mark a text that is a span; put it into `Meta(extra={"clean": ...})`."""

    is_due: bool

    def __call__(self, text: str) -> str:
        """Trim the text.

        Raises ValueError when it is no span.
        """
        trimmed = text.strip()
        if not (self.is_due and trimmed in (OVERDUE, NONE)) and read(trimmed) is None:
            raise InvalidValue("due_span_malformed" if self.is_due else "span_malformed")
        return trimmed


def read(text: str) -> tuple[End | None, End | None] | None:
    """Read what is written: where the span begins and ends, None where it is open, or nothing if it is no span."""
    if len(text) > MAX_LENGTH:
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


def date_ranges_of(asked: Mapping[str, str], query: Any, here: Here, values: Values) -> tuple[DateRange, ...]:
    """Return the spans that a query asks for of fields, given with their columns, and put their ends into the values.

    Raises InvalidInput for those that end before they begin, and for ends that are too far from now.
    """
    spans = []
    for field, column in asked.items():
        if text := getattr(query, field, None):
            ends = Ends() if text == NONE else _ends(field, text, here)
            values |= bound(field, ends)
            is_overdue = text == OVERDUE
            is_work = is_overdue or (field == "due" and text != NONE and not query.project)
            spans.append(DateRange(field, column, ends.first is not None, ends.last is not None, is_overdue, is_work))
    return tuple(spans)


def overdue(here: Here) -> Ends:
    """Return where what is late ends: just before now, and with yesterday."""
    return Ends(last=here.now - JUST, last_day=in_zone(here.now, here.timezone).date() - A_DAY)


def bound(field: str, ends: Ends) -> Values:
    """Return the values that the conditions of a span take.

    What is due on a day has its own ends. The outer ones of both are for the index; between them and the inner ones
    only one sort of due dates is in the span: those of days, or those of moments.
    """
    values: Values = {f"{field}_first": ends.first, f"{field}_last": ends.last}
    if field == "due" and ends.first is not None and ends.first_day is not None:
        day = moment_of(ends.first_day)
        values |= {"due_first": min(ends.first, day), "due_first_inner": max(ends.first, day)}
        values["due_first_days"] = day < ends.first
    if field == "due" and ends.last is not None and ends.last_day is not None:
        day = moment_of(ends.last_day)
        values |= {"due_last": max(ends.last, day), "due_last_inner": min(ends.last, day)}
        values["due_last_days"] = day > ends.last
    return values


def between(first: datetime | None, last: datetime | None) -> str:
    """Write a span from one moment to another, both included."""
    return BETWEEN.join("" if end is None else utc_text(end) for end in (first, last))


def span_conditions(
    spans: Sequence[DateRange], table: sa.FromClause, free: Callable[[Any], Any]
) -> list[sa.ColumnElement[bool]]:
    """Build the conditions of spans; `free` is applied to their columns."""
    parts: list[sa.ColumnElement[bool]] = []
    for span in spans:
        column = free(table.c[span.column])
        if span.begins:
            parts += _from_first(span.field, column)
        if span.ends:
            parts += _to_last(span.field, column)
        if span.of_open_ones:
            parts += [table.c.status != status for status in CLOSED_STATUSES]
        if span.of_active_projects:
            parts.append(hide_from_planner(table.c.container_id).not_in(ARCHIVED))
        if not (span.begins or span.ends):
            parts.append(column.is_(None))
    return parts


def _from_first(field: str, column: AnyColumn) -> list[sa.ColumnElement[bool]]:
    parts: list[sa.ColumnElement[bool]] = [column >= _bind(f"{field}_first")]
    if field == "due":
        parts.append((column >= _bind("due_first_inner")) | _is_of("due_first_days", column))
    return parts


def _to_last(field: str, column: AnyColumn) -> list[sa.ColumnElement[bool]]:
    parts: list[sa.ColumnElement[bool]] = [column <= _bind(f"{field}_last")]
    if field == "due":
        parts.append((column <= _bind("due_last_inner")) | _is_of("due_last_days", column))
    return parts


def _is_of(days: str, column: AnyColumn) -> sa.ColumnElement[bool]:
    """Build the condition that a due date stands for a day, or that it does not, as a bound value asks."""
    return is_midnight(column) == sa.bindparam(days, type_=sa.Boolean())


def _bind(name: str) -> "sa.BindParameter[Any]":
    return sa.bindparam(name, type_=tickets.c.due_date.type)


def _ends(field: str, text: str, here: Here) -> Ends:
    if text == OVERDUE:
        return overdue(here)
    written = read(text)
    if written is None:
        raise InvalidInput.fields(**{field: Problem("span_malformed")})
    first, last = written
    try:
        ends = Ends(
            _moment(first, here, is_last=False), _moment(last, here, is_last=True), _day(first, here), _day(last, here)
        )
    except InvalidValue as error:
        raise InvalidInput.fields(**{field: error.problem}) from None
    if ends.first and ends.last and ends.first > ends.last:
        raise InvalidInput.fields(**{field: Problem("span_backwards")})
    return ends


def _moment(end: End | None, here: Here, *, is_last: bool) -> datetime | None:
    if end is None:
        return None
    if isinstance(end, timedelta):
        return here.now + end
    if isinstance(end, datetime):
        return to_utc(end)
    at = time.max.replace(fold=1) if is_last else time.min
    day = end if isinstance(end, date) else _today(here)
    to_utc(moment_of(day))
    return datetime.combine(day, at, here.timezone).astimezone(UTC)


def _day(end: End | None, here: Here) -> date | None:
    """Return the day of an end: what is due on that day is in the span, though only a part of the day may be."""
    if end is None or (isinstance(end, date) and not isinstance(end, datetime)):
        return end
    moment = here.now + end if isinstance(end, timedelta) else end
    return in_zone(moment, here.timezone).date() if isinstance(moment, datetime) else _today(here)


def _today(here: Here) -> date:
    return in_zone(here.now, here.timezone).date()
