"""The fields of a ticket, each declared once.

Whatever filters, sorts, groups, names, draws, edits or records a field reads this table: the list and its statements,
the API document, the chips and menus of the pages, bulk changes, the words of the history. A filter over a column that
is there is one row here. A new column is a row here, one in the Structs of `schemas.py`, and one in `model/tickets.py`
with its migration.

Labels are English; `web/translations` holds the same texts in other languages, and `tools/messages.py` collects them.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from codimir.database.expressions import AnyColumn
from codimir.events.types import Event, TicketAssigned, TicketStatusChanged, TicketUpdated
from codimir.http.paging import PageQuery
from codimir.model.enums import Priority, Stage, Status, Type
from codimir.model.tickets import tickets
from codimir.tickets.date_ranges import DUE_PATTERN, SPAN_PATTERN, ParsesDateRange

Order = Literal["asc", "desc"]
Several = tuple[str, ...]
WHEN = "written as `created` is"


class Kind(StrEnum):
    """What a value of a field is; it decides how it is looked up, chosen and shown."""

    CHOICE = "choice"
    """One of few fixed values"""
    PERSON = "person"
    PROJECT = "project"
    WORKSPACE = "workspace"
    GROUP = "group"
    LABELS = "labels"
    DATE = "date"
    SWITCH = "switch"
    TEXT = "text"
    RANK = "rank"
    """A place in the order made by hand"""


REFERENCES = frozenset({Kind.PERSON, Kind.PROJECT, Kind.WORKSPACE, Kind.GROUP, Kind.LABELS})
"""The kinds whose values are ids of other things."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a ticket, or something of its surroundings by which tickets are filtered."""

    name: str
    """What it is called in addresses, filters and menus"""
    kind: Kind
    label: str
    icon: str
    column: str | None = None
    """Its column of `tickets`, by which it is filtered"""
    attribute: str | None = None
    """Its name in the Structs of tickets, where that is not the column's"""
    in_text: str | None = None
    """What it is called in the middle of a sentence"""
    values: Mapping[str, str] = {}
    """Of a choice or a switch: its values in the order of menus, each with its label"""
    has_icons: bool = False
    """Whether each value has an icon of its own: `status-done`"""
    filter: Any = None
    """The type of the parameter by which tickets are filtered; None where they cannot be"""
    about: str = ""
    """What the API document says of that parameter"""
    takes_me: bool = False
    """Whether the filter takes `me`"""
    without: str | None = None
    """What tickets are called that have none, for which the filter takes `none`"""
    offered: tuple[str, ...] = ()
    """Of a date: the spans that the menu of its filter begins with"""
    sort: str | None = None
    """The name by which lists are sorted by it; they can be by nothing else"""
    sort_column: str | None = None
    """The column that has its order, where that is not `column`"""
    first: Order = "desc"
    """The order that a list begins with when it is sorted by it"""
    shown_as: str | None = None
    """The name of its column in lists"""
    heading: str | None = None
    """The title of that column, where it is not the label"""
    groups: bool = False
    """Whether lists are grouped by it"""
    edits: bool = False
    """Whether a menu changes it, of one ticket or of many"""
    is_searched: bool = False
    event: type[Event] = TicketUpdated
    """The event that tells a change of it"""

    @property
    def member(self) -> str:
        """Its name in the Structs of tickets."""
        return self.attribute or self.column or self.name


def _ids(about: str) -> Any:
    return Annotated[Several, Meta(description=about)]


def _span(pattern: str, *, is_due: bool) -> Any:
    return Annotated[str, Meta(extra_json_schema={"pattern": pattern}, extra={"clean": ParsesDateRange(is_due=is_due)})]


SPAN, DUE_SPAN = _span(SPAN_PATTERN, is_due=False), _span(DUE_PATTERN, is_due=True)
RECENT = ("today", "-7d..", "-30d..")

FIELDS: tuple[Field, ...] = (
    Field(
        name="status", kind=Kind.CHOICE, label="Status", in_text="status", icon="status-todo", column="status",
        values={
            "backlog": "Backlog", "todo": "To do", "in_progress": "In progress", "in_review": "In review",
            "done": "Done", "cancelled": "Cancelled",
        },
        has_icons=True, filter=tuple[Status, ...], sort="status", first="asc", shown_as="status", groups=True,
        edits=True, event=TicketStatusChanged,
    ),
    Field(
        name="priority", kind=Kind.CHOICE, label="Priority", in_text="priority", icon="priority-medium",
        column="priority",
        values={"highest": "Highest", "high": "High", "medium": "Medium", "low": "Low", "lowest": "Lowest"},
        has_icons=True, filter=tuple[Priority, ...], sort="priority", groups=True, edits=True,
    ),
    Field(
        name="type", kind=Kind.CHOICE, label="Type", in_text="type", icon="type-TASK", column="type",
        values={
            "TASK": "Task", "BUG": "Bug", "FEATURE": "Feature", "IMPROVEMENT": "Improvement", "EPIC": "Epic",
        },
        has_icons=True, filter=tuple[Type, ...], shown_as="type", groups=True, edits=True,
    ),
    Field(
        name="stage", kind=Kind.CHOICE, label="Stage", in_text="stage", icon="board", column="stage",
        values={
            "PLANNING": "Planning", "DEVELOPMENT": "Development", "TESTING": "Testing", "DEPLOYMENT": "Deployment",
            "COMPLETED": "Completed",
        },
        filter=tuple[Stage, ...], about="Stages.", edits=True, event=TicketStatusChanged,
    ),
    Field(
        name="assignee", kind=Kind.PERSON, label="Assignee", in_text="assignee", icon="person", column="assignee_id",
        filter=Several, about="Ids of people, `me`, or `none` for tickets of nobody.", takes_me=True,
        without="Nobody", shown_as="assignee", groups=True, edits=True, event=TicketAssigned,
    ),
    Field(
        name="reporter", kind=Kind.PERSON, label="Reporter", in_text="reporter", icon="person", column="reporter_id",
        filter=Several, about="Ids of people, or `me`.", takes_me=True,
    ),
    Field(
        name="project", kind=Kind.PROJECT, label="Project", in_text="project", icon="project", column="container_id",
        attribute="project_id", filter=Several, without="Without a project",
        about="Ids or keys of projects; of tickets also `none` for those of no project.", groups=True, edits=True,
    ),
    Field(
        name="group", kind=Kind.GROUP, label="Group", in_text="group", icon="people", column="group_id",
        filter=Several, about="Ids of groups, or `none` for tickets of no group.", without="Without a group",
        edits=True,
    ),
    Field(
        name="label", kind=Kind.LABELS, label="Label", in_text="labels", icon="label", attribute="label_ids",
        filter=Several, about="Ids of labels.", shown_as="labels", heading="Labels", edits=True,
    ),
    Field(
        name="workspace", kind=Kind.WORKSPACE, label="Workspace", icon="rail", column="workspace_id",
        filter=Several, about="Ids of workspaces.",
    ),
    Field(
        name="due", kind=Kind.DATE, label="Due", in_text="due date", icon="calendar", column="due_date",
        filter=DUE_SPAN | None, offered=("overdue", "today", "now..7d", "none"), shown_as="due", edits=True,
        about=f"When it is due: `overdue`, `none`, or {WHEN}, such as `now..7d`. A due date at midnight UTC stands for"
        " that day, and is late when the day is over in your time zone. Tickets of archived projects are left out, but"
        " for `none` and where a project is named.",
    ),
    Field(
        name="updated", kind=Kind.DATE, label="Updated", icon="clock", column="updated_at", filter=SPAN | None,
        offered=("today", "-7d..", "..-30d"), sort="updatedAt", shown_as="updatedAt",
        about=f"When it was changed last, {WHEN}: `..-30d` for what nobody has touched in 30 days.",
    ),
    Field(
        name="created", kind=Kind.DATE, label="Created", icon="calendar", column="created_at", filter=SPAN | None,
        offered=RECENT, sort="createdAt", shown_as="createdAt",
        about="When it was created: a day such as `2024-02-15`, or a span with both ends included such as"
        " `2024-02-01..2024-02-15`, `2024-02-01..` or `..2024-02-15`. An end is a day in your time zone, a moment"
        " such as `2024-02-15T12:00:00Z`, `today`, `now`, or days from now such as `7d` or `-30d`.",
    ),
    Field(
        name="completed", kind=Kind.DATE, label="Completed", icon="calendar", column="completed_at",
        filter=SPAN | None, offered=RECENT, about=f"When it was completed, {WHEN}.", event=TicketStatusChanged,
    ),
    Field(
        name="archived", kind=Kind.SWITCH, label="Archived projects", icon="project", filter=bool | None,
        values={"false": "Left out", "true": "Only these"},
        about="`false` leaves out the tickets of archived projects, `true` gives only those.",
    ),
    Field(
        name="title", kind=Kind.TEXT, label="Title", in_text="title", icon="edit", column="title",
        sort="title", sort_column="title_sort", first="asc", is_searched=True,
    ),
    Field(
        name="key", kind=Kind.TEXT, label="Key", in_text="key", icon="link", column="key", shown_as="key",
        is_searched=True,
    ),
    Field(
        name="description", kind=Kind.TEXT, label="Description", in_text="description", icon="edit",
        column="description", is_searched=True,
    ),
    Field(name="rank", kind=Kind.RANK, label="Order on the board", icon="board", column="rank", sort="rank"),
)  # fmt: skip
"""In the order of menus."""

FILTERS = tuple(field for field in FIELDS if field.filter is not None)
FILTER_NAMES = tuple(field.name for field in FILTERS)
NAMED = {field.name: field for field in FIELDS}
BY_MEMBER = {field.member: field for field in FIELDS}
"""Fields by their names in the Structs of tickets."""
SORT_COLUMNS: dict[str, AnyColumn] = {
    field.sort: tickets.c[field.sort_column or field.column or field.name] for field in FIELDS if field.sort
}
"""The columns that lists are sorted by, by the names of the orders."""


def names_of_filters(*kinds: Kind) -> tuple[str, ...]:
    """Return the names of the filters by fields of some kinds, in the order of menus."""
    return tuple(field.name for field in FILTERS if field.kind in kinds)


def event_of(member: str) -> type[Event]:
    """Return the event that tells a change of what bears this name in the Structs of tickets."""
    return BY_MEMBER[member].event if member in BY_MEMBER else TicketUpdated


if TYPE_CHECKING:
    Sort = str

    class TicketFilters(PageQuery, frozen=True):
        """Which tickets, and which page of them; the filters are those of `FILTERS`."""

        def __getattr__(self, name: str) -> Any: ...

else:
    Sort = Literal[tuple(SORT_COLUMNS)]
    TicketFilters = msgspec.defstruct(
        "TicketFilters",
        [
            (
                field.name,
                Annotated[field.filter, Meta(description=field.about)] if field.about else field.filter,
                () if field.kind is Kind.CHOICE or field.kind in REFERENCES else None,
            )
            for field in FILTERS
        ],
        bases=(PageQuery,),
        kw_only=True,
        rename="camel",
        forbid_unknown_fields=True,
        namespace={"__doc__": "Which tickets, and which page of them; the filters are those of `FILTERS`."},
        module=__name__,
    )
