"""Shapes of tickets."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from codimir.http.paging import PageSize, Reply
from codimir.http.validation import Body, Query, line
from codimir.model.enums import Priority, Stage, Status, Type
from codimir.model.schemas import Comment, Group, Label, LabelTag, Person, ProjectSummary, Workspace
from codimir.tickets.fields import Order, Several, Sort, TicketFilters

MAX_TITLE = 255
MAX_DESCRIPTION = 262_144
MAX_LABELS = 100
SLOW_OFFSET = 2_000
"""How many tickets before a page are too many to be walked over between the requests of others."""

Title = Annotated[str, line(MAX_TITLE)]
Description = Annotated[str, Meta(max_length=MAX_DESCRIPTION, description="Markdown")]
Moment = Annotated[datetime, Meta(tz=True)]
LabelIds = Annotated[list[str], Meta(max_length=MAX_LABELS)]


class TicketCounts(Reply):
    """How many things hang on a ticket."""

    comments: int
    attachments: int
    time_logs: int


class Ticket(Reply):
    """A ticket by itself."""

    id: str
    title: str
    description: str | None
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


API_NAME = dict(zip(Ticket.__struct_fields__, Ticket.__struct_encode_fields__, strict=True)) | {
    "label_ids": "labelIds",
    "deleted_at": "deletedAt",
}
"""What the API, and events, call the fields of a ticket."""


class TicketInList(Ticket, kw_only=True):
    """A ticket in a list."""

    assignee: Person | None
    reporter: Person | None
    labels: list[LabelTag]
    counts: TicketCounts = msgspec.field(name="_count")


class TicketDetails(Ticket, kw_only=True):
    """A ticket with everything around it."""

    assignee: Person | None
    reporter: Person | None
    project: ProjectSummary | None
    workspace: Workspace
    group: Group | None
    labels: list[Label]
    comments: list[Comment]
    counts: TicketCounts = msgspec.field(name="_count")


class TicketCreate(Body):
    """A new ticket."""

    title: Title
    description: Description | None = None
    type: Type = "TASK"
    status: Status = "backlog"
    priority: Priority = "medium"
    stage: Stage | None = None
    project_id: str | None = None
    workspace_id: str | None = None
    assignee_id: str | None = None
    group_id: str | None = None
    due_date: Moment | None = None
    label_ids: LabelIds = []


class TicketUpdate(Body):
    """What changes of a ticket: an absent field keeps its value, null clears it."""

    title: Title | UnsetType = UNSET
    description: Description | None | UnsetType = UNSET
    type: Type | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    stage: Stage | UnsetType = UNSET
    project_id: str | None | UnsetType = UNSET
    assignee_id: str | None | UnsetType = UNSET
    group_id: str | None | UnsetType = UNSET
    due_date: Moment | None | UnsetType = UNSET
    label_ids: LabelIds | UnsetType = UNSET


class StatusChange(Body):
    """A new status, and the stage where it shall not follow from it."""

    status: Status
    stage: Stage | UnsetType = UNSET


class AssigneeChange(Body):
    """Who gets the ticket; null for nobody."""

    assignee_id: str | None


class Position(Body):
    """Where a ticket goes in the order made by hand, and what changes with that."""

    before: Annotated[str, Meta(description="The ticket that it goes right above")] | None = None
    after: Annotated[str, Meta(description="The ticket that it goes right below")] | None = None
    status: Status | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    assignee_id: str | None | UnsetType = UNSET


NotEmptyText = Annotated[str, Meta(min_length=1)]


class AsOfQuery(Query, frozen=True):
    """The moment whose state is asked for; now without one."""

    as_of: Moment | None = None


class TicketListQuery(TicketFilters, frozen=True):
    """Filters, order and page of the list of tickets."""

    sort: Sort = "updatedAt"
    order: Order = "desc"
    search: str | None = None
    as_of: Moment | None = None

    if TYPE_CHECKING:

        def __init__(self, **values: object) -> None: ...

    @property
    def takes_long(self) -> bool:
        """Return whether a page may be too much work to do between the requests of others."""
        return bool(self.search) or self.offset >= SLOW_OFFSET


class TicketSearchQuery(Query, frozen=True):
    """What to search for, and where."""

    q: NotEmptyText
    limit: PageSize = 20
    project: Several = ()
    status: tuple[Status, ...] = ()


Period = Literal["week", "month", "quarter", "year"]


class PeriodQuery(Query, frozen=True):
    """The period of the metrics."""

    period: Period = "month"


class TicketStatsQuery(PeriodQuery, frozen=True):
    """Which tickets to count, and the period of the metrics."""

    project: Several = ()
    assignee: Several = ()
    as_of: Moment | None = None


class TicketMetrics(Reply):
    """What moved in the period."""

    average_completion_time: str
    completion_rate: float
    overdue: int
    created_this_period: int
    completed_this_period: int


class TicketStats(Reply):
    """Numbers about the tickets that match and that the viewer sees."""

    period: Period
    start_date: datetime
    end_date: datetime
    total: int
    by_status: dict[str, int]
    by_priority: dict[str, int]
    by_type: dict[str, int]
    metrics: TicketMetrics
