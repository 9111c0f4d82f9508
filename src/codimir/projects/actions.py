"""What can be done to projects."""

from codimir.access.actor import Actor
from codimir.access.permissions import Permission, Scope, require
from codimir.access.roles import Role
from codimir.database.core import Transaction
from codimir.database.statements import insert_into
from codimir.events.recording import record
from codimir.events.types import MemberAdded, ProjectCreated
from codimir.http.errors import Conflict, InvalidInput
from codimir.kit.ids import new_id
from codimir.projects.keys import KEY, RULE, key_from
from codimir.projects.queries import keys_in
from codimir.projects.schemas import Visibility
from codimir.projects.tables import project_members, projects
from codimir.workspaces.queries import find_visible_workspace


class KeyTaken(Conflict):
    """A project of the workspace has this key, or had it."""

    message = "A project of this workspace has or had this key"


async def create_project(
    tx: Transaction,
    actor: Actor,
    workspace_id: str,
    name: str,
    key: str | None = None,
    description: str | None = None,
    visibility: Visibility = "private",
) -> str:
    """Create a project that the actor owns; give its id. Without a key it gets one derived from its name."""
    await _check(tx, actor, workspace_id, key)
    require(actor, Permission.PROJECT_CREATE, Scope(workspace_id), "Insufficient permissions to create a project here")
    key = await _free_key(tx, workspace_id, name, key)
    project_id = new_id("project")
    shown = {"name": name, "description": description, "key": key, "visibility": visibility}
    await tx.run(
        insert_into(projects), id=project_id, workspace_id=workspace_id, status="active", owner_id=actor.id,
        ticket_counter=0, created_at=tx.now, updated_at=tx.now, deleted_at=None, **shown,
    )  # fmt: skip
    changes = {field: (None, value) for field, value in shown.items() if value is not None}
    await record(
        tx, actor.id,
        ProjectCreated(workspace_id=workspace_id, project_id=project_id, subject_id=project_id, changes=changes),
    )  # fmt: skip
    await add_project_member(tx, actor.id, workspace_id, project_id, actor.id, "OWNER")
    return project_id


async def add_project_member(
    tx: Transaction, actor_id: str | None, workspace_id: str, project_id: str, user_id: str, role: Role
) -> None:
    """Make someone a member of a project."""
    await tx.run(
        insert_into(project_members), workspace_id=workspace_id, project_id=project_id, user_id=user_id, role=role,
        created_at=tx.now,
    )  # fmt: skip
    changes = {"userId": (None, user_id), "role": (None, role)}
    await record(
        tx, actor_id,
        MemberAdded(workspace_id=workspace_id, project_id=project_id, subject_id=user_id, changes=changes),
    )  # fmt: skip


async def _check(tx: Transaction, actor: Actor, workspace_id: str, key: str | None) -> None:
    problems: dict[str, list[str]] = {}
    if await find_visible_workspace(tx, actor, workspace_id) is None:
        problems["workspaceId"] = ["Invalid workspace ID"]
    if key is not None and not KEY.fullmatch(key):
        problems["key"] = [RULE]
    if problems:
        raise InvalidInput(details=problems)


async def _free_key(tx: Transaction, workspace_id: str, name: str, key: str | None) -> str:
    taken = await keys_in(tx, workspace_id)
    if key is None:
        return key_from(name, taken)
    if key in taken:
        raise KeyTaken(details={"key": [KeyTaken.message]})
    return key
