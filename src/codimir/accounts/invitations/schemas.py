"""Shapes of invitations."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from codimir.authentication.passwords import Password
from codimir.http.paging import Reply
from codimir.http.validation import Body
from codimir.model.enums import Role
from codimir.model.schemas import Person, Workspace
from codimir.users.fields import Email, PersonName

MAX_PROJECTS = 100
ProjectIds = Annotated[
    list[str], Meta(max_length=MAX_PROJECTS, description="Ids or keys of projects of the workspace that they come into")
]
NotMailed = Literal["off", "busy", "sender", "recipient", "instance"]


class InvitedProject(Reply):
    """A project into which someone is invited."""

    id: str
    key: str
    name: str


class Invitation(Reply):
    """Someone who is asked into a workspace and has not come yet."""

    id: str
    email: str | None
    """Null where the invitation is for whoever has its link"""
    role: Role
    workspace_id: str
    invited_by_id: str
    created_at: datetime
    expires_at: datetime
    invited_by: Person
    projects: list[InvitedProject]
    """The projects whose member they become too"""


class InvitationSent(Invitation, kw_only=True):
    """A new invitation; its link is shown this once."""

    url: str
    mailed: bool
    not_mailed: NotMailed | None = None
    """Why the link is not mailed, so that it is handed on: no mail server, too many mails waiting for it, too many in
    an hour from the `sender`, to the `recipient`, or from everybody on the `instance`"""


class InvitationCreate(Body):
    """Who is asked in, and as what."""

    email: Email | None = None
    """Only an instance that sends no mail takes an invitation without: its link is good for whoever has it, once"""
    role: Role = "MEMBER"
    project_ids: ProjectIds = msgspec.field(default_factory=list)


class InvitationOffer(Reply):
    """What whoever holds the link of an invitation is told."""

    email: str | None
    """Null where whoever has the link gives an e-mail of their own"""
    role: Role
    workspace: Workspace
    invited_by: Person
    expires_at: datetime
    has_account: bool
    """Whether someone with this e-mail is there already, and signs in instead of choosing a password"""
    projects: list[InvitedProject]
    """The projects in which they can work at once"""


class Newcomer(Body):
    """What someone says of themselves who comes for the first time."""

    name: PersonName
    password: Password
    email: Email | None = None
    """Where the invitation is for whoever has its link; else their e-mail is that of the invitation"""


class Arrival(Reply):
    """Who came in, and where they are now."""

    user: Person
    workspace: Workspace
    role: Role
    projects: list[InvitedProject]
