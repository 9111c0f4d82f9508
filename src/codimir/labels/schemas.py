"""Shapes of labels."""

from codimir.http.paging import Reply


class LabelTag(Reply):
    """A label as it is shown on a ticket in a list."""

    id: str
    name: str
    color: str


class Label(Reply):
    """A label."""

    id: str
    name: str
    color: str
    project_id: str | None
    workspace_id: str
