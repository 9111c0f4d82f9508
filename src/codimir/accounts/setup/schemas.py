"""Shapes of the first run."""

from datetime import datetime
from typing import Annotated

from codimir.authentication.passwords import Password
from codimir.http.paging import Reply
from codimir.http.validation import Body, line
from codimir.model.schemas import Person, Workspace
from codimir.users.fields import MAX_NAME_LENGTH, Email, PersonName


class SetupLink(Reply):
    """A link with which an empty instance can be set up."""

    expires_at: datetime


class InstanceSetup(Body):
    """The first administrator and the first workspace."""

    name: PersonName
    email: Email
    password: Password
    workspace_name: Annotated[str, line(MAX_NAME_LENGTH)]


class InstanceReady(Reply):
    """Who administers the instance now, and the workspace that they own."""

    user: Person
    workspace: Workspace
