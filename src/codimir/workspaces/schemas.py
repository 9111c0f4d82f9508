"""Shapes of workspaces."""

import re
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from codimir.http.validation import Body, line
from codimir.problems.problem import InvalidValue

MAX_NAME_LENGTH = 255
MAX_SLUG_LENGTH = 50
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _slug(text: str) -> str:
    slug = text.strip().lower()
    if len(slug) > MAX_SLUG_LENGTH or not SLUG.fullmatch(slug):
        raise InvalidValue("slug_malformed", limit=MAX_SLUG_LENGTH)
    return slug


Name = Annotated[str, line(MAX_NAME_LENGTH)]
Slug = Annotated[
    str,
    Meta(
        description="Letters, digits and single hyphens; kept in lower case",
        extra_json_schema={
            "minLength": 1,
            "maxLength": MAX_SLUG_LENGTH,
            "pattern": "^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$",
        },
        extra={"clean": _slug},
    ),
]


class WorkspaceCreate(Body):
    """A new workspace; without a slug it gets one derived from its name."""

    name: Name
    slug: Slug | None = None


class WorkspaceUpdate(Body):
    """What changes of a workspace: an absent field keeps its value."""

    name: Name | UnsetType = UNSET
    slug: Slug | UnsetType = UNSET
