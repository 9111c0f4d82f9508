"""Why someone can only read somewhere, as pages say it."""

from collections.abc import Sequence
from typing import Literal

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, allows
from codimir.members.joining import may_join
from codimir.model.enums import JoinPolicy
from codimir.web.queries import RailProject

Reason = Literal["archived", "account", "workspace", "project", "join", "ask"]
"""The project is archived; the account, or the role in the workspace or the project, only reads; who is no member of
the project may join it, or ask somebody to add them."""


def why_only_reads(actor: Actor, scope: Scope, join_policy: JoinPolicy) -> Reason | None:
    """Return why the actor cannot edit tickets in a place that they see; None where they can."""
    if allows(actor, Permission.TICKET_EDIT, scope):
        return None
    if scope.is_archived:
        return "archived"
    if actor.only_reads:
        return "account"
    if scope.project_role is not None:
        return "project"
    if scope.project_id is None or actor.workspaces.get(scope.workspace_id) == "VIEWER":
        return "workspace"
    return "join" if may_join(actor, scope, join_policy) else "ask"


def why_only_reads_in(actor: Actor, project: RailProject) -> Reason | None:
    """Return why the actor cannot create tickets in a project; None where they can."""
    return why_only_reads(actor, scope_of(project), project.join_policy)


def may_create_in(actor: Actor, project: RailProject | None, others: Sequence[RailProject], place: str | None) -> bool:
    """Return whether the actor may create a ticket in a project; without one, in the workspace or any of the others."""
    if project is not None:
        return why_only_reads_in(actor, project) is None
    in_workspace = place is not None and allows(actor, Permission.TICKET_CREATE, Scope(place))
    return in_workspace or any(why_only_reads_in(actor, other) is None for other in others)


def scope_of(project: RailProject) -> Scope:
    """Return the scope of a project of the rail."""
    is_archived = project.status == "archived"
    return Scope(project.workspace_id, project.id, project.visibility, project.role, is_archived)
