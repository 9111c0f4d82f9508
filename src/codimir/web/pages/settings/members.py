"""Who is in the workspace, and who is asked into it."""

from codimir.accounts.invitations import api as invitations
from codimir.accounts.invitations.actions import does_instance_let_invite
from codimir.accounts.invitations.schemas import InvitationCreate, InvitationSent
from codimir.authorization.permissions import Permission
from codimir.config import Settings
from codimir.http.paging import PageQuery
from codimir.http.requests import HttpRequest
from codimir.http.routing import get, post
from codimir.mail.sending import Mailer
from codimir.members import api as members
from codimir.members.schemas import MemberChange
from codimir.model.enums import ROLES
from codimir.offboarding.queries import count_started
from codimir.web.form_state import NOTHING, Answer, FormState, parsed, redisplay_on_error
from codimir.web.forms import Form
from codimir.web.page_context import Frame
from codimir.web.pages.settings.layout import may, page_of, saved, settings_page
from codimir.web.queries import RailProject, list_writable_projects

PATH = "/settings/members"


@get(PATH)
async def list_members(frame: Frame) -> Answer:
    """Show who is in the workspace."""
    if frame.workspace_id is None:
        return frame.redirect("/settings/workspace")
    return await _show(frame)


@post("/settings/members/{user_id:str}")
async def change_member(user_id: str, frame: Frame, form: Form) -> Answer:
    """Make a member more or less than they were."""

    async def do() -> Answer:
        change = parsed(MemberChange, role=form.get("role"))
        await frame.call(members.change_workspace_member, ref=frame.workspace_id or "", user_id=user_id, data=change)
        return saved(frame, PATH, at="members")

    return await redisplay_on_error(form, "members", do, lambda sent: _show(frame, sent))


@post("/settings/members/{user_id:str}/remove")
async def remove_member(user_id: str, frame: Frame, form: Form) -> Answer:
    """Take someone out of the workspace, or leave it."""

    async def do() -> Answer:
        await frame.call(members.remove_workspace_member, ref=frame.workspace_id or "", user_id=user_id)
        if user_id == frame.actor.id:
            return saved(frame, "/settings/profile", "removed")
        return saved(frame, PATH, "removed", at="members")

    return await redisplay_on_error(form, "members", do, lambda sent: _show(frame, sent))


@post("/settings/invitations")
async def invite(frame: Frame, form: Form, request: HttpRequest, mailer: Mailer, settings: Settings) -> Answer:
    """Ask someone in and show the link, this once; an invitation that it replaces is taken back."""

    async def do() -> Answer:
        projects, replaced = form.all("projectIds"), form.get("replaces")
        new = parsed(InvitationCreate, email=form.get("email") or None, role=form.get("role"), projectIds=projects)
        if replaced:
            await _delete_invitation(frame, replaced)
        made = await frame.call(invitations.invite, workspace_id=frame.workspace_id or "", data=new, request=request,
            mailer=mailer, settings=settings)  # fmt: skip
        return await _show(frame, invited=made.data)

    return await redisplay_on_error(form, "invite", do, lambda sent: _show(frame, sent))


@post("/settings/invitations/{invitation_id:str}/delete")
async def delete_invitation(invitation_id: str, frame: Frame) -> Answer:
    """Take an invitation back."""
    await _delete_invitation(frame, invitation_id)
    return saved(frame, PATH, "removed", at="invitations")


async def _delete_invitation(frame: Frame, invitation_id: str) -> None:
    await frame.call(invitations.delete_invitation, workspace_id=frame.workspace_id or "", invitation_id=invitation_id)


async def _show(frame: Frame, sent: FormState = NOTHING, invited: InvitationSent | None = None) -> Answer:
    query = PageQuery(page=page_of(frame), limit=50)
    place = frame.workspace_id or ""
    found = await frame.call(members.list_workspace_members, ref=place, query=query)
    instance_lets_invite = does_instance_let_invite(frame.actor, frame.request.app.state.settings)
    may_invite, waiting = may(frame, Permission.MEMBER_INVITE), []
    projects: list[RailProject] = []
    if may_invite:
        asked = await frame.call(invitations.list_invitations, workspace_id=place, query=PageQuery(limit=100))
        waiting = asked.data
        projects = await frame.db.read(lambda tx: list_writable_projects(tx, frame.actor, frame.workspace_id))
    may_manage = may(frame, Permission.MEMBER_MANAGE)
    people = [member.user_id for member in found.data] if may_manage else []
    started = await frame.db.read(lambda tx: count_started(tx, people, place))
    return await settings_page(
        frame, "members", frame.gettext("Members"), sent=sent, members=found, waiting=waiting, invited=invited,
        projects=projects,
        may_invite=may_invite, instance_lets_invite=instance_lets_invite,
        may_manage=may_manage, started=started, sends_mail=frame.request.app.state.mailer.is_configured,
        roles_given=ROLES if may(frame, Permission.OWNER_MANAGE) else ROLES[1:],
    )  # fmt: skip


ROUTES = (list_members, change_member, remove_member, invite, delete_invitation)
