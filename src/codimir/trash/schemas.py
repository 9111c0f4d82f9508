"""Shapes of the trash."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from codimir.http.paging import PageQuery, Reply
from codimir.model.schemas import Person

TrashType = Literal["ticket", "comment", "attachment", "timelog", "project"]


class TrashItem(Reply):
    """Something that was deleted and can still be restored, with everything that was on it."""

    id: str
    type: TrashType
    title: str
    workspace_id: str
    project_id: str | None
    ticket_id: str | None
    key: Annotated[str | None, Meta(description="The key of the ticket, of the one that it was on, or of the project")]
    deleted_at: datetime
    deleted_for_good_at: datetime
    deleted_by: Person | None


class TrashQuery(PageQuery, frozen=True):
    """Which part of the trash."""

    type: tuple[TrashType, ...] = ()
    workspace: tuple[str, ...] = ()
