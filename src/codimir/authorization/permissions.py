"""What may be done, where, and the least role that it takes."""

from enum import StrEnum

import msgspec

from codimir.authorization.actor import Actor
from codimir.http.errors import Forbidden
from codimir.model.enums import ROLES, Role
from codimir.problems.problem import Problem


class Permission(StrEnum):
    """`resource:action`."""

    TICKET_CREATE = "ticket:create"
    TICKET_EDIT = "ticket:edit"
    TICKET_DELETE = "ticket:delete"
    COMMENT_CREATE = "comment:create"
    COMMENT_MODERATE = "comment:moderate"
    FILE_ADD = "file:add"
    FILE_DELETE = "file:delete"
    TIME_ADD = "time:add"
    TIME_DELETE = "time:delete"
    LOG_READ = "log:read"
    PROJECT_CREATE = "project:create"
    PROJECT_EDIT = "project:edit"
    PROJECT_DELETE = "project:delete"
    PROJECT_GIVE = "project:give"
    MEMBER_INVITE = "member:invite"
    MEMBER_MANAGE = "member:manage"
    OWNER_MANAGE = "owner:manage"
    LABEL_CREATE = "label:create"
    LABEL_EDIT = "label:edit"
    LABEL_DELETE = "label:delete"
    GROUP_CREATE = "group:create"
    WEBHOOK_MANAGE = "webhook:manage"
    GROUP_EDIT = "group:edit"
    GROUP_DELETE = "group:delete"
    WORKSPACE_EDIT = "workspace:edit"
    WORKSPACE_DELETE = "workspace:delete"


MIN_ROLE: dict[Permission, Role] = {
    Permission.TICKET_CREATE: "MEMBER",
    Permission.TICKET_EDIT: "MEMBER",
    Permission.TICKET_DELETE: "ADMIN",
    Permission.COMMENT_CREATE: "MEMBER",
    Permission.COMMENT_MODERATE: "ADMIN",
    Permission.FILE_ADD: "MEMBER",
    Permission.FILE_DELETE: "ADMIN",
    Permission.TIME_ADD: "MEMBER",
    Permission.TIME_DELETE: "ADMIN",
    Permission.LOG_READ: "ADMIN",
    Permission.PROJECT_CREATE: "MEMBER",
    Permission.PROJECT_EDIT: "ADMIN",
    Permission.PROJECT_DELETE: "OWNER",
    Permission.PROJECT_GIVE: "OWNER",
    Permission.MEMBER_INVITE: "ADMIN",
    Permission.MEMBER_MANAGE: "ADMIN",
    Permission.OWNER_MANAGE: "OWNER",
    Permission.LABEL_CREATE: "ADMIN",
    Permission.LABEL_EDIT: "ADMIN",
    Permission.LABEL_DELETE: "ADMIN",
    Permission.GROUP_CREATE: "ADMIN",
    Permission.WEBHOOK_MANAGE: "ADMIN",
    Permission.GROUP_EDIT: "ADMIN",
    Permission.GROUP_DELETE: "ADMIN",
    Permission.WORKSPACE_EDIT: "ADMIN",
    Permission.WORKSPACE_DELETE: "OWNER",
}
REFUSED_IN_ARCHIVE = frozenset(
    permission
    for permission in Permission
    if permission.partition(":")[0] in ("ticket", "comment", "file", "time", "label")
)
"""What nobody may do in an archived project; its settings and members can still be changed."""
OF_EVERY_WORKSPACE = Problem("token_bound_to_workspace")
ARCHIVED = Problem("project_archived")
MAY_NOT_CHANGE_TICKET = Problem("ticket_forbidden")


class Scope(msgspec.Struct, frozen=True):
    """Where something is: a workspace, or one of its projects with the actor's role in it, if they have one."""

    workspace_id: str
    project_id: str | None = None
    visibility: str | None = None
    project_role: Role | None = None
    is_archived: bool = False


def is_visible(actor: Actor, scope: Scope) -> bool:
    """Return whether the actor may read what is there."""
    if scope.visibility == "public" and scope.workspace_id in actor.workspaces:
        return True
    return is_inside(actor, scope)


def is_inside(actor: Actor, scope: Scope) -> bool:
    """Return whether the actor may read what is there, also if it were private: only they see what it was then."""
    if actor.is_admin:
        return True
    role = actor.workspaces.get(scope.workspace_id)
    if role is None:
        return False
    return scope.project_id is None or role in ("OWNER", "ADMIN") or scope.project_role is not None


def role_in(actor: Actor, scope: Scope) -> Role:
    """Return the role with which the actor acts on what they can see."""
    if actor.is_admin:
        return "OWNER"
    if actor.only_reads:
        return "VIEWER"
    workspace_role = actor.workspaces[scope.workspace_id]
    if scope.project_id is None or workspace_role in ("OWNER", "ADMIN"):
        return workspace_role
    return scope.project_role or "VIEWER"


def allows(actor: Actor, permission: Permission, scope: Scope) -> bool:
    """Return whether the actor may do this to what they can see there."""
    if scope.is_archived and permission in REFUSED_IN_ARCHIVE:
        return False
    if permission is Permission.COMMENT_CREATE and _may_join_talk(actor, scope):
        return True
    return ROLES.index(role_in(actor, scope)) <= ROLES.index(MIN_ROLE[permission])


def require(
    actor: Actor,
    permission: Permission,
    scope: Scope,
    problem: Problem = MAY_NOT_CHANGE_TICKET,
) -> None:
    """Raise Forbidden unless the actor may do this there."""
    if not allows(actor, permission, scope):
        raise Forbidden(ARCHIVED if scope.is_archived and permission in REFUSED_IN_ARCHIVE else problem)


def require_unbound(actor: Actor, problem: Problem = OF_EVERY_WORKSPACE) -> None:
    """Raise Forbidden to a token that is bound to a workspace, for what is of its owner and so of all workspaces."""
    if actor.bound_to is not None:
        raise Forbidden(problem)


def _may_join_talk(actor: Actor, scope: Scope) -> bool:
    """Members of a workspace may comment in its public projects without being members of those."""
    if actor.only_reads or scope.visibility != "public" or scope.project_role is not None:
        return False
    return actor.workspaces.get(scope.workspace_id) == "MEMBER"
