"""Roles, and their order."""

from typing import Literal, get_args

InstanceRole = Literal["ADMIN", "EDITOR", "VIEWER"]
"""What a person may do on the whole instance: everything, what their memberships allow, or only read."""

Role = Literal["OWNER", "ADMIN", "MEMBER", "VIEWER"]
"""What a member may do in a workspace or a project, most first."""

INSTANCE_ROLES: tuple[InstanceRole, ...] = get_args(InstanceRole)
ROLES: tuple[Role, ...] = get_args(Role)
