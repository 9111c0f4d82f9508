"""Shapes of what people started."""

from datetime import datetime

from msgspec import Struct

from codimir.http.paging import Reply
from codimir.model.enums import Role


class StartedInvitation(Reply):
    """An invitation that someone sent and nobody has accepted yet."""

    id: str
    workspace_id: str
    email: str | None
    """Null where it is for whoever has its link"""
    role: Role
    expires_at: datetime


class StartedWebhook(Reply):
    """A webhook that someone answers for: they made it, or confirmed it since."""

    id: str
    workspace_id: str
    project_id: str | None
    url: str


class StartedToken(Reply):
    """An API token of someone's."""

    id: str
    name: str
    workspace_id: str | None
    last_used_at: datetime | None


class Offboarding(Reply):
    """What ends when someone leaves: invitations are withdrawn, tokens revoked, and webhooks wait for confirmation."""

    invitations: list[StartedInvitation]
    webhooks: list[StartedWebhook]
    tokens: list[StartedToken]


class StartedCounts(Struct):
    """How much of each kind someone started."""

    invitations: int = 0
    webhooks: int = 0
    tokens: int = 0
