"""Values that a column may have, each list in its order."""

from typing import Literal, get_args

Type = Literal["TASK", "BUG", "FEATURE", "IMPROVEMENT", "EPIC"]
Status = Literal["backlog", "todo", "in_progress", "in_review", "done", "cancelled"]
Priority = Literal["lowest", "low", "medium", "high", "highest"]
Stage = Literal["PLANNING", "DEVELOPMENT", "TESTING", "DEPLOYMENT", "COMPLETED"]

TYPES: tuple[Type, ...] = get_args(Type)
STATUSES: tuple[Status, ...] = get_args(Status)
CLOSED_STATUSES: tuple[Status, ...] = ("done", "cancelled")
"""Of tickets on which nothing is left to do"""
OPEN_STATUSES: tuple[Status, ...] = tuple(status for status in STATUSES if status not in CLOSED_STATUSES)
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
STAGES: tuple[Stage, ...] = get_args(Stage)

InstanceRole = Literal["ADMIN", "EDITOR", "VIEWER"]
"""What a person may do on the whole instance: everything, what their memberships allow, or only read."""

Role = Literal["OWNER", "ADMIN", "MEMBER", "VIEWER"]
"""What a member may do in a workspace or a project, most first."""

INSTANCE_ROLES: tuple[InstanceRole, ...] = get_args(InstanceRole)
ROLES: tuple[Role, ...] = get_args(Role)

ProjectStatus = Literal["active", "archived", "deleted"]
Visibility = Literal["private", "public"]
JoinPolicy = Literal["open", "invite_only"]
"""Whether a member of the workspace may make themselves a member of a public project, or its administrators add them"""
