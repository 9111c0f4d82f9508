"""The routes of webhooks."""

from collections.abc import Mapping
from typing import Any

from codimir.access.actor import Actor
from codimir.access.permissions import Scope
from codimir.config import Settings
from codimir.database.core import Database, Transaction
from codimir.http.errors import InvalidInput
from codimir.http.paging import Data, Page
from codimir.http.routing import Created, delete, get, post, put
from codimir.http.validation import Problems
from codimir.tickets.references import find_project, find_workspace
from codimir.webhooks import actions, queries
from codimir.webhooks.addresses import AddressRefused, host_of, refuse_private
from codimir.webhooks.schemas import (
    Delivery,
    DeliveryListQuery,
    Webhook,
    WebhookCreate,
    WebhookListQuery,
    WebhookUpdate,
    WebhookWithSecret,
)
from codimir.webhooks.signing import new_secret


async def _wrong_of_create(
    given: Mapping[str, Any], *, actor: Actor, db: Database, settings: Settings, **_: Any
) -> Problems:
    return {**_wrong_address(given, settings), **(await db.read(lambda tx: _place(tx, actor, given)))[1]}


async def _wrong_of_update(given: Mapping[str, Any], *, settings: Settings, **_: Any) -> Problems:
    return _wrong_address(given, settings)


@get("/api/webhooks")
async def list_webhooks(query: WebhookListQuery, actor: Actor, db: Database) -> Page[Webhook]:
    """List the webhooks that you manage, the newest first."""
    return await db.read(lambda tx: queries.list_webhooks(tx, actor, query))


@post("/api/webhooks", also_check=_wrong_of_create)
async def create_webhook(
    data: WebhookCreate, actor: Actor, db: Database, settings: Settings
) -> Created[WebhookWithSecret]:
    """Make a webhook for a project, or for a workspace; its administrators may.

    The reply shows the secret, this once. Each delivery is a POST that is signed by Standard Webhooks 1.0.0, and has
    `X-Codimir-Signature: sha256=` and the hexadecimal HMAC-SHA256 of its raw body beside it.
    """
    wrong_address = _wrong_address({"url": data.url}, settings)

    async def unit(tx: Transaction) -> WebhookWithSecret:
        given = {"workspace_id": data.workspace_id, "project_id": data.project_id}
        scope, problems = await _place(tx, actor, given)
        if scope is None or problems or wrong_address:
            raise InvalidInput(details={**wrong_address, **problems})
        webhook_id, secret = await actions.create_webhook(tx, actor, scope, data)
        return _with_secret((await queries.get_managed_webhook(tx, actor, webhook_id)).webhook, secret)

    webhook = await db.write(unit)
    return Created(webhook, f"/api/webhooks/{webhook.id}")


@get("/api/webhooks/{webhook_id:str}")
async def get_webhook(webhook_id: str, actor: Actor, db: Database) -> Data[Webhook]:
    """Get a webhook."""

    async def unit(tx: Transaction) -> Webhook:
        return (await queries.get_managed_webhook(tx, actor, webhook_id)).webhook

    return Data(await db.read(unit))


@put("/api/webhooks/{webhook_id:str}", also_check=_wrong_of_update)
async def update_webhook(
    webhook_id: str, data: WebhookUpdate, actor: Actor, db: Database, settings: Settings
) -> Data[Webhook]:
    """Change the fields that are given; an absent field keeps its value.

    Switched off with `enabled`, a webhook gets nothing; on again, it gets what happens from then on. The secret before
    another one stays valid for 24 hours.
    """
    wrong_address = _wrong_address({"url": data.url} if isinstance(data.url, str) else {}, settings)

    async def unit(tx: Transaction) -> Webhook:
        found = await queries.get_managed_webhook(tx, actor, webhook_id, lock=True)
        if wrong_address:
            raise InvalidInput(details=wrong_address)
        await actions.update_webhook(tx, actor, found, data)
        return (await queries.get_managed_webhook(tx, actor, webhook_id)).webhook

    return Data(await db.write(unit))


@delete("/api/webhooks/{webhook_id:str}")
async def delete_webhook(webhook_id: str, actor: Actor, db: Database) -> None:
    """Delete a webhook; what waits for it is not sent."""

    async def unit(tx: Transaction) -> None:
        found = await queries.get_managed_webhook(tx, actor, webhook_id, lock=True)
        await actions.delete_webhook(tx, actor, found)

    await db.write(unit)


@post("/api/webhooks/{webhook_id:str}/rotate", status=200)
async def rotate_secret(webhook_id: str, actor: Actor, db: Database) -> Data[WebhookWithSecret]:
    """Give a webhook a new secret, shown this once; for 24 hours deliveries are signed with the one before too."""
    secret = new_secret()

    async def unit(tx: Transaction) -> WebhookWithSecret:
        found = await queries.get_managed_webhook(tx, actor, webhook_id, lock=True)
        await actions.rotate_secret(tx, actor, found, secret)
        return _with_secret((await queries.get_managed_webhook(tx, actor, webhook_id)).webhook, secret)

    return Data(await db.write(unit))


@post("/api/webhooks/{webhook_id:str}/resume", status=200)
async def resume_webhook(webhook_id: str, actor: Actor, db: Database) -> Data[Webhook]:
    """Let a paused webhook go on where it stopped."""

    async def unit(tx: Transaction) -> Webhook:
        found = await queries.get_managed_webhook(tx, actor, webhook_id, lock=True)
        await actions.resume_webhook(tx, actor, found)
        return (await queries.get_managed_webhook(tx, actor, webhook_id)).webhook

    return Data(await db.write(unit))


@post("/api/webhooks/{webhook_id:str}/ping")
async def ping_webhook(webhook_id: str, actor: Actor, db: Database) -> Created[Delivery]:
    """Send something to try a webhook out, once, also while it is paused or switched off."""

    async def unit(tx: Transaction) -> Delivery:
        found = await queries.get_managed_webhook(tx, actor, webhook_id, lock=True)
        return await queries.get_delivery(tx, found.webhook, await actions.ping_webhook(tx, actor, found))

    delivery = await db.write(unit)
    return Created(delivery, f"/api/webhooks/{delivery.webhook_id}/deliveries/{delivery.id}")


@get("/api/webhooks/{webhook_id:str}/deliveries")
async def list_deliveries(webhook_id: str, query: DeliveryListQuery, actor: Actor, db: Database) -> Page[Delivery]:
    """List what was sent to a webhook in the last 30 days and what waits for it, the newest first."""

    async def unit(tx: Transaction) -> Page[Delivery]:
        found = await queries.get_managed_webhook(tx, actor, webhook_id)
        return await queries.list_deliveries(tx, found.webhook, query)

    return await db.read_long(unit)


@get("/api/webhooks/{webhook_id:str}/deliveries/{delivery_id:str}")
async def get_delivery(webhook_id: str, delivery_id: str, actor: Actor, db: Database) -> Data[Delivery]:
    """Get a delivery with its request and reply."""

    async def unit(tx: Transaction) -> Delivery:
        found = await queries.get_managed_webhook(tx, actor, webhook_id)
        return await queries.get_delivery(tx, found.webhook, delivery_id)

    return Data(await db.read(unit))


@post("/api/webhooks/{webhook_id:str}/deliveries/{delivery_id:str}/resend", status=200)
async def resend_delivery(webhook_id: str, delivery_id: str, actor: Actor, db: Database) -> Data[Delivery]:
    """Send a delivery once more, now, with the same id and body."""

    async def unit(tx: Transaction) -> Delivery:
        found = await queries.get_managed_webhook(tx, actor, webhook_id, lock=True)
        delivery = await queries.get_delivery(tx, found.webhook, delivery_id)
        await actions.resend_delivery(tx, actor, found, delivery)
        return await queries.get_delivery(tx, found.webhook, delivery_id)

    return Data(await db.write(unit))


async def _place(tx: Transaction, actor: Actor, given: Mapping[str, Any]) -> tuple[Scope | None, Problems]:
    """Find the place that a new webhook is for: a project, a workspace, or without a name the actor's first one."""
    project, workspace = given.get("project_id"), given.get("workspace_id")
    if project is None:
        place = await find_workspace(tx, actor, workspace)
        name, message = "workspaceId", "Invalid workspace ID" if workspace else "You are in no workspace; name one"
    else:
        place = await find_project(tx, actor, project, workspace)
        name, message = "projectId", "Invalid project ID"
    if place is None:
        return None, {name: [message]}
    if workspace is not None and workspace != place.scope.workspace_id:
        return place.scope, {"workspaceId": ["Must be the workspace of the project"]}
    return place.scope, {}


def _wrong_address(given: Mapping[str, Any], settings: Settings) -> Problems:
    try:
        refuse_private(host_of(given.get("url", "")), settings.webhook_allowed_ranges)
    except AddressRefused as refused:
        return {"url": [str(refused)]}
    return {}


def _with_secret(webhook: Webhook, secret: str) -> WebhookWithSecret:
    own = {name: getattr(webhook, name) for name in webhook.__struct_fields__}
    return WebhookWithSecret(**own, secret=secret)


ROUTES = (
    list_webhooks,
    create_webhook,
    get_webhook,
    update_webhook,
    delete_webhook,
    rotate_secret,
    resume_webhook,
    ping_webhook,
    list_deliveries,
    get_delivery,
    resend_delivery,
)
