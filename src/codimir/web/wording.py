"""The fixed words of a ticket as people read them, in one language."""

import gettext
from collections.abc import Callable
from functools import cache

from codimir.model.enums import PRIORITIES, STATUSES, TYPES
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
        self.archived = {"false": _("Left out"), "true": _("Only these")}
        self.fixed = {
            "status": self.status, "priority": self.priority, "type": self.type, "archived": self.archived,
        }  # fmt: skip


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
        "archived": _("Archived projects"),
        "rank": _("Order on the board"),
        "relevance": _("Best match"),
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
        "description": _("description"),
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


ORDER = {"status": STATUSES, "priority": tuple(reversed(PRIORITIES)), "type": TYPES}
"""In which order the words of a field stand in a menu."""


@cache
def wording(language: str) -> Wording:
    """Give the words of a language."""
    return Wording(catalogue(language))
