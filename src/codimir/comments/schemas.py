"""Shapes of comments."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from codimir.http.validation import NOT_BLANK, Body
from codimir.problems.problem import InvalidValue

MAX_LENGTH = 65_536


def _not_blank(text: str) -> str:
    if not text or text.isspace():
        raise InvalidValue("required")
    return text


Content = Annotated[
    str,
    Meta(
        max_length=MAX_LENGTH,
        description="Markdown, kept as it is sent but for its line ends, which become `\\n`",
        extra_json_schema={"minLength": 1, "pattern": NOT_BLANK},
        extra={"clean": _not_blank},
    ),
]


class CommentCreate(Body):
    """A new comment."""

    content: Content


class CommentUpdate(Body):
    """What changes of a comment: an absent field keeps its value."""

    content: Content | UnsetType = UNSET
