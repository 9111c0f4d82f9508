"""Who owns a project: one person stands for it, others may be owners among its members too."""

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, require
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.events.recording import record
from codimir.events.types import MemberRoleChanged
from codimir.http.errors import InvalidInput
from codimir.model.enums import Role
from codimir.model.projects import project_members, projects
from codimir.model.users import users
from codimir.model.workspaces import workspace_members
from codimir.problems.problem import Problem
from codimir.projects.members import add_project_member
from codimir.projects.queries import FoundProject


async def transfer_ownership(tx: Transaction, actor: Actor, found: FoundProject, owner_id: str) -> None:
    """Give a project to someone in its workspace, who becomes an owner; who had it stays as its administrator.

    Raises InvalidInput when there is no such person.
    """
    require(actor, Permission.PROJECT_GIVE, found.scope, Problem("project_transfer_owners_only"))
    project = found.project
    person = await tx.fetch_one(_PERSON, user=owner_id, workspace=project.workspace_id, project=project.id)
    if person is None:
        raise InvalidInput.fields(ownerId=Problem("invalid_id", kind="owner"))
    (role,) = person
    if role is None:
        await add_project_member(tx, actor.id, project.workspace_id, project.id, owner_id, "OWNER")
    else:
        await _set_role(tx, actor, found, owner_id, role, "OWNER")
    before = await tx.fetch_one(_PERSON, user=project.owner_id, workspace=project.workspace_id, project=project.id)
    if before is not None and before[0] is not None:
        await _set_role(tx, actor, found, project.owner_id, before[0], "ADMIN")


async def reassign_owner(tx: Transaction, project_id: str, user_id: str) -> None:
    """Let another owner stand for a project when this person, who did, is no owner of it any more.

    That is its earliest other owner, or else the earliest owner of its workspace.
    """
    next_owner = await tx.fetch_value(_NEXT_OF_PROJECT, project=project_id, user=user_id)
    if next_owner is None:
        next_owner = await tx.fetch_value(_NEXT_OF_WORKSPACE, project=project_id, user=user_id)
    if next_owner is not None:
        await tx.execute(_STAND_FOR, project=project_id, user=user_id, owner=next_owner)


async def owned_projects(tx: Transaction, workspace_id: str, user_id: str) -> list[str]:
    """Return the projects of a workspace that a person stands for, without being a member perhaps."""
    return await tx.fetch_column(_OWNED, workspace=workspace_id, user=user_id)


async def _set_role(tx: Transaction, actor: Actor, found: FoundProject, user_id: str, old: Role, new: Role) -> None:
    if old == new:
        return
    await tx.execute(_SET_ROLE, project=found.project.id, user=user_id, role=new)
    happened = MemberRoleChanged(
        workspace_id=found.project.workspace_id, project_id=found.project.id, subject_id=user_id,
        changes={"role": (old, new)},
    )  # fmt: skip
    await record(tx, actor.id, happened)


_is_member = (project_members.c.project_id == sa.bindparam("project")) & (
    project_members.c.user_id == sa.bindparam("user")
)
_PERSON = Statement(
    sa.select(project_members.c.role)
    .select_from(
        workspace_members.join(users, users.c.id == workspace_members.c.user_id).outerjoin(
            project_members,
            (project_members.c.project_id == sa.bindparam("project")) & (project_members.c.user_id == users.c.id),
        )
    )
    .where(
        users.c.id == sa.bindparam("user"),
        users.c.disabled_at.is_(None),
        workspace_members.c.workspace_id == sa.bindparam("workspace"),
    )
)
_SET_ROLE = Statement(
    sa.update(project_members).where(_is_member).values(role=sa.bindparam("role", type_=project_members.c.role.type))
)
_OWNED = Statement(
    sa.select(projects.c.id).where(
        projects.c.workspace_id == sa.bindparam("workspace"), projects.c.owner_id == sa.bindparam("user")
    )
)
_NEXT_OF_PROJECT = Statement(
    sa.select(project_members.c.user_id)
    .where(
        project_members.c.project_id == sa.bindparam("project"),
        project_members.c.role == "OWNER",
        project_members.c.user_id != sa.bindparam("user"),
    )
    .order_by(project_members.c.created_at, project_members.c.user_id)
    .limit(1)
)
_NEXT_OF_WORKSPACE = Statement(
    sa.select(workspace_members.c.user_id)
    .select_from(projects.join(workspace_members, workspace_members.c.workspace_id == projects.c.workspace_id))
    .where(
        projects.c.id == sa.bindparam("project"),
        workspace_members.c.role == "OWNER",
        workspace_members.c.user_id != sa.bindparam("user"),
    )
    .order_by(workspace_members.c.created_at, workspace_members.c.user_id)
    .limit(1)
)
_STAND_FOR = Statement(
    sa.update(projects)
    .where(projects.c.id == sa.bindparam("project"), projects.c.owner_id == sa.bindparam("user"))
    .values(owner_id=sa.bindparam("owner", type_=sa.Text()))
)
