"""Shapes of API tokens."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from codimir.authorization.token_scopes import TokenScope
from codimir.http.paging import Reply
from codimir.http.validation import Body, line

MAX_NAME_LENGTH = 100


class Token(Reply):
    """An API token as its owner sees it later: without the token itself."""

    id: str
    name: str
    scopes: list[TokenScope]
    workspace_id: str | None
    """The one workspace that it sees, or null for all of its owner's"""
    created_at: datetime
    last_used_at: datetime | None
    """To the minute"""
    expires_at: datetime | None


class NewToken(Token):
    """An API token when it is made: the only time that the token itself is shown."""

    token: str


class TokenCreate(Body):
    """What a new token is for, and what it may do."""

    name: Annotated[str, line(MAX_NAME_LENGTH)]
    scopes: Annotated[list[TokenScope], Meta(min_length=1, max_length=3)]
    workspace_id: str | None = None
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None
