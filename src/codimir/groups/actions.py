"""What can be done to groups."""

from codimir.access.actor import Actor
from codimir.access.permissions import Permission, Scope, require
from codimir.database.core import Transaction
from codimir.database.statements import insert_into
from codimir.events.recording import record
from codimir.events.types import GroupCreated
from codimir.groups.queries import is_group_name_taken
from codimir.groups.tables import groups
from codimir.http.errors import Conflict
from codimir.kit.ids import new_id


class GroupNameTaken(Conflict):
    """A group of the workspace has this name."""

    message = "A group with this name exists in this workspace already"


async def create_group(tx: Transaction, actor: Actor, scope: Scope, name: str, description: str | None = None) -> str:
    """Create a team inside a workspace; give its id."""
    require(actor, Permission.GROUP_CREATE, scope, "Insufficient permissions to create a group here")
    if await is_group_name_taken(tx, scope, name):
        raise GroupNameTaken(details={"name": [GroupNameTaken.message]})
    group_id = new_id("group")
    shown = {"name": name, "description": description}
    await tx.run(
        insert_into(groups), id=group_id, workspace_id=scope.workspace_id, created_at=tx.now, updated_at=tx.now,
        **shown,
    )  # fmt: skip
    changes = {field: (None, value) for field, value in shown.items() if value is not None}
    await record(
        tx, actor.id, GroupCreated(workspace_id=scope.workspace_id, subject_id=group_id, changes=changes)
    )  # fmt: skip
    return group_id
