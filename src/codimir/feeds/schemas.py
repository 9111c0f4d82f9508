"""Shapes of what happened."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from codimir.events.cursors import MAX_CURSOR_LENGTH
from codimir.events.types import Event
from codimir.http.paging import PageNumber, PageQuery, PageSize, Reply
from codimir.http.validation import Query
from codimir.model.enums import Priority, Stage, Status, Type
from codimir.model.schemas import Person

Changes = Annotated[
    dict[str, tuple[Any, Any]], Meta(description="From the name of a field to its old and its new value")
]


TYPES = tuple(sorted(kind.type for kind in Event.__subclasses__()))
"""Every type of event"""
EventType = Annotated[str, Meta(extra_json_schema={"enum": [*TYPES]})]


class TicketInEvent(Reply):
    """A ticket as it is when the event is read, without its text."""

    id: str
    title: str
    key: str | None
    type: Type
    status: Status
    priority: Priority
    stage: Stage
    project_id: str | None
    workspace_id: str
    assignee_id: str | None
    reporter_id: str | None
    group_id: str | None
    due_date: datetime | None
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime


class EventInFeed(Reply):
    """Something that happened."""

    id: str
    type: str
    timestamp: datetime
    workspace_id: str
    project_id: str | None
    ticket_id: str | None
    subject_id: Annotated[str, Meta(description="The thing that it happened to: the ticket, the comment, the member")]
    batch_id: Annotated[str, Meta(description="What the events of one change have in common")]
    actor: Annotated[Person | None, Meta(description="Who did it; null for the administrator at the command line")]
    changes: Changes
    ticket: TicketInEvent | None


class Feed(Reply):
    """The next events after a cursor, and the cursor after them."""

    data: list[EventInFeed]
    cursor: Annotated[str, Meta(description="Where to read on, with `after`")]
    has_more: Annotated[bool, Meta(description="Whether there is more to read at once")]


class StreamQuery(Query, frozen=True):
    """Which events."""

    after: Annotated[str, Meta(max_length=MAX_CURSOR_LENGTH)] | None = None
    workspace: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    ticket: tuple[str, ...] = ()


class FeedQuery(StreamQuery, frozen=True):
    """Which events, and how many at most."""

    limit: Annotated[int, Meta(ge=1, le=500, description="How many at most")] = 100


class NamedTicket(Reply):
    """A ticket by its name."""

    id: str
    key: str | None
    title: str


class NamedProject(Reply):
    """A project by its name."""

    id: str
    key: str
    name: str


class Happening(Reply):
    """Something that happened, told to a reader."""

    id: Annotated[str, Meta(description="The id of the event")]
    type: str
    timestamp: datetime
    workspace_id: str
    project_id: str | None
    ticket_id: str | None
    subject_id: Annotated[str, Meta(description="The thing that it happened to: the ticket, the comment, the member")]
    batch_id: Annotated[str, Meta(description="What the events of one change have in common")]
    actor: Annotated[Person | None, Meta(description="Who did it; null for the administrator at the command line")]
    changes: Changes
    names: Annotated[dict[str, str], Meta(description="What people, labels, groups and projects in it are called now")]
    ticket: NamedTicket | None
    project: NamedProject | None


class LogFilter(Query, frozen=True):
    """Which part of the log of a workspace."""

    actor: tuple[str, ...] = ()
    type: tuple[EventType, ...] = ()
    since: Annotated[datetime, Meta(tz=True, description="The first moment")] | None = field(name="from", default=None)
    until: Annotated[datetime, Meta(tz=True, description="The moment before which it ends")] | None = field(
        name="to", default=None
    )
    project: tuple[str, ...] = ()
    ticket: tuple[str, ...] = ()


class AuditQuery(LogFilter, frozen=True):
    """Which page of which part of the log of a workspace."""

    page: PageNumber = 1
    limit: PageSize = 20

    @property
    def paging(self) -> PageQuery:
        """Return which page."""
        return PageQuery(page=self.page, limit=self.limit)


class ExportQuery(LogFilter, frozen=True):
    """Which part of the log of a workspace, and how it is written."""

    format: Annotated[Literal["csv", "jsonl"], Meta(description="A table, or one JSON object on each line")] = "csv"
