"""The fixed words of a ticket as people read them, in one language."""

import gettext
from collections.abc import Callable
from functools import cache

from codimir.tickets.words import PRIORITIES, STATUSES, TYPES
from codimir.web.languages import catalogue

Translate = Callable[[str], str]


class Wording:
    """Names of statuses, priorities, types and of the fields that have them."""

    def __init__(self, translations: gettext.NullTranslations) -> None:
        _ = translations.gettext
        self.status, self.priority, self.type, self.stage = _statuses(_), _priorities(_), _types(_), _stages(_)
        self.field, self.changed, self.happened = _fields(_), _changed(_), _happened(_)
        self.special = {"me": _("me"), "none": _("nobody")}
        self.without = {"project": _("Without a project")}
        self.fixed = {"status": self.status, "priority": self.priority, "type": self.type}


def _statuses(_: Translate) -> dict[str, str]:
    return {
        "backlog": _("Backlog"),
        "todo": _("To do"),
        "in_progress": _("In progress"),
        "in_review": _("In review"),
        "done": _("Done"),
        "cancelled": _("Cancelled"),
    }


def _priorities(_: Translate) -> dict[str, str]:
    return {
        "highest": _("Highest"),
        "high": _("High"),
        "medium": _("Medium"),
        "low": _("Low"),
        "lowest": _("Lowest"),
    }


def _types(_: Translate) -> dict[str, str]:
    return {
        "TASK": _("Task"),
        "BUG": _("Bug"),
        "FEATURE": _("Feature"),
        "IMPROVEMENT": _("Improvement"),
        "EPIC": _("Epic"),
    }


def _stages(_: Translate) -> dict[str, str]:
    return {
        "PLANNING": _("Planning"),
        "DEVELOPMENT": _("Development"),
        "TESTING": _("Testing"),
        "DEPLOYMENT": _("Deployment"),
        "COMPLETED": _("Completed"),
    }


def _fields(_: Translate) -> dict[str, str]:
    return {
        "status": _("Status"),
        "priority": _("Priority"),
        "type": _("Type"),
        "stage": _("Stage"),
        "assignee": _("Assignee"),
        "reporter": _("Reporter"),
        "project": _("Project"),
        "workspace": _("Workspace"),
        "group": _("Group"),
        "label": _("Label"),
        "title": _("Title"),
        "key": _("Key"),
        "labels": _("Labels"),
        "due": _("Due"),
        "created": _("Created"),
        "completed": _("Completed"),
        "rank": _("Order on the board"),
        "createdAt": _("Created"),
        "updatedAt": _("Updated"),
    }


def _changed(_: Translate) -> dict[str, str]:
    return {
        "status": _("status"),
        "priority": _("priority"),
        "type": _("type"),
        "stage": _("stage"),
        "title": _("title"),
        "assigneeId": _("assignee"),
        "reporterId": _("reporter"),
        "projectId": _("project"),
        "groupId": _("group"),
        "labelIds": _("labels"),
        "dueDate": _("due date"),
        "key": _("key"),
    }


def _happened(_: Translate) -> dict[str, str]:
    return {
        "ticket.created": _("created this ticket"),
        "ticket.deleted": _("moved this ticket to the trash"),
        "ticket.restored": _("took this ticket out of the trash"),
        "ticket.ranked": _("moved this ticket on the board"),
        "comment.deleted": _("deleted a comment"),
        "comment.restored": _("restored a comment"),
        "attachment.added": _("added a file"),
        "attachment.deleted": _("removed a file"),
        "attachment.restored": _("restored a file"),
        "time.logged": _("logged time"),
        "time.updated": _("corrected logged time"),
        "time.deleted": _("took logged time back"),
        "time.restored": _("restored logged time"),
    }


ORDER = {"status": STATUSES, "priority": tuple(reversed(PRIORITIES)), "type": TYPES}
"""In which order the words of a field stand in a menu."""


@cache
def wording(language: str) -> Wording:
    """Give the words of a language."""
    return Wording(catalogue(language))
