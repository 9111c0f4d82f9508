"""What several rooms show of each other: a person with a comment, a project with a ticket."""

from datetime import datetime

from codimir.http.paging import Reply
from codimir.model.enums import ProjectStatus, Visibility


class Person(Reply):
    """A person as others see them."""

    id: str
    name: str
    email: str
    image: str | None


class Workspace(Reply):
    """A tenant."""

    id: str
    name: str
    slug: str
    created_at: datetime
    updated_at: datetime


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


class Group(Reply):
    """A team inside a workspace."""

    id: str
    name: str
    description: str | None
    workspace_id: str
    created_at: datetime
    updated_at: datetime


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


class Comment(Reply):
    """A comment and who wrote it."""

    id: str
    content: str
    ticket_id: str
    author_id: str
    created_at: datetime
    updated_at: datetime
    author: Person
