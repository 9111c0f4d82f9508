"""What a field of a ticket has now, for the menu that changes it."""

from datetime import date, datetime, timedelta

import msgspec
from babel.dates import format_date

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, allows
from codimir.database.core import Transaction
from codimir.http.errors import InvalidInput
from codimir.kit.moments import moment_of, to_utc
from codimir.problems.problem import Problem
from codimir.quick.date_phrases import first_day_in
from codimir.tickets.fields import NAMED, Kind
from codimir.tickets.queries import get_details, get_visible_ticket
from codimir.web.dates import DateFormatter

NEAR_PATTERN = {"en": "EEE d MMM", "de": "EEE d. MMM"}
FAR_PATTERN = {"en": "EEE d MMM y", "de": "EEE d. MMM y"}


class Present(msgspec.Struct, frozen=True):
    """The values that a field of one ticket has, where it is, and where the person may make a label for it."""

    values: tuple[str, ...] = ()
    workspace_id: str | None = None
    makes_labels_at: Scope | None = None


NOTHING = Present()


async def get_present(tx: Transaction, actor: Actor, field: str, ref: str, clock: DateFormatter) -> Present:
    """Return what a field of a ticket has; nobody and no date are an empty text.

    Raises NotFound when there is no such ticket that the actor sees.
    """
    found = await get_visible_ticket(tx, actor, ref)
    details = await get_details(tx, found.ticket.id)
    if NAMED[field].kind is Kind.LABELS:
        values = tuple(label.id for label in details.labels)
    else:
        value = getattr(details, NAMED[field].member)
        values = (clock.iso_day(value) if isinstance(value, datetime) else value or "",)
    makes_labels = NAMED[field].kind is Kind.LABELS and allows(actor, Permission.LABEL_CREATE, found.scope)
    return Present(values, found.scope.workspace_id, found.scope if makes_labels else None)


def due_on(day: str, field: str = "dueDate") -> datetime:
    """Return the due date of what is due on a day.

    Raises InvalidInput for what is no day, or one that is too far.
    """
    try:
        return to_utc(moment_of(date.fromisoformat(day)))
    except ValueError as error:
        raise InvalidInput.fields(**{field: Problem("not_a_day")}) from error


def offered_days(clock: DateFormatter, text: str) -> list[tuple[str, date]]:
    """Return the days that a menu offers, each with its name: those that are near, or the one that a text names."""
    today = date.fromordinal(clock.today)
    if not text.strip():
        tomorrow, monday = today + timedelta(days=1), today + timedelta(days=7 - today.weekday())
        next_week = [("next week", monday)] if monday != tomorrow else []  # on a Sunday it is named already
        return [("today", today), ("tomorrow", tomorrow), *next_week]
    words = text.split()
    found = first_day_in(words[1:] if words[0].casefold() == "due" else words, today)
    return [("", found[0])] if found else []


def said_day(day: date, language: str, *, near: bool) -> str:
    """Return a day with its weekday, and with its year where that is not plain."""
    return format_date(day, (NEAR_PATTERN if near else FAR_PATTERN)[language], locale=language)
