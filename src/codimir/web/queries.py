"""Reading what stands around every page: who looks at it, their workspaces and projects."""

from typing import Any

import msgspec
import sqlalchemy as sa

from codimir.access.actor import Actor
from codimir.access.scoping import visible_projects
from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.notifications.queries import count_unread
from codimir.projects.tables import project_members, projects
from codimir.users.tables import users
from codimir.workspaces.tables import workspaces

MOST_PROJECTS = 25
"""How many projects the rail shows; the page of projects has them all."""


class Viewer(msgspec.Struct, frozen=True):
    """Who looks at a page, and how they want to see it."""

    id: str
    name: str
    email: str
    image: str | None
    preferences: dict[str, Any]


class RailWorkspace(msgspec.Struct, frozen=True):
    """A workspace to switch to."""

    id: str
    name: str
    slug: str


class RailProject(msgspec.Struct, frozen=True):
    """A project to go to."""

    id: str
    key: str
    name: str
    workspace_id: str


class Rail(msgspec.Struct, frozen=True):
    """What stands on the left of every page."""

    workspaces: list[RailWorkspace]
    projects: list[RailProject]
    unread: int = 0


async def get_viewer(tx: Transaction, actor: Actor) -> Viewer:
    """Give the person who looks at a page."""
    row = await tx.one(_VIEWER, user_id=actor.id)
    return Viewer(*row) if row else Viewer(actor.id, actor.name, "", None, {})


async def get_rail(tx: Transaction, actor: Actor, workspace_id: str | None) -> Rail:
    """Give the actor's workspaces, and of one of them the projects that they see, their own first."""
    rows = await tx.all(_WORKSPACES, workspace_ids=list(actor.workspaces))
    found = {} if workspace_id is None else {"actor_id": actor.id, "workspaces": [workspace_id]}
    own = await tx.all(_PROJECTS, **found) if found else []
    unread = await count_unread(tx, actor)
    return Rail([RailWorkspace(*row) for row in rows], [RailProject(*row) for row in own], unread)


async def find_project_by_key(tx: Transaction, actor: Actor, key: str, workspace_id: str | None) -> RailProject | None:
    """Find a project that the actor sees by its key; in the given workspace before all others."""
    values: dict[str, Any] = {"key": key.upper()}
    if not actor.is_admin:
        values |= {"actor_id": actor.id, "workspaces": list(actor.workspaces)}
    rows = [RailProject(*row) for row in await tx.all(_ANY_BY_KEY if actor.is_admin else _BY_KEY, **values)]
    rows.sort(key=lambda project: project.workspace_id != workspace_id)
    return rows[0] if rows else None


_VIEWER = Statement(
    sa.select(users.c.id, users.c.name, users.c.email, users.c.image, users.c.preferences).where(
        users.c.id == sa.bindparam("user_id")
    )
)
_WORKSPACES = Statement(
    sa.select(workspaces.c.id, workspaces.c.name, workspaces.c.slug)
    .where(is_any_of(workspaces.c.id, "workspace_ids"), workspaces.c.deleted_at.is_(None))
    .order_by(workspaces.c.name, workspaces.c.id)
)
_COLUMNS = (projects.c.id, projects.c.key, projects.c.name, projects.c.workspace_id)
_PROJECTS = Statement(
    visible_projects(*_COLUMNS)
    .where(projects.c.status == "active")
    .order_by(project_members.c.user_id.is_(None), projects.c.name, projects.c.id)
    .limit(MOST_PROJECTS)
)
_BY_KEY = Statement(
    visible_projects(*_COLUMNS, named=True)
    .where(projects.c.key == sa.bindparam("key"))
    .order_by(projects.c.created_at, projects.c.id)
)
_ANY_BY_KEY = Statement(
    sa.select(*_COLUMNS)
    .where(projects.c.key == sa.bindparam("key"), projects.c.deleted_at.is_(None))
    .order_by(projects.c.created_at, projects.c.id)
)
