"""What can be done to workspaces."""

from codimir.access.roles import Role
from codimir.database.core import Transaction
from codimir.database.statements import insert_into
from codimir.events.recording import record
from codimir.events.types import MemberAdded, WorkspaceCreated
from codimir.kit.ids import new_id
from codimir.kit.naming import first_free, plain_words
from codimir.workspaces.queries import slugs_like
from codimir.workspaces.tables import workspace_members, workspaces

LONGEST_SLUG = 50


async def create_workspace(tx: Transaction, actor_id: str, name: str) -> str:
    """Create a workspace that this person owns; give its id."""
    workspace_id = new_id("workspace")
    slug = await _free_slug(tx, name)
    await tx.run(
        insert_into(workspaces), id=workspace_id, name=name, slug=slug, version=0, created_at=tx.now,
        updated_at=tx.now, deleted_at=None,
    )  # fmt: skip
    changes = {"name": (None, name), "slug": (None, slug)}
    await record(tx, actor_id, WorkspaceCreated(workspace_id=workspace_id, subject_id=workspace_id, changes=changes))
    await add_workspace_member(tx, actor_id, workspace_id, actor_id, "OWNER")
    return workspace_id


async def add_workspace_member(
    tx: Transaction, actor_id: str | None, workspace_id: str, user_id: str, role: Role
) -> None:
    """Make someone a member of a workspace; the actor is None where the administrator does it from the command line."""
    await tx.run(
        insert_into(workspace_members), workspace_id=workspace_id, user_id=user_id, role=role, created_at=tx.now
    )
    changes = {"userId": (None, user_id), "role": (None, role)}
    await record(tx, actor_id, MemberAdded(workspace_id=workspace_id, subject_id=user_id, changes=changes))


async def _free_slug(tx: Transaction, name: str) -> str:
    base = "-".join(plain_words(name)).lower()[:LONGEST_SLUG].strip("-") or "workspace"
    return first_free(base, await slugs_like(tx, base[: LONGEST_SLUG - 8]), LONGEST_SLUG, "-")
