"""Shapes of comments."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from codimir.http.paging import Reply
from codimir.http.validation import Body
from codimir.users.schemas import Person

MAX_LENGTH = 65_536

Content = Annotated[str, Meta(min_length=1, max_length=MAX_LENGTH, description="Markdown")]


class Comment(Reply):
    """A comment and who wrote it."""

    id: str
    content: str
    ticket_id: str
    author_id: str
    created_at: datetime
    updated_at: datetime
    author: Person


class CommentText(Body):
    """The text of a comment."""

    content: Content
