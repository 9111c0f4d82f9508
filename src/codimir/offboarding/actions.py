"""End what people started and may no longer do.

Whoever takes rights from someone calls `end_what_exceeds_rights` in the same transaction. Where rights went another
way, what stands on them is worth nothing all the same: an invitation when it is accepted, a webhook when it would be
sent to, and a link when it is used look again at what their maker may do
(docs/decisions/0044-rights-end-with-their-maker.md).
"""

from typing import Any

import sqlalchemy as sa

from codimir.authentication.standing import find_actor, may_now
from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, role_in
from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.events.recording import record
from codimir.events.types import InvitationDeleted, WebhookPaused
from codimir.model.authentication import api_tokens
from codimir.model.enums import ROLES, Role
from codimir.model.idempotency import kept_replies
from codimir.model.invitations import invitations
from codimir.model.links import links
from codimir.model.users import users
from codimir.model.webhooks import OPEN, webhook_deliveries, webhooks
from codimir.offboarding.queries import get_started
from codimir.offboarding.schemas import StartedInvitation, StartedWebhook

UNCONFIRMED = "unconfirmed"
"""Why a webhook is paused: who answered for it may no longer manage it, and nobody has confirmed it since."""


async def end_what_exceeds_rights(tx: Transaction, actor_id: str | None, user_id: str) -> None:
    """End what someone started and may no longer do, now that their rights were taken.

    Invitations are withdrawn, webhooks paused until another administrator confirms them, tokens of workspaces that they
    are not in revoked, links for others withdrawn, and replies that were kept for them are not shown again. Who is
    disabled loses every token.
    """
    person, started = await find_actor(tx, user_id), await get_started(tx, user_id)
    for invitation in started.invitations:
        role = await role_to_give(tx, person, invitation.workspace_id)
        if role is None or ROLES.index(invitation.role) < ROLES.index(role):
            await withdraw_invitation(tx, actor_id, invitation)
    for webhook in started.webhooks:
        if not await may_now(tx, person, Permission.WEBHOOK_MANAGE, webhook.workspace_id, webhook.project_id):
            await pause_webhook(tx, actor_id, webhook)
    await revoke_tokens(tx, user_id, keep=[] if person is None else _tokens_that_stand(person, started.tokens))
    if person is None or not person.is_admin:
        await tx.execute(_WITHDRAW_LINKS, user_id=user_id)
    await tx.execute(_EMPTY_REPLIES, user_id=user_id)


async def role_to_give(tx: Transaction, person: Actor | None, workspace_id: str) -> Role | None:
    """Return the highest role into which someone may invite now; None where they may not invite at all."""
    if person is None or not await may_now(tx, person, Permission.MEMBER_INVITE, workspace_id):
        return None
    return role_in(person, Scope(workspace_id))


async def withdraw_invitation(tx: Transaction, actor_id: str | None, invitation: StartedInvitation) -> None:
    """Withdraw an invitation, unless somebody has accepted or withdrawn it meanwhile."""
    if await tx.fetch_value(_WITHDRAW, invitation_id=invitation.id) is None:
        return
    said = {"email": invitation.email, "role": invitation.role}
    changes: dict[str, tuple[Any, Any]] = {name: (value, None) for name, value in said.items() if value}
    event = InvitationDeleted(workspace_id=invitation.workspace_id, subject_id=invitation.id, changes=changes)
    await record(tx, actor_id, event)


async def withdraw_invitations_of(tx: Transaction, actor_id: str, workspace_id: str, user_id: str) -> None:
    """Withdraw what invites someone into a workspace that they were removed from, whoever sent it."""
    for row in await tx.fetch_all(_ADDRESSED, workspace_id=workspace_id, user_id=user_id):
        await withdraw_invitation(tx, actor_id, StartedInvitation(*row))


async def pause_webhook(tx: Transaction, actor_id: str | None, webhook: StartedWebhook) -> None:
    """Pause a webhook until an administrator confirms it; what waits for it is held back."""
    row = {"paused_at": tx.now, "stopped_because": UNCONFIRMED, "updated_at": tx.now}
    if not await tx.execute(_PAUSE, webhook_id=webhook.id, **row):
        return
    await tx.execute(_HOLD, webhook_id=webhook.id)
    changes: dict[str, tuple[Any, Any]] = {"pausedAt": (None, tx.now), "stoppedBecause": (None, UNCONFIRMED)}
    paused = WebhookPaused(
        workspace_id=webhook.workspace_id, project_id=webhook.project_id, subject_id=webhook.id, changes=changes
    )
    await record(tx, actor_id, paused)


async def revoke_tokens(tx: Transaction, user_id: str, keep: list[str]) -> None:
    """Revoke the API tokens of someone, besides those of some ids; they are refused from the next request on."""
    await tx.execute(_REVOKE, user_id=user_id, keep=keep, now=tx.now)


def _tokens_that_stand(person: Actor, tokens: Any) -> list[str]:
    return [token.id for token in tokens if token.workspace_id is None or token.workspace_id in person.workspaces]


_WITHDRAW = Statement(
    sa.delete(invitations).where(invitations.c.id == sa.bindparam("invitation_id")).returning(invitations.c.id)
)
_ADDRESSED = Statement(
    sa.select(*(invitations.c[name] for name in StartedInvitation.__struct_fields__))
    .select_from(invitations.join(users, users.c.email_key == invitations.c.email_key))
    .where(invitations.c.workspace_id == sa.bindparam("workspace_id"), users.c.id == sa.bindparam("user_id"))
)
_PAUSE = Statement(
    sa.update(webhooks)
    .where(
        webhooks.c.id == sa.bindparam("webhook_id"),
        webhooks.c.enabled,
        webhooks.c.deleted_at.is_(None),
        webhooks.c.stopped_because.is_distinct_from(UNCONFIRMED),
    )
    .values(
        {
            name: sa.bindparam(name, type_=webhooks.c[name].type)
            for name in ("paused_at", "stopped_because", "updated_at")
        }
    )
)
_HOLD = Statement(
    sa.update(webhook_deliveries)
    .where(webhook_deliveries.c.webhook_id == sa.bindparam("webhook_id"), OPEN)
    .values(next_attempt_at=None)
)
_REVOKE = Statement(
    sa.update(api_tokens)
    .where(
        api_tokens.c.user_id == sa.bindparam("user_id"),
        api_tokens.c.revoked_at.is_(None),
        ~is_any_of(api_tokens.c.id, "keep"),
    )
    .values(revoked_at=sa.bindparam("now", type_=api_tokens.c.revoked_at.type))
)
_WITHDRAW_LINKS = Statement(sa.delete(links).where(links.c.made_by_id == sa.bindparam("user_id")))
_EMPTY_REPLIES = Statement(
    sa.update(kept_replies).where(kept_replies.c.user_id == sa.bindparam("user_id")).values(reply=b"")
)
