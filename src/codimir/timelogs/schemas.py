"""Shapes of time logs."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from codimir.http.paging import Page, Reply
from codimir.http.validation import Body
from codimir.model.schemas import Person
from codimir.tickets.schemas import Moment

MAX_MINUTES = 100_000
MAX_DESCRIPTION = 10_000

Minutes = Annotated[int, Meta(ge=1, le=MAX_MINUTES)]
Description = Annotated[str, Meta(max_length=MAX_DESCRIPTION)]


class TimeLog(Reply):
    """Time that someone spent on a ticket."""

    id: str
    ticket_id: str
    user_id: str
    minutes: int
    description: str | None
    started_at: datetime
    created_at: datetime
    user: Person


class TimeLogPage(Page[TimeLog]):
    """One page of the time spent on a ticket, and the sum of all pages."""

    total_minutes: int


class TimeLogCreate(Body):
    """Time to log; it started now unless it says otherwise."""

    minutes: Minutes
    description: Description | None = None
    started_at: Moment | None = None


class TimeLogUpdate(Body):
    """What changes of logged time: an absent field keeps its value, null clears it."""

    minutes: Minutes | UnsetType = UNSET
    description: Description | None | UnsetType = UNSET
    started_at: Moment | UnsetType = UNSET
