"""What the body of a ticket names: its project, workspace, people, group and labels."""

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope, is_visible
from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.kit.values import ReadOnlyValues
from codimir.model.enums import Role
from codimir.model.groups import groups
from codimir.model.labels import labels
from codimir.model.projects import former_project_keys, project_members, projects
from codimir.model.users import users
from codimir.model.workspaces import workspace_members, workspaces
from codimir.problems.problem import Problem, Problems


class Place(msgspec.Struct, frozen=True):
    """Where a ticket is or goes."""

    scope: Scope
    name: str | Problem = Problem("this_workspace")
    """What the project is called, in messages"""


async def find_project(tx: Transaction, actor: Actor, ref: str, workspace_id: str | None = None) -> Place | None:
    """Find a project that the actor sees by its id or a key, also a former one; of several that in the workspace."""
    seen = []
    for project_id, place_id, visibility, role, status, name in await tx.fetch_all(
        _PROJECT, ref=ref, key=ref.upper(), actor_id=actor.id
    ):
        scope = Scope(place_id, project_id, visibility, role, status == "archived")
        if is_visible(actor, scope):
            seen.append(Place(scope, name))
    there = (place for place in seen if place.scope.workspace_id == workspace_id)
    return next(there, seen[0] if seen else None)


async def find_workspace(tx: Transaction, actor: Actor, ref: str | None) -> Place | None:
    """Find a workspace that the actor sees; without a name their first one."""
    if ref is None:
        ref = next(iter(actor.workspaces), None)
    if actor.is_admin:
        found = await tx.fetch_value(_FIRST_WORKSPACE if ref is None else _WORKSPACE, ref=ref)
        return Place(Scope(found)) if found else None
    return Place(Scope(ref)) if ref in actor.workspaces else None


async def reference_errors(tx: Transaction, values: ReadOnlyValues, place: Place | None) -> Problems:
    """Return which of the named people, groups and labels a ticket in this place cannot have.

    Without a place (it is itself wrong, or not known yet) nothing is said about what depends on it.
    """
    problems: Problems = {}
    if place is None:
        return problems
    assignee = values.get("assignee_id")
    if isinstance(assignee, str) and not await can_see(tx, assignee, place.scope):
        problems["assigneeId"] = [Problem("invalid_id", kind="assignee")]
    group = values.get("group_id")
    if isinstance(group, str) and await tx.fetch_value(_GROUP, group=group, workspace=place.scope.workspace_id) is None:
        problems["groupId"] = [Problem("invalid_id", kind="group")]
    wanted = values.get("label_ids")
    if isinstance(wanted, list) and wanted:
        usable = await usable_labels(tx, wanted, place.scope)
        wrong = [label for label in dict.fromkeys(wanted) if label not in usable]
        if wrong:
            problems["labelIds"] = [Problem("invalid_id_named", kind="label", id=label) for label in wrong]
    return problems


async def usable_labels(tx: Transaction, label_ids: list[str], scope: Scope) -> set[str]:
    """Return those of the labels that a ticket in a place can have: its workspace's and its project's."""
    rows = await tx.fetch_all(_LABELS, named=label_ids, workspace=scope.workspace_id, project=scope.project_id)
    return {row[0] for row in rows}


async def can_see(tx: Transaction, user_id: str, scope: Scope) -> bool:
    """Return whether a person, who is not disabled, can see what is in a place."""
    row = await tx.fetch_one(_PERSON, user=user_id, workspace=scope.workspace_id, project=scope.project_id)
    if row is None:
        return False
    name, instance_role, workspace_role, project_role = row
    memberships: dict[str, Role] = {scope.workspace_id: workspace_role} if workspace_role else {}
    return is_visible(
        Actor(user_id, name, instance_role, memberships),
        Scope(scope.workspace_id, scope.project_id, scope.visibility, project_role),
    )


_KEY = sa.bindparam("key", type_=sa.Text())
_PROJECT = Statement(
    sa.select(
        projects.c.id,
        projects.c.workspace_id,
        projects.c.visibility,
        project_members.c.role,
        projects.c.status,
        projects.c.name,
    )
    .select_from(
        projects.outerjoin(
            project_members,
            (project_members.c.project_id == projects.c.id) & (project_members.c.user_id == sa.bindparam("actor_id")),
        )
    )
    .where(
        sa.or_(
            projects.c.id == sa.bindparam("ref"),
            projects.c.key == _KEY,
            projects.c.id.in_(sa.select(former_project_keys.c.project_id).where(former_project_keys.c.key == _KEY)),
        ),
        projects.c.deleted_at.is_(None),
    )
    .order_by(
        (projects.c.id == sa.bindparam("ref")).desc(),
        (projects.c.key == _KEY).desc(),
        projects.c.created_at,
        projects.c.id,
    )
)
_WORKSPACE = Statement(
    sa.select(workspaces.c.id).where(workspaces.c.id == sa.bindparam("ref"), workspaces.c.deleted_at.is_(None))
)
_FIRST_WORKSPACE = Statement(
    sa.select(workspaces.c.id)
    .where(workspaces.c.deleted_at.is_(None))
    .order_by(workspaces.c.created_at, workspaces.c.id)
    .limit(1)
)
_GROUP = Statement(
    sa.select(groups.c.id).where(
        groups.c.id == sa.bindparam("group"),
        groups.c.workspace_id == sa.bindparam("workspace"),
        groups.c.deleted_at.is_(None),
    )
)
_LABELS = Statement(
    sa.select(labels.c.id).where(
        is_any_of(labels.c.id, "named"),
        labels.c.deleted_at.is_(None),
        labels.c.workspace_id == sa.bindparam("workspace"),
        sa.or_(labels.c.project_id.is_(None), labels.c.project_id == sa.bindparam("project")),
    )
)
_PERSON = Statement(
    sa.select(users.c.name, users.c.role, workspace_members.c.role, project_members.c.role)
    .select_from(
        users.outerjoin(
            workspace_members,
            (workspace_members.c.user_id == users.c.id)
            & (workspace_members.c.workspace_id == sa.bindparam("workspace")),
        ).outerjoin(
            project_members,
            (project_members.c.user_id == users.c.id) & (project_members.c.project_id == sa.bindparam("project")),
        )
    )
    .where(users.c.id == sa.bindparam("user"), users.c.disabled_at.is_(None))
)
