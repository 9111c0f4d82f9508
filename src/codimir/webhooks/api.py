"""The routes of webhooks."""

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope
from codimir.config import Settings
from codimir.database.core import Transaction
from codimir.http.errors import InvalidInput
from codimir.http.paging import Data, Page
from codimir.http.routing import Created, LongReadTx, ReadTx, WriteTx, delete, get, post, put
from codimir.kit.values import ReadOnlyValues
from codimir.problems.problem import Problem, Problems
from codimir.tickets.changing.validation import find_project, find_workspace
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


async def _wrong_of_create(tx: ReadTx, actor: Actor, settings: Settings, given: ReadOnlyValues) -> Problems:
    _, problems = await _place(tx, actor, given)
    return {**_wrong_address(given, settings), **problems}


async def _wrong_of_update(settings: Settings, given: ReadOnlyValues, **_: object) -> Problems:
    return _wrong_address(given, settings)


@get("/api/webhooks")
async def list_webhooks(tx: ReadTx, actor: Actor, query: WebhookListQuery) -> Page[Webhook]:
    """List the webhooks that you manage, the newest first."""
    return await queries.list_webhooks(tx, actor, query)


@post("/api/webhooks", validate_references=_wrong_of_create)
async def create_webhook(
    tx: WriteTx, actor: Actor, data: WebhookCreate, settings: Settings
) -> Created[WebhookWithSecret]:
    """Make a webhook for a project, or for a workspace; its administrators may.

    The reply shows the secret, this once. Each delivery is a POST that is signed by Standard Webhooks 1.0.0, and has
    `X-Codimir-Signature: sha256=` and the hexadecimal HMAC-SHA256 of its raw body beside it.
    """
    wrong_address = _wrong_address({"url": data.url}, settings)
    given = {"workspace_id": data.workspace_id, "project_id": data.project_id}
    scope, problems = await _place(tx, actor, given)
    if scope is None or problems or wrong_address:
        raise InvalidInput(details={**wrong_address, **problems})
    webhook_id, secret = await actions.create_webhook(tx, actor, scope, data)
    webhook = _with_secret((await queries.get_managed_webhook(tx, actor, webhook_id)).webhook, secret)
    return Created(webhook, f"/api/webhooks/{webhook.id}")


@get("/api/webhooks/{webhook_id:str}")
async def get_webhook(tx: ReadTx, actor: Actor, webhook_id: str) -> Data[Webhook]:
    """Get a webhook."""
    return Data((await queries.get_managed_webhook(tx, actor, webhook_id)).webhook)


@put("/api/webhooks/{webhook_id:str}", validate_references=_wrong_of_update)
async def update_webhook(
    tx: WriteTx, actor: Actor, webhook_id: str, data: WebhookUpdate, settings: Settings
) -> Data[Webhook]:
    """Change the fields that are given; an absent field keeps its value.

    Switched off with `enabled`, a webhook gets nothing; on again, it gets what happens from then on. The secret before
    another one stays valid for 24 hours.
    """
    wrong_address = _wrong_address({"url": data.url} if isinstance(data.url, str) else {}, settings)
    found = await queries.get_managed_webhook(tx, actor, webhook_id, lock=True)
    if wrong_address:
        raise InvalidInput(details=wrong_address)
    await actions.update_webhook(tx, actor, found, data)
    return Data((await queries.get_managed_webhook(tx, actor, webhook_id)).webhook)


@delete("/api/webhooks/{webhook_id:str}")
async def delete_webhook(tx: WriteTx, actor: Actor, webhook_id: str) -> None:
    """Delete a webhook; what waits for it is not sent."""
    found = await queries.get_managed_webhook(tx, actor, webhook_id, lock=True)
    await actions.delete_webhook(tx, actor, found)


@post("/api/webhooks/{webhook_id:str}/rotate", status=200)
async def rotate_secret(tx: WriteTx, actor: Actor, webhook_id: str) -> Data[WebhookWithSecret]:
    """Give a webhook a new secret, shown this once; for 24 hours deliveries are signed with the one before too."""
    secret = new_secret()
    found = await queries.get_managed_webhook(tx, actor, webhook_id, lock=True)
    await actions.rotate_secret(tx, actor, found, secret)
    return Data(_with_secret((await queries.get_managed_webhook(tx, actor, webhook_id)).webhook, secret))


@post("/api/webhooks/{webhook_id:str}/resume", status=200)
async def resume_webhook(tx: WriteTx, actor: Actor, webhook_id: str) -> Data[Webhook]:
    """Let a paused webhook go on where it stopped."""
    found = await queries.get_managed_webhook(tx, actor, webhook_id, lock=True)
    await actions.resume_webhook(tx, actor, found)
    return Data((await queries.get_managed_webhook(tx, actor, webhook_id)).webhook)


@post("/api/webhooks/{webhook_id:str}/ping")
async def ping_webhook(tx: WriteTx, actor: Actor, webhook_id: str) -> Created[Delivery]:
    """Send something to try a webhook out, once, also while it is paused or switched off."""
    found = await queries.get_managed_webhook(tx, actor, webhook_id, lock=True)
    delivery = await queries.get_delivery(tx, found.webhook, await actions.ping_webhook(tx, actor, found))
    return Created(delivery, f"/api/webhooks/{delivery.webhook_id}/deliveries/{delivery.id}")


@get("/api/webhooks/{webhook_id:str}/deliveries")
async def list_deliveries(tx: LongReadTx, actor: Actor, webhook_id: str, query: DeliveryListQuery) -> Page[Delivery]:
    """List what was sent to a webhook in the last 30 days and what waits for it, the newest first."""
    found = await queries.get_managed_webhook(tx, actor, webhook_id)
    return await queries.list_deliveries(tx, found.webhook, query)


@get("/api/webhooks/{webhook_id:str}/deliveries/{delivery_id:str}")
async def get_delivery(tx: ReadTx, actor: Actor, webhook_id: str, delivery_id: str) -> Data[Delivery]:
    """Get a delivery with its request and reply."""
    found = await queries.get_managed_webhook(tx, actor, webhook_id)
    return Data(await queries.get_delivery(tx, found.webhook, delivery_id))


@post("/api/webhooks/{webhook_id:str}/deliveries/{delivery_id:str}/resend", status=200)
async def resend_delivery(tx: WriteTx, actor: Actor, webhook_id: str, delivery_id: str) -> Data[Delivery]:
    """Send a delivery once more, now, with the same id and body."""
    found = await queries.get_managed_webhook(tx, actor, webhook_id, lock=True)
    delivery = await queries.get_delivery(tx, found.webhook, delivery_id)
    await actions.resend_delivery(tx, actor, found, delivery)
    return Data(await queries.get_delivery(tx, found.webhook, delivery_id))


async def _place(tx: Transaction, actor: Actor, given: ReadOnlyValues) -> tuple[Scope | None, Problems]:
    """Find the place that a new webhook is for: a project, a workspace, or without a name the actor's first one."""
    project, workspace = given.get("project_id"), given.get("workspace_id")
    if project is None:
        place = await find_workspace(tx, actor, workspace)
        name = "workspaceId"
        problem = Problem("invalid_id", kind="workspace") if workspace else Problem("no_workspace")
    else:
        place = await find_project(tx, actor, project, workspace)
        name, problem = "projectId", Problem("invalid_id", kind="project")
    if place is None:
        return None, {name: [problem]}
    if workspace is not None and workspace != place.scope.workspace_id:
        return place.scope, {"workspaceId": [Problem("workspace_of_other_project")]}
    return place.scope, {}


def _wrong_address(given: ReadOnlyValues, settings: Settings) -> Problems:
    try:
        refuse_private(host_of(given.get("url", "")), settings.webhook_allowed_ranges)
    except AddressRefused as refused:
        return {"url": [refused.problem]}
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
