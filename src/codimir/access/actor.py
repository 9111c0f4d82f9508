"""Who is asking."""

import msgspec

from codimir.access.roles import InstanceRole, Role


class Actor(msgspec.Struct, frozen=True):
    """A person who has proved who they are, and the workspaces that they are in, the earliest first."""

    id: str
    name: str
    role: InstanceRole
    workspaces: dict[str, Role]

    @property
    def is_admin(self) -> bool:
        """Say whether they may do everything on this instance."""
        return self.role == "ADMIN"

    @property
    def only_reads(self) -> bool:
        """Say whether they may change nothing anywhere."""
        return self.role == "VIEWER"
