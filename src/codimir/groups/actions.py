"""What can be done to groups."""

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, require
from codimir.database.core import Transaction
from codimir.database.statements import Statement, insert_into, update_by_id
from codimir.events.recording import record
from codimir.events.types import GroupCreated, GroupDeleted, GroupUpdated
from codimir.groups.queries import FoundGroup, is_group_name_taken
from codimir.groups.schemas import GroupUpdate
from codimir.http.errors import Conflict
from codimir.jobs.actions import DONE_AT_ONCE, begin_job
from codimir.kit.collation import name_keys
from codimir.kit.ids import new_id
from codimir.kit.updates import changed, new_values
from codimir.model.groups import groups
from codimir.problems.problem import Problem
from codimir.tickets.changing.detaching import count_of_group, take_group_off

MAY_NOT = Problem("group_change_forbidden")


class GroupNameTaken(Conflict):
    """A group of the workspace has this name."""

    problem = Problem("group_name_taken")


async def create_group(tx: Transaction, actor: Actor, scope: Scope, name: str, description: str | None = None) -> str:
    """Create a team inside a workspace; give its id."""
    require(actor, Permission.GROUP_CREATE, scope, Problem("group_creation_forbidden"))
    await _check_name(tx, scope, name)
    group_id = new_id("group")
    shown = {"name": name, "description": description}
    await tx.execute(
        insert_into(groups), id=group_id, workspace_id=scope.workspace_id, created_at=tx.now, updated_at=tx.now,
        deleted_at=None, **shown, **name_keys(name),
    )  # fmt: skip
    changes = {field: (None, value) for field, value in shown.items() if value is not None}
    await record(
        tx, actor.id, GroupCreated(workspace_id=scope.workspace_id, subject_id=group_id, changes=changes)
    )  # fmt: skip
    return group_id


async def update_group(tx: Transaction, actor: Actor, found: FoundGroup, update: GroupUpdate) -> None:
    """Change the fields that are given and leave the others as they are."""
    require(actor, Permission.GROUP_EDIT, found.scope, MAY_NOT)
    old = found.group
    changes = changed(old, update)
    if not changes:
        return
    if "name" in changes:
        await _check_name(tx, found.scope, changes["name"][1])
    row = new_values(changes) | {"updated_at": tx.now}
    if "name" in changes:
        row |= name_keys(row["name"])
    await tx.execute(update_by_id(groups, frozenset(row)), row_id=old.id, **row)
    await record(tx, actor.id, GroupUpdated(workspace_id=old.workspace_id, subject_id=old.id, changes=changes))


async def delete_group(tx: Transaction, actor: Actor, found: FoundGroup) -> None:
    """Delete a group and leave its tickets without one; many leave it in the background, where it is hidden already."""
    require(actor, Permission.GROUP_DELETE, found.scope, MAY_NOT)
    old, count = found.group, await count_of_group(tx, found.group.id)
    if count <= DONE_AT_ONCE:
        await take_group_off(tx, actor.id, old.id, count)
        await erase_group(tx, old.id)
    else:
        await tx.execute(_HIDE, group=old.id, moment=tx.now)
    changes = {"name": (old.name, None), "description": (old.description, None)}
    await record(tx, actor.id, GroupDeleted(workspace_id=old.workspace_id, subject_id=old.id, changes=changes))
    if count > DONE_AT_ONCE:
        await begin_job(tx, actor.id, "group.deletion", found.scope, old.id, count)


async def erase_group(tx: Transaction, group_id: str) -> None:
    """Forget a group that no ticket is in any more."""
    await tx.execute(_DELETE, group=group_id)


async def _check_name(tx: Transaction, scope: Scope, name: str) -> None:
    if await is_group_name_taken(tx, scope, name):
        raise GroupNameTaken.about("name")


_HIDE = Statement(
    sa.update(groups)
    .where(groups.c.id == sa.bindparam("group"))
    .values(name=groups.c.id, deleted_at=sa.bindparam("moment", type_=groups.c.deleted_at.type))
)
_DELETE = Statement(sa.delete(groups).where(groups.c.id == sa.bindparam("group")))
