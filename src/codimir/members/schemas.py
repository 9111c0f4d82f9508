"""Shapes of members."""

from datetime import datetime

from codimir.http.paging import Reply
from codimir.http.validation import Body
from codimir.model.enums import Role
from codimir.model.schemas import Person


class Member(Reply):
    """Someone in a workspace or a project, and as what."""

    user_id: str
    role: Role
    created_at: datetime
    user: Person


class MemberAdd(Body):
    """Who becomes a member, named by id or by e-mail, and as what."""

    user_id: str | None = None
    email: str | None = None
    role: Role = "MEMBER"


class MemberChange(Body):
    """What someone becomes."""

    role: Role
