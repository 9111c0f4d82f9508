"""Shapes of workspaces."""

from datetime import datetime

from codimir.http.paging import Reply


class Workspace(Reply):
    """A tenant."""

    id: str
    name: str
    slug: str
    created_at: datetime
    updated_at: datetime
