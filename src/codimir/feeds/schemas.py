"""Shapes of what happened."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta

from codimir.events.cursors import LONGEST_CURSOR
from codimir.http.paging import Reply
from codimir.http.validation import Query
from codimir.tickets.words import Priority, Stage, Status, Type
from codimir.users.schemas import Person

Changes = Annotated[
    dict[str, tuple[Any, Any]], Meta(description="From the name of a field to its old and its new value")
]


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


class StreamQuery(Query):
    """Which events."""

    after: Annotated[str, Meta(max_length=LONGEST_CURSOR)] | None = None
    workspace: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    ticket: tuple[str, ...] = ()


class FeedQuery(StreamQuery):
    """Which events, and how many at most."""

    limit: Annotated[int, Meta(ge=1, le=500, description="How many at most")] = 100
