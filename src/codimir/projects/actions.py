"""What can be done to projects."""

from datetime import datetime

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, require
from codimir.database.core import Transaction
from codimir.database.statements import Statement, insert_into, update_by_id
from codimir.events.recording import record
from codimir.events.types import (
    Changes,
    Event,
    ProjectCreated,
    ProjectDeleted,
    ProjectRestored,
    ProjectUpdated,
)
from codimir.http.errors import Conflict, InvalidInput
from codimir.jobs.actions import DONE_AT_ONCE, begin_job, cancel_jobs, has_job
from codimir.kit.ids import new_id
from codimir.kit.updates import changed, in_api_names, new_values
from codimir.kit.values import ReadOnlyValues
from codimir.model.enums import JoinPolicy, Visibility
from codimir.model.keys import is_project_key
from codimir.model.projects import former_project_keys, projects, published_projects
from codimir.model.schemas import ProjectSummary
from codimir.problems.problem import Problem, Problems
from codimir.projects.keys import key_from
from codimir.projects.members import add_project_member
from codimir.projects.ownership import transfer_ownership
from codimir.projects.queries import FoundProject, keys_in
from codimir.projects.schemas import ProjectUpdate
from codimir.projects.search_columns import SEARCHED, search_columns
from codimir.projects.trashing import (
    count_live,
    count_trashed_at,
    moment_of_deletion,
    restore_tickets,
    trash_tickets,
)
from codimir.tickets.changing.rekeying import count_numbered, rekey_tickets
from codimir.workspaces.queries import find_visible_workspace


class KeyTaken(Conflict):
    """A project of the workspace has this key, or had it."""

    problem = Problem("project_key_taken")


class StillRestored(Conflict):
    """The tickets of a project are still coming back from the trash."""

    problem = Problem("project_being_restored")


async def create_project(
    tx: Transaction,
    actor: Actor,
    workspace_id: str | None,
    name: str,
    key: str | None = None,
    description: str | None = None,
    visibility: Visibility = "private",
    join_policy: JoinPolicy = "open",
) -> str:
    """Create a project that the actor owns; give its id.

    Without a workspace it goes into the actor's first one, and without a key it gets one derived from its name.
    """
    place, problems = await check_new(tx, actor, {"workspace_id": workspace_id, "key": key})
    if problems or place is None:
        raise InvalidInput(details=problems)
    require(actor, Permission.PROJECT_CREATE, Scope(place), Problem("project_creation_forbidden"))
    key = await _free_key(tx, place, name, key)
    project_id = new_id("project")
    shown = {"name": name, "description": description, "key": key, "visibility": visibility}
    shown |= {"join_policy": join_policy}
    await tx.execute(
        insert_into(projects), id=project_id, workspace_id=place, status="active", owner_id=actor.id,
        ticket_counter=0, created_at=tx.now, updated_at=tx.now, deleted_at=None, **shown,
        **search_columns(name, key, description),
    )  # fmt: skip
    changes = in_api_names(ProjectUpdate, {name: (None, value) for name, value in shown.items() if value is not None})
    await record(
        tx, actor.id, ProjectCreated(workspace_id=place, project_id=project_id, subject_id=project_id, changes=changes)
    )
    await add_project_member(tx, actor.id, place, project_id, actor.id, "OWNER")
    return project_id


async def update_project(tx: Transaction, actor: Actor, found: FoundProject, update: ProjectUpdate) -> None:
    """Change the fields that are given and leave the others as they are.

    Tickets follow a new key of their project, many of them in the background; both keys find them meanwhile.
    """
    require(actor, Permission.PROJECT_EDIT, found.scope, Problem("project_change_forbidden"))
    project = found.project
    changes = changed(project, update, join_policy=found.join_policy)
    if not changes:
        return
    values = new_values(changes)
    if "owner_id" in values:
        await transfer_ownership(tx, actor, found, values["owner_id"])
    if "key" in values:
        await _take_key(tx, project, values["key"])
    row = values | {"updated_at": tx.now}
    if SEARCHED & values.keys():
        called = {name: values.get(name, getattr(project, name)) for name in SEARCHED}
        row |= search_columns(**called)
    await tx.execute(update_by_id(projects, frozenset(row)), row_id=project.id, **row)
    count = await count_numbered(tx, project.id) if "key" in values else 0
    if count <= DONE_AT_ONCE:
        await rekey_tickets(tx, project.id, 0, count)
    await record(tx, actor.id, _event(ProjectUpdated, project, in_api_names(ProjectUpdate, changes)))
    if values.get("visibility") == "public":
        await _note_publication(tx, project)
    if count > DONE_AT_ONCE:
        await begin_job(tx, actor.id, "project.key_change", found.scope, project.id, count)


async def delete_project(tx: Transaction, actor: Actor, found: FoundProject) -> None:
    """Move a project to the trash, and its tickets with it; many follow in the background, where nobody sees them.

    Raises StillRestored while its tickets come back from an earlier time in the trash.
    """
    require(actor, Permission.PROJECT_DELETE, found.scope, Problem("project_deletion_owners_only"))
    project = found.project
    if await has_job(tx, project.id, "project.restoring"):
        raise StillRestored
    moment, count = await moment_of_deletion(tx, project.id), await count_live(tx, project.id)
    await tx.execute(update_by_id(projects, frozenset({"deleted_at"})), row_id=project.id, deleted_at=moment)
    if count <= DONE_AT_ONCE:
        await trash_tickets(tx, project.id, count)
    changes = {"status": (project.status, "deleted"), "deletedAt": (None, moment)}
    await record(tx, actor.id, _event(ProjectDeleted, project, changes))
    if count > DONE_AT_ONCE:
        await begin_job(tx, actor.id, "project.trashing", found.scope, project.id, count)


async def restore_project(tx: Transaction, actor: Actor, found: FoundProject, deleted_at: datetime) -> None:
    """Take a project out of the trash, with the tickets that were deleted with it; who may delete it may do that.

    Many of them come back in the background; those that had not gone yet stay.
    """
    require(actor, Permission.PROJECT_DELETE, found.scope, Problem("project_restoring_owners_only"))
    project = found.project
    await cancel_jobs(tx, project.id, "project.trashing")
    count = await count_trashed_at(tx, deleted_at) + await count_live(tx, project.id)
    await tx.execute(update_by_id(projects, frozenset({"deleted_at"})), row_id=project.id, deleted_at=None)
    if count <= DONE_AT_ONCE:
        await restore_tickets(tx, project.id, deleted_at, count, tx.now)
    await record(tx, actor.id, _event(ProjectRestored, project, {"deletedAt": (deleted_at, None)}))
    if count > DONE_AT_ONCE:
        await begin_job(tx, actor.id, "project.restoring", found.scope, project.id, count, moment=deleted_at)


async def check_new(tx: Transaction, actor: Actor, values: ReadOnlyValues) -> tuple[str | None, Problems]:
    """Find the workspace of a new project, and say what is wrong with what its body names."""
    problems: Problems = {}
    named = values.get("workspace_id")
    wanted = next(iter(actor.workspaces), "") if named is None else named
    place = await find_visible_workspace(tx, actor, wanted)
    if place is None:
        problems["workspaceId"] = [
            Problem("no_workspace") if named is None else Problem("invalid_id", kind="workspace")
        ]
    if values.get("key") is not None and not is_project_key(values["key"]):
        problems["key"] = [Problem("project_key_malformed")]
    return place, problems


async def _note_publication(tx: Transaction, project: ProjectSummary) -> None:
    """Note that a project is public from its last event on: to who is not in it, its past begins there."""
    place = {"workspace_id": project.workspace_id, "project_id": project.id}
    await tx.execute(_FORGET_PUBLICATION, project=project.id)
    await tx.execute(insert_into(published_projects), **place, version=tx.recorded[-1].version, published_at=tx.now)


async def _free_key(tx: Transaction, workspace_id: str, name: str, key: str | None) -> str:
    taken = await keys_in(tx, workspace_id)
    if key is None:
        return key_from(name, taken)
    if key in taken:
        raise KeyTaken.about("key")
    return key


async def _take_key(tx: Transaction, project: ProjectSummary, key: str) -> None:
    """Keep the old key for the project, and let it have a new one, or one of its old ones again."""
    if key in await keys_in(tx, project.workspace_id, except_of=project.id):
        raise KeyTaken.about("key")
    await tx.execute(_LEAVE_FORMER, workspace=project.workspace_id, key=key)
    await tx.execute(
        insert_into(former_project_keys), workspace_id=project.workspace_id, key=project.key, project_id=project.id
    )


def _event(kind: type[Event], project: ProjectSummary, changes: Changes) -> Event:
    return kind(workspace_id=project.workspace_id, project_id=project.id, subject_id=project.id, changes=changes)


_LEAVE_FORMER = Statement(
    sa.delete(former_project_keys).where(
        former_project_keys.c.workspace_id == sa.bindparam("workspace"),
        former_project_keys.c.key == sa.bindparam("key"),
    )
)
_FORGET_PUBLICATION = Statement(
    sa.delete(published_projects).where(published_projects.c.project_id == sa.bindparam("project"))
)
