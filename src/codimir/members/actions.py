"""What can be done to members of workspaces and of projects.

Administrators manage members; who is owner is a matter of owners. There is always an owner where there was one.
"""

from functools import lru_cache

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, require
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.events.recording import record
from codimir.events.types import MemberRemoved, MemberRoleChanged
from codimir.http.errors import Conflict, Forbidden, InvalidInput
from codimir.members.joining import may_join
from codimir.members.queries import (
    OF_PROJECTS,
    Roster,
    count_owners,
    find_person,
    projects_of,
    roster_of,
    was_taken_out,
)
from codimir.members.schemas import Member, MemberAdd
from codimir.model.enums import ROLES, Role
from codimir.offboarding.actions import end_what_exceeds_rights, withdraw_invitations_of
from codimir.problems.problem import Problem
from codimir.projects.members import add_project_member
from codimir.projects.ownership import owned_projects, reassign_owner
from codimir.projects.queries import FoundProject
from codimir.workspaces.actions import add_workspace_member

MAY_NOT = Problem("member_management_forbidden")
MAY_NOT_JOIN = Problem("join_administrators_only")
TAKEN_OUT = Problem("join_after_removal")
ONLY_OWNERS = Problem("ownership_owners_only")


class AlreadyMember(Conflict):
    """Someone is in there already."""

    problem = Problem("already_member")


class LastOwner(Conflict):
    """Nobody else owns it."""

    problem = Problem("last_owner")


async def add_member(tx: Transaction, actor: Actor, scope: Scope, new: MemberAdd) -> str:
    """Make someone a member of a workspace or a project; give their id."""
    require(actor, Permission.MEMBER_MANAGE, scope, MAY_NOT)
    if new.role == "OWNER":
        require(actor, Permission.OWNER_MANAGE, scope, ONLY_OWNERS)
    user_id = await _person(tx, actor, scope, new)
    if await _role_of(tx, scope, user_id) is not None:
        raise AlreadyMember.about("userId" if new.user_id is not None else "email")
    if scope.project_id is None:
        await add_workspace_member(tx, actor.id, scope.workspace_id, user_id, new.role)
    else:
        await add_project_member(tx, actor.id, scope.workspace_id, scope.project_id, user_id, new.role)
    return user_id


async def join_project(tx: Transaction, actor: Actor, found: FoundProject) -> str:
    """Make the actor a member of a project that people of its workspace may join; return their id.

    Raises Forbidden where they may not, AlreadyMember where they need not.
    """
    scope = found.scope
    if scope.project_role is not None:
        raise AlreadyMember(Problem("you_are_member_of_project"))
    if scope.project_id is None or not may_join(actor, scope, found.join_policy):
        raise Forbidden(MAY_NOT_JOIN)
    if await was_taken_out(tx, scope, actor.id):
        raise Forbidden(TAKEN_OUT)
    await add_project_member(tx, actor.id, scope.workspace_id, scope.project_id, actor.id, "MEMBER")
    return actor.id


async def change_role(tx: Transaction, actor: Actor, scope: Scope, member: Member, role: Role) -> None:
    """Make a member more or less than they were; what they started and may no longer do ends."""
    require(actor, Permission.MEMBER_MANAGE, scope, MAY_NOT)
    if role == member.role:
        return
    if "OWNER" in (role, member.role):
        require(actor, Permission.OWNER_MANAGE, scope, ONLY_OWNERS)
    await _require_other_owner(tx, scope, member)
    roster = roster_of(scope)
    await tx.execute(_set_role(roster), place=roster.place_of(scope), user=member.user_id, role=role)
    if scope.project_id is not None and member.role == "OWNER":
        await reassign_owner(tx, scope.project_id, member.user_id)
    changes = {"role": (member.role, role)}
    happened = MemberRoleChanged(
        workspace_id=scope.workspace_id, project_id=scope.project_id, subject_id=member.user_id, changes=changes
    )
    await record(tx, actor.id, happened)
    if ROLES.index(role) > ROLES.index(member.role):
        await end_what_exceeds_rights(tx, actor.id, member.user_id)


async def remove_member(tx: Transaction, actor: Actor, scope: Scope, member: Member) -> None:
    """Let someone leave a workspace, and with it its projects, or a project; everyone may leave by themselves.

    What they started there ends: invitations are withdrawn, and webhooks wait for another administrator's confirmation.
    """
    if member.user_id != actor.id or actor.only_reads:
        require(actor, Permission.MEMBER_MANAGE, scope, MAY_NOT)
        if member.role == "OWNER":
            require(actor, Permission.OWNER_MANAGE, scope, ONLY_OWNERS)
    await _require_other_owner(tx, scope, member)
    if scope.project_id is None:
        for project_id, role in await projects_of(tx, scope.workspace_id, member.user_id):
            await _remove(tx, actor, Scope(scope.workspace_id, project_id), member.user_id, role)
        for project_id in await owned_projects(tx, scope.workspace_id, member.user_id):
            await reassign_owner(tx, project_id, member.user_id)
    await _remove(tx, actor, scope, member.user_id, member.role)
    if scope.project_id is None:
        await withdraw_invitations_of(tx, actor.id, scope.workspace_id, member.user_id)
    await end_what_exceeds_rights(tx, actor.id, member.user_id)


async def _remove(tx: Transaction, actor: Actor, scope: Scope, user_id: str, role: Role) -> None:
    roster = roster_of(scope)
    await tx.execute(_delete(roster), place=roster.place_of(scope), user=user_id)
    if scope.project_id is not None:
        await reassign_owner(tx, scope.project_id, user_id)
    changes = {"userId": (user_id, None), "role": (role, None)}
    happened = MemberRemoved(
        workspace_id=scope.workspace_id, project_id=scope.project_id, subject_id=user_id, changes=changes
    )
    await record(tx, actor.id, happened)


async def _person(tx: Transaction, actor: Actor, scope: Scope, new: MemberAdd) -> str:
    if (new.user_id is None) == (new.email is None):
        raise InvalidInput.fields(userId=Problem("one_person"))
    found = await find_person(tx, actor, scope, user_id=new.user_id, email=new.email)
    if found is None:
        if new.user_id is None:
            is_in_project = scope.project_id is not None
            raise InvalidInput.fields(
                email=Problem("email_not_in_workspace" if is_in_project else "email_of_nobody_to_add")
            )
        raise InvalidInput.fields(userId=Problem("invalid_id", kind="user"))
    return found


async def _role_of(tx: Transaction, scope: Scope, user_id: str) -> Role | None:
    roster = roster_of(scope)
    role: Role | None = await tx.fetch_value(_role(roster), place=roster.place_of(scope), user=user_id)
    return role


async def _require_other_owner(tx: Transaction, scope: Scope, member: Member) -> None:
    if member.role == "OWNER" and await count_owners(tx, scope) == 1:
        raise LastOwner


def _is_member(roster: Roster) -> sa.ColumnElement[bool]:
    return (roster.place == sa.bindparam("place")) & (roster.table.c.user_id == sa.bindparam("user"))


@lru_cache(maxsize=2)
def _role(roster: Roster) -> Statement:
    return Statement(sa.select(roster.table.c.role).where(_is_member(roster)))


@lru_cache(maxsize=2)
def _set_role(roster: Roster) -> Statement:
    role = sa.bindparam("role", type_=OF_PROJECTS.table.c.role.type)
    return Statement(sa.update(roster.table).where(_is_member(roster)).values({"role": role}))


@lru_cache(maxsize=2)
def _delete(roster: Roster) -> Statement:
    return Statement(sa.delete(roster.table).where(_is_member(roster)))
