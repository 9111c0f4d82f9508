"""Shapes of labels."""

import re
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from codimir.http.paging import PageQuery
from codimir.http.validation import Body, line
from codimir.problems.problem import InvalidValue

COLOR = re.compile(r"#[0-9a-fA-F]{6}")
GREY = "#6b7280"


def _color(text: str) -> str:
    if not COLOR.fullmatch(text):
        raise InvalidValue("not_a_color")
    return text


Name = Annotated[str, line(100)]
Color = Annotated[
    str,
    Meta(
        description="Red, green and blue in hexadecimal",
        examples=["#d73a4a"],
        extra_json_schema={"pattern": f"^{COLOR.pattern}$"},
        extra={"clean": _color},
    ),
]


class LabelCreate(Body):
    """A new label of a project, or without one of a whole workspace: your first, if none is named."""

    name: Name
    color: Color = GREY
    project_id: str | None = None
    workspace_id: str | None = None


class LabelUpdate(Body):
    """What changes of a label: an absent field keeps its value."""

    name: Name | UnsetType = UNSET
    color: Color | UnsetType = UNSET


class LabelListQuery(PageQuery, frozen=True):
    """Which labels to list."""

    workspace: tuple[str, ...] = ()
    project: str | None = None
