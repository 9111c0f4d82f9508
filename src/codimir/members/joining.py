"""Who may make themselves a member of a project."""

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope
from codimir.model.enums import JoinPolicy


def may_join(actor: Actor, scope: Scope, join_policy: JoinPolicy) -> bool:
    """Return whether someone who sees a project may make themselves a member of it.

    Members of its workspace may where it is public and open; the administrators of the workspace may everywhere, as
    they add others too. Who only reads, on the instance or in the workspace, stays a reader.
    """
    role = actor.workspaces.get(scope.workspace_id)
    if actor.only_reads or scope.is_archived or role is None or role == "VIEWER":
        return False
    return role != "MEMBER" or (scope.visibility == "public" and join_policy == "open")
