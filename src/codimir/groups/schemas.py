"""Shapes of groups."""

from datetime import datetime

from codimir.http.paging import Reply


class Group(Reply):
    """A team inside a workspace."""

    id: str
    name: str
    description: str | None
    workspace_id: str
    created_at: datetime
    updated_at: datetime
