"""Reading what stands around every page: who looks at it, their workspaces and projects."""

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.visibility_sql import visible_projects
from codimir.database.core import Transaction
from codimir.database.expressions import AnyColumn
from codimir.database.statements import Statement, is_any_of
from codimir.kit.values import Values
from codimir.model.enums import JoinPolicy, ProjectStatus, Role, Visibility
from codimir.model.projects import former_project_keys, project_members, projects
from codimir.model.users import users
from codimir.model.workspaces import workspace_members, workspaces
from codimir.notifications.queries import count_unread

MAX_WRITABLE = 200
"""How many projects a new ticket is offered."""
MAX_NAMES = 3
"""How many people are named whom one can ask."""
MAX_PROJECTS = 25
"""How many projects the rail shows; the page of projects has them all."""


class Viewer(msgspec.Struct, frozen=True):
    """Who looks at a page, and how they want to see it."""

    id: str
    name: str
    email: str
    image: str | None
    preferences: Values


class RailWorkspace(msgspec.Struct, frozen=True):
    """A workspace to switch to."""

    id: str
    name: str
    slug: str


class RailProject(msgspec.Struct, frozen=True):
    """A project to go to, and what decides what the person may do there."""

    id: str
    key: str
    name: str
    workspace_id: str
    status: ProjectStatus
    visibility: Visibility
    join_policy: JoinPolicy
    role: Role | None = None


class Rail(msgspec.Struct, frozen=True):
    """What stands on the left of every page."""

    workspaces: list[RailWorkspace]
    projects: list[RailProject]
    unread: int = 0


async def get_viewer(tx: Transaction, actor: Actor) -> Viewer:
    """Return the person who looks at a page."""
    row = await tx.fetch_one(_VIEWER, user_id=actor.id)
    return Viewer(*row) if row else Viewer(actor.id, actor.name, "", None, {})


async def get_rail(tx: Transaction, actor: Actor, workspace_id: str | None) -> Rail:
    """Return the actor's workspaces, and of one of them the projects that they see, their own first."""
    rows = await tx.fetch_all(_WORKSPACES, workspace_ids=list(actor.workspaces))
    found = {} if workspace_id is None else {"actor_id": actor.id, "workspaces": [workspace_id]}
    own = await tx.fetch_all(_PROJECTS, **found) if found else []
    unread = await count_unread(tx, actor)
    return Rail([RailWorkspace(*row) for row in rows], [RailProject(*row) for row in own], unread)


async def list_writable_projects(tx: Transaction, actor: Actor, workspace_id: str | None) -> list[RailProject]:
    """Return the active projects of a workspace in which the actor may create tickets, their own first."""
    if workspace_id is None or actor.only_reads:
        return []
    rows = await tx.fetch_all(_WRITABLE, actor_id=actor.id, workspaces=[workspace_id])
    return [RailProject(*row) for row in rows]


async def list_who_adds(tx: Transaction, workspace_id: str, project_id: str) -> list[str]:
    """Return the names of a few who can add people to a project: its administrators, else those of its workspace."""
    rows = await tx.fetch_all(_WHO_ADDS, project=project_id)
    return [row[0] for row in rows or await tx.fetch_all(_WHO_ADDS_IN_WORKSPACE, workspace=workspace_id)]


async def find_project_by_key(tx: Transaction, actor: Actor, key: str, workspace_id: str | None) -> RailProject | None:
    """Find a project that the actor sees by its key, present or former; in the given workspace before all others."""
    values: Values = {"key": key.upper(), "actor_id": actor.id}
    if not actor.is_admin:
        values["workspaces"] = list(actor.workspaces)
    found = await tx.fetch_all(_ANY_BY_KEY if actor.is_admin else _BY_KEY, **values)
    found = found or await tx.fetch_all(_ANY_BY_FORMER_KEY if actor.is_admin else _BY_FORMER_KEY, **values)
    rows = [RailProject(*row) for row in found]
    rows.sort(key=lambda project: project.workspace_id != workspace_id)
    return rows[0] if rows else None


def _is_one_of(role: AnyColumn, *roles: Role) -> sa.ColumnElement[bool]:
    return sa.or_(*(role == each for each in roles))


_VIEWER = Statement(
    sa.select(users.c.id, users.c.name, users.c.email, users.c.image, users.c.preferences).where(
        users.c.id == sa.bindparam("user_id")
    )
)
_WORKSPACES = Statement(
    sa.select(workspaces.c.id, workspaces.c.name, workspaces.c.slug)
    .where(is_any_of(workspaces.c.id, "workspace_ids"), workspaces.c.deleted_at.is_(None))
    .order_by(workspaces.c.name_sort, workspaces.c.id)
)
_COLUMNS = (*(projects.c[name] for name in RailProject.__struct_fields__[:-1]), project_members.c.role)
_PROJECTS = Statement(
    visible_projects(*_COLUMNS)
    .where(projects.c.status == "active")
    .order_by(project_members.c.user_id.is_(None), projects.c.name_sort, projects.c.id)
    .limit(MAX_PROJECTS)
)
_WRITES = sa.or_(
    _is_one_of(workspace_members.c.role, "OWNER", "ADMIN"),
    _is_one_of(project_members.c.role, "OWNER", "ADMIN", "MEMBER"),
)
_WRITABLE = Statement(
    visible_projects(*_COLUMNS)
    .where(projects.c.status == "active", _WRITES)
    .order_by(project_members.c.user_id.is_(None), projects.c.name_sort, projects.c.id)
    .limit(MAX_WRITABLE)
)
_CAN_ADD = (users.c.disabled_at.is_(None), users.c.role != "VIEWER")


def _who_adds(members: sa.Table, place: sa.ColumnElement[str], name: str) -> Statement:
    """Name those who may add people to a place, owners first."""
    return Statement(
        sa.select(users.c.name)
        .select_from(members.join(users, users.c.id == members.c.user_id))
        .where(place == sa.bindparam(name), _is_one_of(members.c.role, "OWNER", "ADMIN"), *_CAN_ADD)
        .order_by(members.c.role, members.c.created_at, users.c.id)
        .limit(MAX_NAMES)
    )


_WHO_ADDS = _who_adds(project_members, project_members.c.project_id, "project")
_WHO_ADDS_IN_WORKSPACE = _who_adds(workspace_members, workspace_members.c.workspace_id, "workspace")
_IN_ORDER = (projects.c.created_at, projects.c.id)
_HAS_KEY = projects.c.key == sa.bindparam("key")
_HAD_KEY = projects.c.id.in_(
    sa.select(former_project_keys.c.project_id).where(former_project_keys.c.key == sa.bindparam("key"))
)
_BY_KEY, _BY_FORMER_KEY = (
    Statement(visible_projects(*_COLUMNS, named=True).where(named).order_by(*_IN_ORDER))
    for named in (_HAS_KEY, _HAD_KEY)
)
_IS_IN = (project_members.c.project_id == projects.c.id) & (project_members.c.user_id == sa.bindparam("actor_id"))
_ANY_BY_KEY, _ANY_BY_FORMER_KEY = (
    Statement(
        sa.select(*_COLUMNS)
        .select_from(projects.outerjoin(project_members, _IS_IN))
        .where(named, projects.c.deleted_at.is_(None))
        .order_by(*_IN_ORDER)
    )
    for named in (_HAS_KEY, _HAD_KEY)
)
