"""Ask people into a workspace, and let them in."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from codimir.accounts.invitations.queries import (
    FoundInvitation,
    get_offered,
    hold_invitation,
    is_member,
    list_projects_of,
)
from codimir.accounts.invitations.schemas import Arrival, Invitation, InvitationCreate, Newcomer
from codimir.authentication.links import LinkExpired, new_link_token
from codimir.authentication.tokens import hash_of
from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope, require_unbound, role_in
from codimir.config import Settings
from codimir.database.core import Transaction
from codimir.database.statements import Statement, insert_into
from codimir.events.recording import record
from codimir.events.types import MemberInvited
from codimir.http.errors import Conflict, Forbidden, InvalidInput
from codimir.kit.emails import email_key
from codimir.kit.ids import new_id
from codimir.model.enums import ROLES, Role
from codimir.model.invitations import invitations
from codimir.offboarding.actions import withdraw_invitation
from codimir.offboarding.schemas import StartedInvitation
from codimir.problems.problem import Problem
from codimir.projects.members import add_project_member
from codimir.users.actions import create_user
from codimir.users.queries import get_person
from codimir.workspaces.actions import add_workspace_member
from codimir.workspaces.queries import get_workspace

LENGTH = timedelta(days=7)


class AlreadyMember(Conflict):
    """Someone is in the workspace already."""

    problem = Problem("already_member_of_workspace")


def does_instance_let_invite(actor: Actor, settings: Settings) -> bool:
    """Return whether the instance lets the actor invite people where they manage members."""
    return settings.who_invites == "managers" or actor.is_admin


def require_may_invite(actor: Actor, settings: Settings) -> None:
    """Raise Forbidden where the instance lets only its administrators invite people, and the actor is none."""
    if not does_instance_let_invite(actor, settings):
        raise Forbidden(Problem("invitation_administrators_only"))


def require_email_where_mailed(new: InvitationCreate, *, is_mailed: bool) -> None:
    """Raise InvalidInput for an invitation without an e-mail where the instance sends mail."""
    if is_mailed and new.email is None:
        raise InvalidInput.fields(email=Problem("invitation_email_required"))


async def invite(tx: Transaction, actor: Actor, scope: Scope, new: InvitationCreate) -> tuple[str, str]:
    """Ask someone into a workspace; give the invitation's id and the token of its link, the only time it is known.

    An earlier invitation of the same e-mail is replaced. Without an e-mail the invitation is for whoever has its link.
    Nobody invites into a higher role than their own.

    Raises InvalidInput for projects that are not of this workspace.
    """
    if ROLES.index(new.role) < ROLES.index(role_in(actor, scope)):
        raise Forbidden(Problem("invitation_role_forbidden", role=new.role))
    project_ids = await _invitable_projects(tx, scope.workspace_id, new.project_ids)
    key = None if new.email is None else await _free_key(tx, scope.workspace_id, new.email)
    invitation_id, token = new_id("invitation"), new_link_token()
    await tx.execute(
        insert_into(invitations), id=invitation_id, workspace_id=scope.workspace_id, token_hash=hash_of(token),
        email=new.email, email_key=key, role=new.role, invited_by_id=actor.id, created_at=tx.now,
        expires_at=tx.now + LENGTH, project_ids=project_ids,
    )  # fmt: skip
    said = {"email": new.email, "role": new.role, "projectIds": project_ids}
    changes: dict[str, tuple[Any, Any]] = {name: (None, value) for name, value in said.items() if value}
    event = MemberInvited(workspace_id=scope.workspace_id, subject_id=invitation_id, changes=changes)
    await record(tx, actor.id, event)
    return invitation_id, token


async def delete_invitation(tx: Transaction, actor: Actor, invitation: Invitation) -> None:
    """Take an invitation back: its link is not valid any more."""
    started = StartedInvitation(**{name: getattr(invitation, name) for name in StartedInvitation.__struct_fields__})
    await withdraw_invitation(tx, actor.id, started)


async def accept_invitation(tx: Transaction, actor: Actor, token: str) -> Arrival:
    """Let in someone who is there already, under whichever e-mail: the link is what counts.

    Raises LinkExpired where it is not valid, AlreadyMember where it is not needed.
    """
    require_unbound(actor, Problem("token_cannot_join"))
    await hold_invitation(tx, token)
    found = await get_offered(tx, token)
    person = await get_person(tx, actor.id)
    if await is_member(tx, found.workspace_id, email_key(person.email)):
        raise AlreadyMember(Problem("you_are_member_of_workspace"))
    return await _let_in(tx, found, actor.id)


async def join_as_newcomer(
    tx: Transaction, token: str, newcomer: Newcomer, password_hash: str, *, is_email_proven: bool = False
) -> Arrival:
    """Create the account of someone who was invited, and let them in.

    Their e-mail is proven where their link is the one that was mailed to it.

    Raises LinkExpired where the link is not valid, InvalidInput for an e-mail that is missing or is not that of the
    invitation, EmailTaken where somebody has the e-mail.
    """
    await hold_invitation(tx, token)
    found = await get_offered(tx, token)
    is_proven = is_email_proven and found.email is not None
    email = email_to_join_with(found, newcomer)
    user_id = await create_user(tx, email, newcomer.name, "EDITOR", password_hash, is_email_proven=is_proven)
    return await _let_in(tx, found, user_id)


def email_to_join_with(found: FoundInvitation, newcomer: Newcomer) -> str:
    """Return the e-mail of an invitation; where it has none, the one that whoever comes gives.

    Raises InvalidInput where neither has one, or where they give another than that of the invitation.
    """
    email = found.email or newcomer.email
    if email is None:
        raise InvalidInput.fields(email=Problem("required", field="Email"))
    if newcomer.email is not None and email_key(newcomer.email) != email_key(email):
        raise InvalidInput.fields(email=Problem("invitation_of_other_email"))
    return email


async def _free_key(tx: Transaction, workspace_id: str, email: str) -> str:
    """Return the key of an e-mail, once no earlier invitation has it; raise AlreadyMember where a member has it."""
    key = email_key(email)
    if await is_member(tx, workspace_id, key):
        raise AlreadyMember.about("email")
    await tx.execute(_DELETE_EARLIER, workspace_id=workspace_id, email_key=key)
    return key


async def _let_in(tx: Transaction, found: FoundInvitation, user_id: str) -> Arrival:
    if await tx.fetch_value(_TAKE, invitation_id=found.id) is None:
        raise LinkExpired
    await add_workspace_member(tx, user_id, found.workspace_id, user_id, found.role)
    joined = await list_projects_of(tx, found.workspace_id, found.project_ids)
    for project in joined:
        role: Role = "VIEWER" if found.role == "VIEWER" else "MEMBER"
        await add_project_member(tx, user_id, found.workspace_id, project.id, user_id, role)
    return Arrival(await get_person(tx, user_id), await get_workspace(tx, found.workspace_id), found.role, joined)


async def _invitable_projects(tx: Transaction, workspace_id: str, refs: list[str]) -> list[str]:
    """Return the ids of the projects that are named; who may invite administers every project of the workspace."""
    found = await list_projects_of(tx, workspace_id, refs)
    known = {project.id for project in found} | {project.key for project in found}
    wrong = [ref for ref in refs if ref not in known and ref.upper() not in known]
    if wrong:
        raise InvalidInput(
            details={
                "projectIds": [Problem("invalid_id_named", kind="project", id=ref) for ref in dict.fromkeys(wrong)]
            }
        )
    return [project.id for project in found]


_DELETE_EARLIER = Statement(
    sa.delete(invitations).where(
        invitations.c.workspace_id == sa.bindparam("workspace_id"),
        invitations.c.email_key == sa.bindparam("email_key"),
    )
)
_TAKE = Statement(
    sa.delete(invitations).where(invitations.c.id == sa.bindparam("invitation_id")).returning(invitations.c.id)
)
