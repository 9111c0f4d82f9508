"""Shapes of changing passwords."""

from datetime import datetime

from codimir.access.passwords import Password
from codimir.http.paging import Reply
from codimir.http.validation import Body
from codimir.users.fields import Email


class ResetRequest(Body):
    """Whose password is forgotten."""

    email: Email


class ResetRequested(Reply):
    """The same for everybody, whether the account is there or not."""

    message: str = "If someone with this e-mail is here, a link to choose a new password is on its way"


class ResetLink(Reply):
    """A link to choose a new password, for an administrator to hand on."""

    url: str
    expires_at: datetime


class ResetOffer(Reply):
    """Whose password a link is for."""

    email: str
    expires_at: datetime


class NewPassword(Body):
    """A new password."""

    password: Password


class PasswordChange(Body):
    """One's own password: the one until now, and the new one."""

    current: str
    new: Password
