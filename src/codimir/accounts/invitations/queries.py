"""Reading invitations."""

from datetime import datetime

import msgspec
import sqlalchemy as sa

from codimir.accounts.invitations.proofs import hash_of_invitation
from codimir.accounts.invitations.schemas import Invitation, InvitationOffer, InvitedProject
from codimir.authentication.links import LinkExpired
from codimir.authentication.standing import find_actor
from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, require
from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Row, Statement, is_any_of
from codimir.http.errors import Forbidden, NotFound
from codimir.http.paging import Page, Paged, PageQuery, page_of_rows
from codimir.model.enums import ROLES, Role
from codimir.model.invitations import invitations
from codimir.model.projects import projects
from codimir.model.schemas import Person
from codimir.model.users import users
from codimir.model.workspaces import workspace_members, workspaces
from codimir.offboarding.actions import role_to_give
from codimir.problems.problem import Problem
from codimir.users.queries import find_account, get_person
from codimir.workspaces.queries import find_visible_workspace, get_workspace

MAY_NOT = Problem("invitation_forbidden")


class FoundInvitation(msgspec.Struct, frozen=True):
    """A live invitation, found by its token."""

    id: str
    workspace_id: str
    email: str | None
    role: Role
    invited_by_id: str
    expires_at: datetime
    project_ids: list[str]


FOUND = Projection(FoundInvitation, invitations)
INVITATION = Projection(Invitation, invitations, invited_by=Projection(Person, users), projects=None)
PROJECT = Projection(InvitedProject, projects)


async def get_invitable_workspace(tx: Transaction, actor: Actor, workspace_id: str) -> Scope:
    """Find a workspace into which the actor may invite.

    Raises NotFound where they do not see it, Forbidden where they may not.
    """
    if await find_visible_workspace(tx, actor, workspace_id) is None:
        raise NotFound(Problem("resource_not_found", kind="Workspace"))
    scope = Scope(workspace_id)
    require(actor, Permission.MEMBER_INVITE, scope, MAY_NOT)
    return scope


async def list_invitations(tx: Transaction, scope: Scope, query: PageQuery) -> Page[Invitation]:
    """Return one page of the invitations into a workspace that nobody has accepted, the newest first."""
    total, rows = await page_of_rows(tx, _LISTED, query, workspace_id=scope.workspace_id)
    return query.of([await _invitation(tx, row) for row in rows], total)


async def get_invitation(tx: Transaction, scope: Scope, invitation_id: str) -> Invitation:
    """Find an invitation into a workspace.

    Raises NotFound when it is not there.
    """
    row = await tx.fetch_one(_ONE, workspace_id=scope.workspace_id, invitation_id=invitation_id)
    if row is None:
        raise NotFound(Problem("resource_not_found", kind="Invitation"))
    return await _invitation(tx, row)


class InviterMayNot(Forbidden):
    """Whoever invited someone may not do so any more."""

    problem = Problem("inviter_may_not")


async def get_offered(tx: Transaction, token: str) -> FoundInvitation:
    """Find the invitation of a link; its role is at most what whoever sent it may still give.

    Raises LinkExpired where it is not valid, InviterMayNot where they may not invite any more.
    """
    row = await tx.fetch_one(_OFFERED, hash=hash_of_invitation(token), now=tx.now)
    if row is None:
        raise LinkExpired
    found = FOUND.make(row)
    highest = await role_to_give(tx, await find_actor(tx, found.invited_by_id), found.workspace_id)
    if highest is None:
        raise InviterMayNot
    return msgspec.structs.replace(found, role=max(found.role, highest, key=ROLES.index))


async def hold_invitation(tx: Transaction, token: str) -> None:
    """Let nobody take rights in the workspace of an invitation until the end of this transaction."""
    await tx.fetch_all(_HOLD, hash=hash_of_invitation(token))


async def get_offer(tx: Transaction, token: str) -> InvitationOffer:
    """Return what the link of an invitation offers.

    Raises LinkExpired where it is not valid, InviterMayNot where who sent it may not invite any more.
    """
    found = await get_offered(tx, token)
    return InvitationOffer(
        email=found.email,
        role=found.role,
        workspace=await get_workspace(tx, found.workspace_id),
        invited_by=await get_person(tx, found.invited_by_id),
        expires_at=found.expires_at,
        has_account=found.email is not None and await find_account(tx, found.email) is not None,
        projects=await list_projects_of(tx, found.workspace_id, found.project_ids),
    )


async def is_member(tx: Transaction, workspace_id: str, email_key: str) -> bool:
    """Return whether someone with this e-mail is in a workspace."""
    return await tx.fetch_value(_IS_MEMBER, workspace_id=workspace_id, email_key=email_key) is not None


async def list_projects_of(tx: Transaction, workspace_id: str, refs: list[str]) -> list[InvitedProject]:
    """Return the projects of a workspace that are not deleted and have one of these ids or keys, by name."""
    if not refs:
        return []
    keys = [ref.upper() for ref in refs]
    return PROJECT.all(await tx.fetch_all(_PROJECTS, refs=refs, keys=keys, workspace_id=workspace_id))


async def _invitation(tx: Transaction, row: Row) -> Invitation:
    (workspace_id, project_ids), values = row[:2], row[2:]
    return INVITATION.make(values, projects=await list_projects_of(tx, workspace_id, project_ids))


_WORKSPACE_ID = invitations.c.workspace_id == sa.bindparam("workspace_id")
_SHOWN = (
    sa.select(invitations.c.workspace_id, invitations.c.project_ids, *INVITATION.columns)
    .select_from(invitations.join(users, users.c.id == invitations.c.invited_by_id))
    .where(_WORKSPACE_ID)
)
_PROJECTS = Statement(
    sa.select(*PROJECT.columns)
    .where(
        projects.c.workspace_id == sa.bindparam("workspace_id"),
        projects.c.deleted_at.is_(None),
        is_any_of(projects.c.id, "refs") | is_any_of(projects.c.key, "keys"),
    )
    .order_by(projects.c.name_sort, projects.c.id)
)
_LISTED = Paged(INVITATION, _SHOWN, invitations.c.created_at.desc(), invitations.c.id.desc())
_ONE = Statement(_SHOWN.where(invitations.c.id == sa.bindparam("invitation_id")))
_OFFERED = Statement(
    sa.select(*FOUND.columns)
    .select_from(invitations.join(workspaces, workspaces.c.id == invitations.c.workspace_id))
    .where(
        invitations.c.token_hash == sa.bindparam("hash"),
        invitations.c.expires_at > sa.bindparam("now", type_=invitations.c.expires_at.type),
        workspaces.c.deleted_at.is_(None),
    )
)
_HOLD = Statement(
    sa.select(workspaces.c.id)
    .select_from(workspaces.join(invitations, workspaces.c.id == invitations.c.workspace_id))
    .where(invitations.c.token_hash == sa.bindparam("hash"))
    .with_for_update(of=workspaces)
)
_IS_MEMBER = Statement(
    sa.select(workspace_members.c.user_id)
    .select_from(workspace_members.join(users, users.c.id == workspace_members.c.user_id))
    .where(
        workspace_members.c.workspace_id == sa.bindparam("workspace_id"),
        users.c.email_key == sa.bindparam("email_key"),
    )
)
