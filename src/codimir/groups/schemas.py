"""Shapes of groups."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from codimir.http.paging import PageQuery
from codimir.http.validation import Body, line

Name = Annotated[str, line(255)]
Description = Annotated[str, Meta(max_length=65_536, description="Markdown")]


class GroupCreate(Body):
    """A new group, in your first workspace if none is named."""

    name: Name
    description: Description | None = None
    workspace_id: str | None = None


class GroupUpdate(Body):
    """What changes of a group: an absent field keeps its value, null clears it."""

    name: Name | UnsetType = UNSET
    description: Description | None | UnsetType = UNSET


class GroupListQuery(PageQuery, frozen=True):
    """Whose groups to list."""

    workspace: tuple[str, ...] = ()
