"""Shapes of a ticket in one line."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from codimir.http.paging import Reply
from codimir.http.validation import NOT_BLANK, Body, Cleaned
from codimir.kit.lines import is_one_line
from codimir.model.enums import Priority, Status, Type
from codimir.model.schemas import LabelTag, Person, ProjectSummary
from codimir.quick.grammar import Field
from codimir.tickets.schemas import Description

MAX_LINE_LENGTH = 1_000


def _joined(text: str) -> str:
    """Trim a line; what was pasted with breaks is one line all the same, and as long."""
    return _LINE("".join(" " if each.isspace() and not is_one_line(each) else each for each in text))


_LINE = Cleaned(MAX_LINE_LENGTH)
Line = Annotated[
    str,
    Meta(
        extra_json_schema={"minLength": 1, "maxLength": MAX_LINE_LENGTH, "pattern": NOT_BLANK}, extra={"clean": _joined}
    ),
]
Offset = Annotated[int, Meta(description="In characters (code points) of the trimmed text")]


class QuickTicket(Body):
    """A ticket in one line, and where it goes if the line names no project."""

    text: Line
    description: Description | None = None
    project_id: str | None = None
    workspace_id: str | None = None
    preview: bool = False
    makes_labels: bool = False
    """Whether names after `#` that are no label yet become labels, where the caller may create them"""


class Span(Reply):
    """A part of the line that was understood: for a person or a label `value` is the id, for a due date the day."""

    start: Offset
    end: Offset
    text: str
    field: Field
    value: str


class Understood(Reply):
    """What a line says: what the ticket would be."""

    title: str
    type: Type
    status: Status
    priority: Priority
    project: ProjectSummary | None
    workspace_id: str
    assignee: Person | None
    labels: list[LabelTag]
    due_date: datetime | None
    spans: list[Span]
    unknown_labels: list[str]
    """Names after `#` that are no label there; `makesLabels` creates them"""
    can_create_labels: bool
