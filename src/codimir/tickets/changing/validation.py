"""What the body of a ticket names: its project, workspace, people, group and labels."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope, is_visible
from codimir.database.core import Transaction
from codimir.database.statements import Row, Statement, is_any_of
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
    if place is None:
        return {}
    [problems] = await reference_errors_of_all(tx, [values], place)
    return problems


async def reference_errors_of_all(tx: Transaction, bodies: Sequence[ReadOnlyValues], place: Place) -> list[Problems]:
    """Return, for each of several tickets in a place, what `reference_errors` does; each table is asked once."""
    people = list(dict.fromkeys(each for body in bodies if isinstance(each := body.get("assignee_id"), str)))
    named = list(dict.fromkeys(each for body in bodies if isinstance(each := body.get("group_id"), str)))
    wanted = list(dict.fromkeys(each for body in bodies for each in _labels_in(body)))
    can_have = _Usable(
        await who_can_see(tx, people, place.scope) if people else set(),
        await _usable_groups(tx, named, place.scope) if named else set(),
        await usable_labels(tx, wanted, place.scope) if wanted else set(),
    )
    return [_wrong_references(body, can_have) for body in bodies]


class _Usable(NamedTuple):
    """What tickets in a place can have."""

    people: set[str]
    groups: set[str]
    labels: set[str]


def _labels_in(body: ReadOnlyValues) -> list[str]:
    given = body.get("label_ids")
    return given if isinstance(given, list) else []


def _wrong_references(body: ReadOnlyValues, usable: _Usable) -> Problems:
    problems: Problems = {}
    if isinstance(assignee := body.get("assignee_id"), str) and assignee not in usable.people:
        problems["assigneeId"] = [Problem("invalid_id", kind="assignee")]
    if isinstance(group := body.get("group_id"), str) and group not in usable.groups:
        problems["groupId"] = [Problem("invalid_id", kind="group")]
    if wrong := [label for label in dict.fromkeys(_labels_in(body)) if label not in usable.labels]:
        problems["labelIds"] = [Problem("invalid_id_named", kind="label", id=label) for label in wrong]
    return problems


async def usable_labels(tx: Transaction, label_ids: list[str], scope: Scope) -> set[str]:
    """Return those of the labels that a ticket in a place can have: its workspace's and its project's."""
    rows = await tx.fetch_all(_LABELS, named=label_ids, workspace=scope.workspace_id, project=scope.project_id)
    return {row[0] for row in rows}


async def _usable_groups(tx: Transaction, group_ids: list[str], scope: Scope) -> set[str]:
    return set(await tx.fetch_column(_GROUPS, named=group_ids, workspace=scope.workspace_id))


async def who_can_see(tx: Transaction, user_ids: list[str], scope: Scope) -> set[str]:
    """Return those of some people, who are not disabled, that can see what is in a place."""
    rows = await tx.fetch_all(_PEOPLE, named=user_ids, workspace=scope.workspace_id, project=scope.project_id)
    return {row[0] for row in rows if _sees(row, scope)}


def _sees(row: Row, scope: Scope) -> bool:
    user_id, name, instance_role, workspace_role, project_role = row
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
_GROUPS = Statement(
    sa.select(groups.c.id).where(
        is_any_of(groups.c.id, "named"),
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
_PEOPLE = Statement(
    sa.select(users.c.id, users.c.name, users.c.role, workspace_members.c.role, project_members.c.role)
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
    .where(is_any_of(users.c.id, "named"), users.c.disabled_at.is_(None))
)
