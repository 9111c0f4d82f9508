"""Who is asking."""

import msgspec

from codimir.model.enums import InstanceRole, Role
from codimir.revisions.versions import Viewer


class Actor(Viewer, msgspec.Struct, frozen=True):
    """A person who has proved who they are, and the workspaces that they are in, the earliest first.

    With a token that is bound to a workspace they are in that one alone, as what they are there, whatever else they may
    be on the instance.
    """

    id: str
    name: str
    role: InstanceRole
    workspaces: dict[str, Role]
    bound_to: str | None = None
    """The workspace that the token is bound to, if they came with such a one."""
    versions: dict[str, int] = {}
    """How far their workspaces had come, and under "" people, before anything else was read"""

    @property
    def is_admin(self) -> bool:
        """Return whether they may do everything on this instance."""
        return self.role == "ADMIN"

    @property
    def only_reads(self) -> bool:
        """Return whether they may change nothing anywhere."""
        return self.role == "VIEWER"
