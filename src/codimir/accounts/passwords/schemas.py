"""Shapes of changing passwords."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from codimir.authentication.passwords import Password
from codimir.http.paging import Reply
from codimir.http.validation import Body
from codimir.offboarding.schemas import StartedToken
from codimir.users.fields import Email

MAX_KEPT_TOKENS = 1_000


class ResetRequest(Body):
    """Whose password is forgotten."""

    email: Email


class ResetRequested(Reply):
    """The same for everybody, whether the account is there or not."""

    message: str = "If someone with this e-mail is here, the mail server is asked to send them a link"


class ResetLink(Reply):
    """A link to choose a new password, for an administrator to hand on."""

    url: str
    expires_at: datetime


class ResetOffer(Reply):
    """Whose password a link is for."""

    email: str
    expires_at: datetime
    tokens: list[StartedToken]
    """Their API tokens, which the new password revokes besides those that `keepTokens` names"""


class NewPassword(Body):
    """A new password, and which API tokens stay good; all others are revoked."""

    password: Password
    keep_tokens: Annotated[list[str], Meta(max_length=MAX_KEPT_TOKENS)] = []


class PasswordChange(Body):
    """One's own password: the one until now, and the new one."""

    current: str
    new: Password
    revoke_tokens: bool = False
    """Whether one's API tokens are revoked too"""
