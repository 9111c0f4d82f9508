"""What people do to webhooks."""

import msgspec
import sqlalchemy as sa
from msgspec import UNSET

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, require
from codimir.database.core import Transaction
from codimir.database.statements import Statement, insert_into, update_by_id
from codimir.events.recording import record
from codimir.events.types import (
    Changes,
    Event,
    WebhookCreated,
    WebhookDeleted,
    WebhookDeliveryResent,
    WebhookPinged,
    WebhookResumed,
    WebhookSecretRotated,
    WebhookUpdated,
)
from codimir.http.errors import Conflict
from codimir.kit.ids import new_id
from codimir.kit.values import Values
from codimir.model.webhooks import OPEN, webhook_deliveries, webhooks
from codimir.offboarding.actions import UNCONFIRMED
from codimir.problems.problem import Problem
from codimir.problems.storing import to_text
from codimir.webhooks.addresses import host_of, shown
from codimir.webhooks.outbox import new_delivery
from codimir.webhooks.payloads import LoggedEvent, body_of
from codimir.webhooks.queries import REFUSED, FoundWebhook, current_version
from codimir.webhooks.schedule import DELAYS, SECRET_OVERLAP
from codimir.webhooks.schemas import Delivery, WebhookCreate, WebhookUpdate
from codimir.webhooks.signing import new_secret

MAX_IN_A_PLACE = 100


class TooManyWebhooks(Conflict):
    """A workspace, or a project, has as many webhooks as it can."""

    problem = Problem("too_many_webhooks", limit=MAX_IN_A_PLACE)


class BeingSent(Conflict):
    """A delivery that is on its way cannot be sent once more."""

    problem = Problem("delivery_being_sent")


async def create_webhook(tx: Transaction, actor: Actor, scope: Scope, new: WebhookCreate) -> tuple[str, str]:
    """Create a webhook that gets what happens from now on; give its id and its secret."""
    require(actor, Permission.WEBHOOK_MANAGE, scope, REFUSED)
    if await tx.fetch_value(_COUNT, workspace_id=scope.workspace_id, project_id=scope.project_id) >= MAX_IN_A_PLACE:
        raise TooManyWebhooks
    webhook_id, secret = new_id("webhook"), new.secret or new_secret()
    chosen = {"url": new.url, "events": new.events, "description": new.description, "enabled": new.enabled}
    changes = {name: (None, value) for name, value in _told(chosen).items() if value is not None}
    await _record(tx, actor, WebhookCreated, scope, webhook_id, changes)
    await tx.execute(
        insert_into(webhooks), **chosen, id=webhook_id, workspace_id=scope.workspace_id, project_id=scope.project_id,
        secret=secret, previous_secret=None, previous_secret_until=None, failing_since=None, paused_at=None,
        read_version=await current_version(tx, scope.workspace_id), stopped_because=None, created_by=actor.id,
        confirmed_by=None, created_at=tx.now, updated_at=tx.now, deleted_at=None,
    )  # fmt: skip
    return webhook_id, secret


async def update_webhook(tx: Transaction, actor: Actor, found: FoundWebhook, update: WebhookUpdate) -> None:
    """Change the fields that are given.

    Switched off, a webhook gets nothing, and what waited for it is cancelled; on again, it gets what happens from then
    on.
    """
    given = {name: value for name, value in msgspec.structs.asdict(update).items() if value is not UNSET}
    secret = given.pop("secret", found.secret)
    if secret != found.secret:
        await rotate_secret(tx, actor, found, secret)
    values = {name: value for name, value in given.items() if getattr(found.webhook, name) != value}
    if not values:
        return
    old = _told({name: getattr(found.webhook, name) for name in values})
    changes = {name: (old[name], value) for name, value in _told(values).items()}
    await _record(tx, actor, WebhookUpdated, found.scope, found.webhook.id, changes)
    if "url" in values:
        values |= _answers(actor, found)  # who says where it goes answers for it
        await tx.execute(_MOVE, webhook_id=found.webhook.id, host=host_of(values["url"]))
    if "enabled" in values:
        values |= await _switch(tx, actor, found, on=values["enabled"])
    await _set(tx, found, values)


async def rotate_secret(tx: Transaction, actor: Actor, found: FoundWebhook, secret: str) -> None:
    """Give a webhook another secret; the one before signs beside it for a day."""
    await _record(tx, actor, WebhookSecretRotated, found.scope, found.webhook.id, {})
    former = {"previous_secret": found.secret, "previous_secret_until": tx.now + SECRET_OVERLAP}
    await _set(tx, found, {"secret": secret, **former})


async def resume_webhook(tx: Transaction, actor: Actor, found: FoundWebhook) -> None:
    """Let a paused webhook go on where it stopped; what waited for it is due now.

    Where it waited for confirmation, the actor answers for it from now on.
    """
    if found.webhook.paused_at is None:
        return
    await _record(
        tx, actor, WebhookResumed, found.scope, found.webhook.id, {"pausedAt": (found.webhook.paused_at, None)}
    )
    confirmed = _answers(actor, found) if found.webhook.stopped_because == UNCONFIRMED else {}
    await _set(tx, found, {**_GOES_ON, **confirmed})
    await tx.execute(_RELEASE, webhook_id=found.webhook.id, now=tx.now)


async def delete_webhook(tx: Transaction, actor: Actor, found: FoundWebhook) -> None:
    """Delete a webhook; what waited for it is cancelled, and its secrets are forgotten."""
    await _record(tx, actor, WebhookDeleted, found.scope, found.webhook.id, {"deletedAt": (None, tx.now)})
    await _set(tx, found, {"deleted_at": tx.now, "secret": "", "previous_secret": None})
    await cancel_open(tx, found.webhook.id, Problem("webhook_deleted"))


async def ping_webhook(tx: Transaction, actor: Actor, found: FoundWebhook) -> str:
    """Send a webhook something to try it out, once, also while it is paused or switched off; give the delivery's id."""
    webhook, scope = found.webhook, found.scope
    event_id = await _record(tx, actor, WebhookPinged, scope, webhook.id, {})
    version = await current_version(tx, scope.workspace_id)
    pinged = LoggedEvent(
        event_id, scope.workspace_id, version, WebhookPinged.type, actor.id, scope.project_id, None, webhook.id, {},
        tx.now,
    )  # fmt: skip
    about = {"actor": {"id": actor.id, "name": actor.name}, "webhook": {"id": webhook.id, "url": shown(webhook.url)}}
    row = new_delivery(
        tx, webhook.id, scope.workspace_id, host_of(webhook.url), event_id, pinged.type, body_of(pinged, about),
        failures=len(DELAYS),
    )  # fmt: skip
    await tx.execute(insert_into(webhook_deliveries), **row)
    return str(row["id"])


async def resend_delivery(tx: Transaction, actor: Actor, found: FoundWebhook, delivery: Delivery) -> None:
    """Send a delivery once more, now, with the same id and body, also while its webhook is paused or switched off."""
    if not await tx.execute(_SEND_AGAIN, delivery_id=delivery.id, now=tx.now):
        raise BeingSent
    changes = {"deliveryId": (None, delivery.id), "eventId": (None, delivery.event_id)}
    await _record(tx, actor, WebhookDeliveryResent, found.scope, found.webhook.id, changes)


async def cancel_open(tx: Transaction, webhook_id: str, why: Problem) -> None:
    """Give up what waits for a webhook."""
    await tx.execute(_CANCEL, webhook_id=webhook_id, why=to_text(why))


async def _switch(tx: Transaction, actor: Actor, found: FoundWebhook, *, on: bool) -> Values:
    if not on:
        await cancel_open(tx, found.webhook.id, Problem("webhook_switched_off"))
        return {"paused_at": None, "stopped_because": None}
    read = await current_version(tx, found.scope.workspace_id)
    return {"read_version": read, **_GOES_ON, **_answers(actor, found)}


def _answers(actor: Actor, found: FoundWebhook) -> Values:
    """Let the actor answer for a webhook from now on."""
    return {"confirmed_by": None if actor.id == found.webhook.created_by else actor.id}


async def _set(tx: Transaction, found: FoundWebhook, values: Values) -> None:
    values = {**values, "updated_at": tx.now}
    await tx.execute(update_by_id(webhooks, frozenset(values)), row_id=found.webhook.id, **values)


async def _record(
    tx: Transaction, actor: Actor, kind: type[Event], scope: Scope, webhook_id: str, changes: Changes
) -> str:
    happened = kind(
        workspace_id=scope.workspace_id, project_id=scope.project_id, subject_id=webhook_id, changes=changes
    )
    return await record(tx, actor.id, happened)


def _told(values: Values) -> Values:
    """Show in an event only where an address leads; its path may be a secret."""
    return values | ({"url": shown(values["url"])} if "url" in values else {})


_GOES_ON = {"failing_since": None, "paused_at": None, "stopped_because": None}
_COUNT = Statement(
    sa.select(sa.func.count())
    .select_from(webhooks)
    .where(
        webhooks.c.workspace_id == sa.bindparam("workspace_id"),
        webhooks.c.project_id.is_not_distinct_from(sa.bindparam("project_id", type_=sa.Text())),
        webhooks.c.deleted_at.is_(None),
    )
)
_of_webhook = webhook_deliveries.c.webhook_id == sa.bindparam("webhook_id")
_moment = webhook_deliveries.c.next_attempt_at.type
_MOVE = Statement(
    sa.update(webhook_deliveries).where(_of_webhook, OPEN).values(host=sa.bindparam("host", type_=sa.Text()))
)
_RELEASE = Statement(
    sa.update(webhook_deliveries)
    .where(_of_webhook, OPEN, webhook_deliveries.c.next_attempt_at.is_(None))
    .values(next_attempt_at=sa.bindparam("now", type_=_moment))
)
_CANCEL = Statement(
    sa.update(webhook_deliveries)
    .where(_of_webhook, OPEN)
    .values(state="cancelled", next_attempt_at=None, error=sa.bindparam("why", type_=sa.Text()))
)
_SEND_AGAIN = Statement(
    sa.update(webhook_deliveries)
    .where(
        webhook_deliveries.c.id == sa.bindparam("delivery_id"),
        sa.or_(
            webhook_deliveries.c.state != "sending",
            webhook_deliveries.c.next_attempt_at <= sa.bindparam("now", type_=_moment),
        ),
    )
    .values(state="pending", next_attempt_at=sa.bindparam("now", type_=_moment))
)
