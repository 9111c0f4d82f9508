"""Shapes of projects."""

from datetime import datetime
from typing import Literal

from codimir.http.paging import Reply

ProjectStatus = Literal["active", "archived", "deleted"]
Visibility = Literal["private", "public"]


class ProjectSummary(Reply):
    """A project without its owner's profile and its counts."""

    id: str
    name: str
    description: str | None
    key: str
    status: ProjectStatus
    visibility: Visibility
    workspace_id: str
    owner_id: str
    created_at: datetime
    updated_at: datetime
