"""What can be done to workspaces."""

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, require
from codimir.database.core import Transaction
from codimir.database.statements import insert_into, update_by_id
from codimir.events.recording import record
from codimir.events.types import MemberAdded, WorkspaceCreated, WorkspaceDeleted, WorkspaceUpdated
from codimir.http.errors import Conflict, Forbidden
from codimir.kit.collation import name_keys
from codimir.kit.ids import new_id
from codimir.kit.naming import first_free, plain_words
from codimir.kit.updates import changed, new_values
from codimir.model.enums import Role
from codimir.model.workspaces import workspace_members, workspaces
from codimir.problems.problem import Problem
from codimir.workspaces.queries import FoundWorkspace, is_anything_in, is_slug_taken, slugs_like
from codimir.workspaces.schemas import MAX_SLUG_LENGTH, WorkspaceUpdate

MAY_NOT = Problem("workspace_change_forbidden")


class SlugTaken(Conflict):
    """Another workspace has this slug."""

    problem = Problem("workspace_slug_taken")


class NotEmpty(Conflict):
    """There is something in it."""

    problem = Problem("workspace_not_empty")


def require_may_create(actor: Actor) -> None:
    """Raise Forbidden for who only reads, and for a token that is bound to a workspace."""
    if actor.only_reads or actor.bound_to is not None:
        raise Forbidden(Problem("workspace_creation_forbidden"))


async def create_workspace(tx: Transaction, actor_id: str, name: str, slug: str | None = None) -> str:
    """Create a workspace that this person owns; give its id."""
    workspace_id = new_id("workspace")
    slug = await _free_slug(tx, name, slug)
    await tx.execute(
        insert_into(workspaces), id=workspace_id, name=name, slug=slug, version=0, created_at=tx.now,
        updated_at=tx.now, deleted_at=None, **name_keys(name),
    )  # fmt: skip
    changes = {"name": (None, name), "slug": (None, slug)}
    await record(tx, actor_id, WorkspaceCreated(workspace_id=workspace_id, subject_id=workspace_id, changes=changes))
    await add_workspace_member(tx, actor_id, workspace_id, actor_id, "OWNER")
    return workspace_id


async def add_workspace_member(
    tx: Transaction, actor_id: str | None, workspace_id: str, user_id: str, role: Role
) -> None:
    """Make someone a member of a workspace; the actor is None where the administrator does it from the command line."""
    await tx.execute(
        insert_into(workspace_members), workspace_id=workspace_id, user_id=user_id, role=role, created_at=tx.now
    )
    changes = {"userId": (None, user_id), "role": (None, role)}
    await record(tx, actor_id, MemberAdded(workspace_id=workspace_id, subject_id=user_id, changes=changes))


async def update_workspace(tx: Transaction, actor: Actor, found: FoundWorkspace, update: WorkspaceUpdate) -> None:
    """Change the fields that are given and leave the others as they are."""
    require(actor, Permission.WORKSPACE_EDIT, found.scope, MAY_NOT)
    old = found.workspace
    changes = changed(old, update)
    if not changes:
        return
    if "slug" in changes and await is_slug_taken(tx, changes["slug"][1]):
        raise SlugTaken.about("slug")
    row = new_values(changes) | {"updated_at": tx.now}
    if "name" in changes:
        row |= name_keys(row["name"])
    await tx.execute(update_by_id(workspaces, frozenset(row)), row_id=old.id, **row)
    await record(tx, actor.id, WorkspaceUpdated(workspace_id=old.id, subject_id=old.id, changes=changes))


async def delete_workspace(tx: Transaction, actor: Actor, found: FoundWorkspace) -> None:
    """Delete a workspace in which nothing is left, so that nobody loses what they did not name."""
    require(actor, Permission.WORKSPACE_DELETE, found.scope, Problem("workspace_deletion_owners_only"))
    workspace_id = found.workspace.id
    if await is_anything_in(tx, workspace_id):
        raise NotEmpty
    await tx.execute(update_by_id(workspaces, frozenset({"deleted_at"})), row_id=workspace_id, deleted_at=tx.now)
    changes = {"deletedAt": (None, tx.now)}
    await record(tx, actor.id, WorkspaceDeleted(workspace_id=workspace_id, subject_id=workspace_id, changes=changes))


async def _free_slug(tx: Transaction, name: str, slug: str | None) -> str:
    if slug is not None:
        if await is_slug_taken(tx, slug):
            raise SlugTaken.about("slug")
        return slug
    base = "-".join(plain_words(name)).lower()[:MAX_SLUG_LENGTH].strip("-") or "workspace"
    return first_free(base, await slugs_like(tx, base[: MAX_SLUG_LENGTH - 8]), MAX_SLUG_LENGTH, "-")
