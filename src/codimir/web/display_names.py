"""The fixed words of a ticket as people read them, in one language."""

import gettext
from collections.abc import Callable
from functools import cache

from codimir.tickets.fields import FIELDS, Kind
from codimir.tickets.schemas import API_NAME
from codimir.web.languages import catalogue

Translate = Callable[[str], str]


class DisplayNames:
    """Names of the fields of a ticket and of their values."""

    def __init__(self, translations: gettext.NullTranslations) -> None:
        _ = translations.gettext
        self.field, self.changed, self.happened = _labels(_), _changed(_), _happened(_)
        self.special = {"me": _("me"), "none": _("nobody")}
        self.without = {field.name: _(field.without) for field in FIELDS if field.without}
        self.fixed = {
            field.name: {value: _(name) for value, name in field.values.items()} for field in FIELDS if field.values
        }
        self.status, self.priority, self.type, self.stage = (
            self.fixed[name] for name in ("status", "priority", "type", "stage")
        )


def _labels(_: Translate) -> dict[str, str]:
    """Return what fields, orders and columns of lists are called."""
    labels = {"relevance": _("Best match")}
    for field in FIELDS:
        labels |= {name: _(field.label) for name in (field.name, field.sort) if name}
        if field.shown_as:
            labels[field.shown_as] = _(field.heading or field.label)
    return labels


def _changed(_: Translate) -> dict[str, str]:
    """Return what changed, by the fields of events and by the types of others."""
    return {API_NAME[field.member]: _(field.in_text) for field in FIELDS if field.in_text} | {
        "attachment.added": _("files"),
        "attachment.deleted": _("files"),
        "attachment.restored": _("files"),
        "time.logged": _("time"),
        "time.updated": _("time"),
        "time.deleted": _("time"),
        "time.restored": _("time"),
        "comment.deleted": _("comments"),
        "comment.restored": _("comments"),
        "ticket.ranked": _("order"),
        "ticket.deleted": _("trash"),
        "ticket.restored": _("trash"),
    }


def _happened(_: Translate) -> dict[str, str]:
    """Return sentences about `%(who)s`, by the types of events."""
    return {
        "ticket.created": _("%(who)s created this ticket"),
        "ticket.deleted": _("%(who)s moved this ticket to the trash"),
        "ticket.restored": _("%(who)s took this ticket out of the trash"),
        "ticket.ranked": _("%(who)s moved this ticket on the board"),
        "comment.deleted": _("%(who)s deleted a comment"),
        "comment.restored": _("%(who)s restored a comment"),
        "attachment.added": _("%(who)s added a file"),
        "attachment.deleted": _("%(who)s removed a file"),
        "attachment.restored": _("%(who)s restored a file"),
        "time.logged": _("%(who)s logged time"),
        "time.updated": _("%(who)s corrected logged time"),
        "time.deleted": _("%(who)s took logged time back"),
        "time.restored": _("%(who)s restored logged time"),
    }


ORDER = {field.name: tuple(field.values) for field in FIELDS if field.kind is Kind.CHOICE}
"""In which order the values of a field stand in a menu."""


@cache
def display_names(language: str) -> DisplayNames:
    """Return the names of a language."""
    return DisplayNames(catalogue(language))
