"""The webhooks of the workspace: made, changed, tried out, and what was sent to them."""

from codimir.authorization.permissions import Permission
from codimir.config import Settings
from codimir.database.core import Transaction
from codimir.http.routing import get, post
from codimir.kit.values import Values
from codimir.projects.queries import list_projects
from codimir.projects.schemas import ProjectListQuery
from codimir.web.form_state import NOTHING, Answer, FormState, parsed, redisplay_on_error
from codimir.web.forms import Form
from codimir.web.lookups import named, names_of
from codimir.web.page_context import Frame
from codimir.web.pages.settings.layout import may, page_of, refused, saved, settings_page
from codimir.webhooks import api as webhooks
from codimir.webhooks.queries import (
    find_delivery_problem,
    get_delivery,
    get_managed_webhook,
    list_deliveries,
    list_webhooks,
)
from codimir.webhooks.schemas import (
    ALL,
    EVENT_TYPES,
    DeliveryListQuery,
    WebhookCreate,
    WebhookListQuery,
    WebhookUpdate,
    WebhookWithSecret,
)

PATH = "/settings/webhooks"


@get(PATH)
async def list_own_webhooks(frame: Frame) -> Answer:
    """Show the webhooks of the workspace and of its projects."""
    if not may(frame, Permission.WEBHOOK_MANAGE):
        return await refused(frame, "webhooks", frame.gettext("Webhooks"))
    query = WebhookListQuery(limit=100, workspace=(frame.workspace_id or "",))

    async def unit(tx: Transaction) -> Values:
        found = (await list_webhooks(tx, frame.actor, query)).data
        in_projects = [each.project_id for each in found if each.project_id]
        return {"webhooks": found, "places": await names_of(tx, frame.actor, "project", in_projects)}

    found = await frame.db.read(unit)
    return await settings_page(frame, "webhooks", frame.gettext("Webhooks"), **found)


@get("/settings/webhooks/new")
async def get_new_webhook(frame: Frame) -> Answer:
    """Ask where a new webhook sends what."""
    if not may(frame, Permission.WEBHOOK_MANAGE):
        return await refused(frame, "webhooks", frame.gettext("Webhooks"))
    return await _ask(frame)


@post(PATH)
async def create_webhook(frame: Frame, form: Form, settings: Settings) -> Answer:
    """Make a webhook and show its secret, this once."""

    async def do() -> Answer:
        new = parsed(
            WebhookCreate, url=form.get("url"), events=_events(form), secret=form.get("secret") or None,
            description=form.get("description") or None, workspaceId=frame.workspace_id,
            projectId=form.get("projectId") or None,
        )  # fmt: skip
        made = await frame.call(webhooks.create_webhook, data=new, settings=settings)
        return await _show(frame, made.data.id, new=made.data)

    return await redisplay_on_error(form, "webhook", do, lambda sent: _ask(frame, sent))


@get("/settings/webhooks/{webhook_id:str}")
async def get_webhook(webhook_id: str, frame: Frame) -> Answer:
    """Show a webhook and what was sent to it."""
    return await _show(frame, webhook_id)


@post("/settings/webhooks/{webhook_id:str}")
async def update_webhook(webhook_id: str, frame: Frame, form: Form, settings: Settings) -> Answer:
    """Change where a webhook sends what, or switch it on or off."""

    async def do() -> Answer:
        update = parsed(
            WebhookUpdate, url=form.get("url"), events=_events(form), description=form.get("description") or None,
            enabled=bool(form.get("enabled")),
        )  # fmt: skip
        await frame.call(webhooks.update_webhook, webhook_id=webhook_id, data=update, settings=settings)
        return saved(frame, f"{PATH}/{webhook_id}")

    return await redisplay_on_error(form, "webhook", do, lambda sent: _show(frame, webhook_id, sent))


@post("/settings/webhooks/{webhook_id:str}/delete")
async def delete_webhook(webhook_id: str, frame: Frame) -> Answer:
    """Delete a webhook."""
    await frame.call(webhooks.delete_webhook, webhook_id=webhook_id)
    return saved(frame, PATH, "deleted")


@post("/settings/webhooks/{webhook_id:str}/rotate")
async def rotate_secret(webhook_id: str, frame: Frame) -> Answer:
    """Give a webhook a new secret and show it, this once."""
    made = await frame.call(webhooks.rotate_secret, webhook_id=webhook_id)
    return await _show(frame, webhook_id, new=made.data)


@post("/settings/webhooks/{webhook_id:str}/resume")
async def resume_webhook(webhook_id: str, frame: Frame) -> Answer:
    """Let a paused webhook go on."""
    await frame.call(webhooks.resume_webhook, webhook_id=webhook_id)
    return saved(frame, f"{PATH}/{webhook_id}")


@post("/settings/webhooks/{webhook_id:str}/ping")
async def ping_webhook(webhook_id: str, frame: Frame) -> Answer:
    """Send something to try a webhook out, and show how it goes."""
    made = await frame.call(webhooks.ping_webhook, webhook_id=webhook_id)
    return saved(frame, f"{PATH}/{webhook_id}/deliveries/{made.data.id}", "sent")


@get("/settings/webhooks/{webhook_id:str}/deliveries/{delivery_id:str}")
async def show_delivery(webhook_id: str, delivery_id: str, frame: Frame) -> Answer:
    """Show what was sent and what was answered."""

    async def unit(tx: Transaction) -> Values:
        webhook = (await get_managed_webhook(tx, frame.actor, webhook_id)).webhook
        delivery = await get_delivery(tx, webhook, delivery_id)
        return {"webhook": webhook, "delivery": delivery, "problem": await find_delivery_problem(tx, delivery.id)}

    found = await frame.db.read(unit)
    return await settings_page(frame, "webhooks_delivery", frame.gettext("Delivery"), **found)


@post("/settings/webhooks/{webhook_id:str}/deliveries/{delivery_id:str}/resend")
async def resend_delivery(webhook_id: str, delivery_id: str, frame: Frame) -> Answer:
    """Send a delivery once more."""
    await frame.call(webhooks.resend_delivery, webhook_id=webhook_id, delivery_id=delivery_id)
    return saved(frame, f"{PATH}/{webhook_id}/deliveries/{delivery_id}", "sent")


def _events(form: Form) -> list[str]:
    return [ALL] if form.get("which") == ALL else form.all("events")


async def _ask(frame: Frame, sent: FormState = NOTHING) -> Answer:
    query = ProjectListQuery(limit=100, sort="name", order="asc", workspace=(frame.workspace_id or "",))
    found = await frame.db.read(lambda tx: list_projects(tx, frame.actor, query))
    choices = [("", frame.gettext("All projects")), *((each.id, each.name) for each in found.data)]
    return await settings_page(
        frame, "webhooks_new", frame.gettext("New webhook"), sent=sent, webhook=None, event_types=EVENT_TYPES,
        choices=choices,
    )  # fmt: skip


async def _show(
    frame: Frame, webhook_id: str, sent: FormState = NOTHING, new: WebhookWithSecret | None = None
) -> Answer:
    query = DeliveryListQuery(page=page_of(frame), limit=20)

    async def unit(tx: Transaction) -> Values:
        webhook = (await get_managed_webhook(tx, frame.actor, webhook_id)).webhook
        places = await named(tx, frame.actor, "project", [webhook.project_id] if webhook.project_id else [])
        place = places[0] if places else None
        return {"webhook": webhook, "deliveries": await list_deliveries(tx, webhook, query), "place": place}

    found = await frame.db.read_long(unit)
    return await settings_page(
        frame, "webhooks_one", frame.gettext("Webhook"), sent=sent, new=new, event_types=EVENT_TYPES, **found
    )


ROUTES = (
    list_own_webhooks, get_new_webhook, create_webhook, get_webhook, update_webhook, delete_webhook, rotate_secret,
    resume_webhook, ping_webhook, show_delivery, resend_delivery,
)  # fmt: skip
