"""The routes of invitations: those of the administrators of a workspace, and those of who holds a link."""

from codimir.accounts.invitations import actions, queries
from codimir.accounts.invitations.mail_limits import count_invitation_mail
from codimir.accounts.invitations.mails import invitation_mail
from codimir.accounts.invitations.proofs import proves_email, with_proof
from codimir.accounts.invitations.schemas import (
    Arrival,
    Invitation,
    InvitationCreate,
    InvitationOffer,
    InvitationSent,
    Newcomer,
    NotMailed,
)
from codimir.accounts.session_cookies import holder_of_link, start_session_here
from codimir.authentication.link_addresses import invitation_url
from codimir.authentication.password_hashing import PasswordHasher
from codimir.authentication.same_origin import own_origin, refuse_cross_site
from codimir.authentication.weak_passwords import refuse_own_words
from codimir.authorization.actor import Actor
from codimir.config import Settings
from codimir.database.core import Database, Transaction
from codimir.http.errors import Forbidden
from codimir.http.paging import Data, Page, PageQuery
from codimir.http.replies import Created, WithCookies
from codimir.http.requests import HttpRequest
from codimir.http.routing import ReadTx, WriteTx, delete, get, post
from codimir.kit.emails import email_key
from codimir.mail.messages import Mail
from codimir.mail.sending import Mailer
from codimir.problems.problem import Problem
from codimir.workspaces.queries import get_workspace


@get("/api/workspaces/{workspace_id:str}/invitations")
async def list_invitations(tx: ReadTx, actor: Actor, workspace_id: str, query: PageQuery) -> Page[Invitation]:
    """List the invitations that nobody has accepted yet, the newest first."""
    scope = await queries.get_invitable_workspace(tx, actor, workspace_id)
    return await queries.list_invitations(tx, scope, query)


@post("/api/workspaces/{workspace_id:str}/invitations", scope="admin")
async def invite(
    db: Database, actor: Actor, workspace_id: str, data: InvitationCreate, request: HttpRequest,
    mailer: Mailer, settings: Settings,
) -> Created[InvitationSent]:  # fmt: skip
    """Invite someone into a workspace. The reply has the link; it is mailed too where mail is configured.

    The link is good for 7 days, for one person. Inviting the same e-mail again replaces the link. One person's
    invitations are mailed 20 times an hour if the instance says nothing else, and to one e-mail once an hour;
    `notMailed` says why one is not. Who comes becomes a member of the projects in `projectIds` too.

    An instance that sends no mail needs no `email`: whoever is handed the link joins with their own.
    """
    actions.require_may_invite(actor, settings)
    actions.require_email_where_mailed(data, is_mailed=mailer.is_configured)
    mails: list[Mail] = []

    async def unit(tx: Transaction) -> Created[InvitationSent]:
        scope = await queries.get_invitable_workspace(tx, actor, workspace_id)
        invitation_id, token = await actions.invite(tx, actor, scope, data)
        invitation = await queries.get_invitation(tx, scope, invitation_id)
        url = invitation_url(own_origin(request), token)
        why_not = await _why_not_mailed(tx, mailer, actor, invitation, settings)
        name = (await get_workspace(tx, workspace_id)).name
        mailed = invitation_url(own_origin(request), with_proof(token, request.app.state.csrf_secret))
        to = invitation.email if why_not is None else None
        mails[:] = [] if to is None else [invitation_mail(to, invitation, name, mailed)]
        shown = {name: getattr(invitation, name) for name in Invitation.__struct_fields__}
        return Created(InvitationSent(**shown, url=url, mailed=why_not is None, not_mailed=why_not), _path(invitation))

    sent = await db.write(unit)
    for mail in mails:
        mailer.post(mail)
    return sent


@get("/api/workspaces/{workspace_id:str}/invitations/{invitation_id:str}")
async def get_invitation(tx: ReadTx, actor: Actor, workspace_id: str, invitation_id: str) -> Data[Invitation]:
    """Get an invitation that nobody has accepted yet."""
    scope = await queries.get_invitable_workspace(tx, actor, workspace_id)
    return Data(await queries.get_invitation(tx, scope, invitation_id))


@delete("/api/workspaces/{workspace_id:str}/invitations/{invitation_id:str}", scope="admin")
async def delete_invitation(tx: WriteTx, actor: Actor, workspace_id: str, invitation_id: str) -> None:
    """Take an invitation back."""
    scope = await queries.get_invitable_workspace(tx, actor, workspace_id)
    await actions.delete_invitation(tx, actor, await queries.get_invitation(tx, scope, invitation_id))


@get("/api/invitations/{token:str}")
async def get_offer(tx: ReadTx, token: str) -> Data[InvitationOffer]:
    """Say what the link of an invitation offers."""
    return Data(await queries.get_offer(tx, token))


@post("/api/invitations/{token:str}/accept", status=200, scope="admin")
async def accept_invitation(tx: WriteTx, actor: Actor, token: str) -> Data[Arrival]:
    """Accept an invitation as who you are signed in as."""
    return Data(await actions.accept_invitation(tx, actor, token))


@post("/api/invitations/{token:str}/join", status=200)
async def join(
    db: Database, token: str, data: Newcomer, request: HttpRequest, hashing: PasswordHasher, settings: Settings
) -> WithCookies[Arrival]:
    """Accept an invitation as someone new, with a name and a password, and sign in.

    An invitation without an e-mail asks for one; that of any other is its own, and another is refused.
    """
    refuse_cross_site(request)
    if settings.password_sign_in == "off":  # noqa: S105 - a switch
        raise Forbidden(Problem("provider_sign_in_first", provider=settings.oidc_name))
    offered = await db.read(lambda tx: queries.get_offered(tx, token))
    refuse_own_words(data.password, actions.email_to_join_with(offered, data), data.name)
    password_hash = await hashing.hash_password(data.password, holder_of_link(request))

    async def unit(tx: Transaction) -> WithCookies[Arrival]:
        is_proven = proves_email(token, request.app.state.csrf_secret)
        arrival = await actions.join_as_newcomer(tx, token, data, password_hash, is_email_proven=is_proven)
        return WithCookies(arrival, await start_session_here(tx, request, arrival.user))

    return await db.write(unit)


async def _why_not_mailed(
    tx: Transaction, mailer: Mailer, actor: Actor, invitation: Invitation, settings: Settings
) -> NotMailed | None:
    if not mailer.is_configured or invitation.email is None:
        return "off"
    if not mailer.takes_more:
        return "busy"
    return await count_invitation_mail(tx, actor.id, email_key(invitation.email), settings.invitation_mails_per_hour)


def _path(invitation: Invitation) -> str:
    return f"/api/workspaces/{invitation.workspace_id}/invitations/{invitation.id}"


ROUTES = (
    list_invitations, invite, get_invitation, delete_invitation, get_offer, accept_invitation, join,
)  # fmt: skip
