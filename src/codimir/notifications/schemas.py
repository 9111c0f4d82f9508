"""Shapes of notifications."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from codimir.http.paging import PageQuery, Pagination, Reply
from codimir.http.validation import Body
from codimir.model.enums import Status
from codimir.model.schemas import Person

Kind = Literal["assigned", "mentioned", "commented", "status_changed", "added"]
MAX_AT_ONCE = 1_000


class NotificationTicket(Reply):
    """The ticket that a notification is about."""

    id: str
    key: str | None
    title: str
    status: Status


class NotificationPlace(Reply):
    """The project or the workspace that a notification is about; a project has a key."""

    id: str
    key: str | None
    name: str


class Notification(Reply):
    """Something that concerns you: an event of the log, and why you are told of it."""

    id: str
    kind: Kind
    workspace_id: str
    created_at: datetime
    read_at: datetime | None
    actor: Person | None
    ticket: NotificationTicket | None
    place: NotificationPlace | None
    excerpt: str | None
    """How the comment begins, if it is about one."""
    status: Status | None
    """The status that the ticket was given, if it is about that."""


class NotificationList(Reply):
    """One page of your notifications, and how many are unread in all."""

    data: list[Notification]
    pagination: Pagination
    unread: int


class NotificationListQuery(PageQuery, frozen=True):
    """Which notifications to list."""

    unread: Annotated[bool, Meta(description="Whether to list only those that were not read")] = False
    kind: tuple[Kind, ...] = ()


class NotificationsRead(Body):
    """Which notifications were read: those that are named, or all of them."""

    ids: Annotated[list[str], Meta(max_length=MAX_AT_ONCE)] = []
    all: bool = False


class ReadReply(Reply):
    """How many notifications were marked as read now, and how many are left."""

    read: int
    unread: int
