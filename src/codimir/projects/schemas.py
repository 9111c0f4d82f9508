"""Shapes of projects."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from codimir.http.paging import PageQuery, PageSize, Reply
from codimir.http.validation import Body, Query, line
from codimir.model.enums import JoinPolicy, ProjectStatus, Visibility
from codimir.model.keys import is_project_key
from codimir.model.schemas import Person, ProjectSummary
from codimir.problems.problem import InvalidValue
from codimir.projects.keys import MAX_KEY_LENGTH

MAX_NAME_LENGTH = 255
MAX_DESCRIPTION_LENGTH = 65_536

Name = Annotated[str, line(MAX_NAME_LENGTH)]
Description = Annotated[str, Meta(max_length=MAX_DESCRIPTION_LENGTH, description="Markdown")]
Several = tuple[str, ...]


def _key(text: str) -> str:
    key = text.strip().upper()
    if not is_project_key(key):
        raise InvalidValue("project_key_malformed")
    return key


Key = Annotated[
    str,
    Meta(
        description="2 to 10 letters and digits that start with a letter; kept in upper case",
        extra_json_schema={"minLength": 2, "maxLength": MAX_KEY_LENGTH, "pattern": "^[A-Za-z][A-Za-z0-9]{1,9}$"},
        extra={"clean": _key},
    ),
]


class ProjectCounts(Reply):
    """How many tickets and members a project has."""

    tickets: int
    members: int


class Project(ProjectSummary, kw_only=True):
    """A project."""

    owner: Person
    counts: ProjectCounts = msgspec.field(name="_count")
    join_policy: JoinPolicy


class ProjectCreate(Body):
    """A new project; without a key it gets one derived from its name."""

    name: Name
    description: Description | None = None
    key: Key | None = None
    workspace_id: str | None = None
    visibility: Visibility = "private"
    join_policy: JoinPolicy = "open"


class ProjectUpdate(Body):
    """What changes of a project: an absent field keeps its value, null clears it."""

    name: Name | UnsetType = UNSET
    description: Description | None | UnsetType = UNSET
    key: Key | UnsetType = UNSET
    visibility: Visibility | UnsetType = UNSET
    join_policy: JoinPolicy | UnsetType = UNSET
    status: Literal["active", "archived"] | UnsetType = UNSET
    owner_id: str | UnsetType = UNSET


class ProjectListQuery(PageQuery, frozen=True):
    """Filters, order and page of the list of projects."""

    sort: Literal["name", "createdAt", "updatedAt"] = "updatedAt"
    order: Literal["asc", "desc"] = "desc"
    search: str | None = None
    workspace: Several = ()
    status: tuple[ProjectStatus, ...] = ()


class ProjectSearchQuery(Query, frozen=True):
    """What to search for among projects, and where."""

    q: Annotated[str, Meta(min_length=1)]
    limit: PageSize = 20
    workspace: Several = ()
