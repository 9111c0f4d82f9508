"""Reading workspaces."""

from collections.abc import Sequence
from functools import lru_cache

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope
from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement, is_any_of
from codimir.http.errors import InvalidInput, NotFound
from codimir.http.paging import Page, Paged, PageQuery, paginate
from codimir.model.projects import projects
from codimir.model.schemas import Workspace
from codimir.model.tickets import tickets
from codimir.model.workspaces import workspaces
from codimir.problems.problem import Problem

WORKSPACE = Projection(Workspace, workspaces)


async def find_visible_workspace(tx: Transaction, actor: Actor, workspace_id: str) -> str | None:
    """Return the id of a live workspace if the actor sees it."""
    if not actor.is_admin and workspace_id not in actor.workspaces:
        return None
    found: str | None = await tx.fetch_value(_BY_ID, workspace_id=workspace_id)
    return found


class FoundWorkspace(msgspec.Struct, frozen=True):
    """A workspace, as a verb needs it."""

    workspace: Workspace
    scope: Scope


async def list_workspaces(tx: Transaction, actor: Actor, query: PageQuery) -> Page[Workspace]:
    """Return one page of the workspaces that the actor is in, or of all for who administers the instance, by slug."""
    return await paginate(tx, _listed(everywhere=actor.is_admin), query, workspaces=list(actor.workspaces))


async def get_visible_workspace(tx: Transaction, actor: Actor, ref: str, *, lock: bool = False) -> FoundWorkspace:
    """Find a live workspace by its id or its slug.

    `lock` keeps other units from changing it until this one ends. Raises NotFound when the actor does not see it.
    """
    for workspace in WORKSPACE.all(await tx.fetch_all(_found(lock=lock), ref=ref)):
        if actor.is_admin or workspace.id in actor.workspaces:
            return FoundWorkspace(workspace, Scope(workspace.id))
    raise NotFound(Problem("resource_not_found", kind="Workspace"))


async def get_named_workspace(tx: Transaction, actor: Actor, workspace_id: str | None) -> Scope:
    """Find the workspace that a body names, or the actor's first one.

    Raises InvalidInput when they see none.
    """
    wanted = next(iter(actor.workspaces), "") if workspace_id is None else workspace_id
    found = await find_visible_workspace(tx, actor, wanted)
    if found is None:
        nothing = Problem("no_workspace") if workspace_id is None else Problem("invalid_id", kind="workspace")
        raise InvalidInput.fields(workspaceId=nothing)
    return Scope(found)


async def is_slug_taken(tx: Transaction, slug: str) -> bool:
    """Return whether a workspace has this slug, or had it when it was deleted."""
    return await tx.fetch_value(_BY_SLUG, slug=slug) is not None


async def is_anything_in(tx: Transaction, workspace_id: str) -> bool:
    """Return whether a workspace has a live project or a live ticket."""
    return any([await tx.fetch_value(statement, workspace_id=workspace_id) is not None for statement in _IN_IT])


async def are_visible_workspaces(tx: Transaction, actor: Actor, workspace_ids: Sequence[str]) -> bool:
    """Return whether the actor sees every one of some live workspaces."""
    if not actor.is_admin:
        return all(workspace_id in actor.workspaces for workspace_id in workspace_ids)
    return set(await tx.fetch_column(_NAMED, named=workspace_ids)) >= set(workspace_ids)


async def get_workspace(tx: Transaction, workspace_id: str) -> Workspace:
    """Return a live workspace to whom it was shown already.

    Raises NotFound when it is not there.
    """
    row = await tx.fetch_one(_WHOLE, workspace_id=workspace_id)
    if row is None:
        raise NotFound(Problem("resource_not_found", kind="Workspace"))
    return WORKSPACE.make(row)


async def find_oldest_workspace(tx: Transaction) -> tuple[str, str] | None:
    """Return id and name of the workspace that came first, where new people go; for the administration only."""
    found: tuple[str, str] | None = await tx.fetch_one(_OLDEST)
    return found


async def find_workspace_ids(tx: Transaction) -> list[str]:
    """Return the ids of all live workspaces, the oldest first; for the administration only."""
    return await tx.fetch_column(_IDS)


async def slugs_like(tx: Transaction, base: str) -> set[str]:
    """Return the slugs in use that begin with this one, those of deleted workspaces too."""
    return set(await tx.fetch_column(_SLUGS, base=base))


@lru_cache(maxsize=2)
def _found(*, lock: bool) -> Statement:
    named = (workspaces.c.id == sa.bindparam("ref")) | (workspaces.c.slug == sa.bindparam("ref"))
    by_id_first = (workspaces.c.id == sa.bindparam("ref")).desc()
    found = sa.select(*WORKSPACE.columns).where(named, _LIVE).order_by(by_id_first)
    return Statement(found.with_for_update() if lock else found)


@lru_cache(maxsize=2)
def _listed(*, everywhere: bool) -> Paged[Workspace]:
    found = sa.select(*WORKSPACE.columns).where(_LIVE)
    return Paged(
        WORKSPACE, found if everywhere else found.where(is_any_of(workspaces.c.id, "workspaces")), workspaces.c.slug
    )


_LIVE = workspaces.c.deleted_at.is_(None)
_BY_ID = Statement(sa.select(workspaces.c.id).where(workspaces.c.id == sa.bindparam("workspace_id"), _LIVE))
_NAMED = Statement(sa.select(workspaces.c.id).where(is_any_of(workspaces.c.id, "named"), _LIVE))
_WHOLE = Statement(sa.select(*WORKSPACE.columns).where(workspaces.c.id == sa.bindparam("workspace_id"), _LIVE))
_OLDEST = Statement(
    sa.select(workspaces.c.id, workspaces.c.name)
    .where(_LIVE)
    .order_by(workspaces.c.created_at, workspaces.c.id)
    .limit(1)
)
_IDS = Statement(sa.select(workspaces.c.id).where(_LIVE).order_by(workspaces.c.created_at, workspaces.c.id))
_BY_SLUG = Statement(sa.select(workspaces.c.id).where(workspaces.c.slug == sa.bindparam("slug")))
_IN_IT = [
    Statement(
        sa.select(table.c.id)
        .where(table.c.workspace_id == sa.bindparam("workspace_id"), table.c.deleted_at.is_(None))
        .limit(1)
    )
    for table in (projects, tickets)
]
_SLUGS = Statement(
    sa.select(workspaces.c.slug).where(workspaces.c.slug.startswith(sa.bindparam("base", type_=sa.Text())))
)
