"""Reading workspaces."""

import sqlalchemy as sa

from codimir.access.actor import Actor
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.workspaces.tables import workspaces


async def find_visible_workspace(tx: Transaction, actor: Actor, workspace_id: str) -> str | None:
    """Give the id of a live workspace if the actor sees it."""
    if not actor.is_admin and workspace_id not in actor.workspaces:
        return None
    found: str | None = await tx.value(_BY_ID, workspace_id=workspace_id)
    return found


async def find_oldest_workspace(tx: Transaction) -> tuple[str, str] | None:
    """Give id and name of the workspace that came first, where new people go; for the administration only."""
    row = await tx.one(_OLDEST)
    return None if row is None else (row[0], row[1])


async def slugs_like(tx: Transaction, base: str) -> set[str]:
    """Give the slugs in use that begin with this one, those of deleted workspaces too."""
    return {row[0] for row in await tx.all(_SLUGS, base=base)}


_LIVE = workspaces.c.deleted_at.is_(None)
_BY_ID = Statement(sa.select(workspaces.c.id).where(workspaces.c.id == sa.bindparam("workspace_id"), _LIVE))
_OLDEST = Statement(
    sa.select(workspaces.c.id, workspaces.c.name)
    .where(_LIVE)
    .order_by(workspaces.c.created_at, workspaces.c.id)
    .limit(1)
)
_SLUGS = Statement(
    sa.select(workspaces.c.slug).where(workspaces.c.slug.startswith(sa.bindparam("base", type_=sa.Text())))
)
