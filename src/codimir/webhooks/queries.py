"""Reading webhooks and their deliveries, for those who manage them."""

from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from codimir.access.actor import Actor
from codimir.access.permissions import Permission, Scope, allows, is_visible, require
from codimir.database.core import Transaction
from codimir.database.statements import Row, Statement, is_any_of
from codimir.http.errors import NotFound
from codimir.http.paging import Page
from codimir.projects.tables import project_members, projects
from codimir.webhooks.schemas import (
    Delivery,
    DeliveryListQuery,
    DeliveryReply,
    DeliveryRequest,
    Webhook,
    WebhookListQuery,
    WebhookState,
)
from codimir.webhooks.tables import webhook_deliveries, webhooks
from codimir.workspaces.tables import workspaces

REFUSED = "Insufficient permissions to manage webhooks here"


class Shape(NamedTuple):
    """What a list of webhooks is kept to."""

    everywhere: bool
    by_workspace: bool
    by_project: bool


class FoundWebhook(msgspec.Struct, frozen=True):
    """A webhook and where it is, as a verb needs them."""

    webhook: Webhook
    scope: Scope
    secret: str


async def get_managed_webhook(tx: Transaction, actor: Actor, webhook_id: str, *, lock: bool = False) -> FoundWebhook:
    """Find a webhook that the actor manages; `lock` keeps other units from changing it until this one ends.

    Raises NotFound when there is none where the actor can see, and Forbidden when they are no administrator there.
    """
    row = await tx.one(_found(lock=lock), webhook_id=webhook_id, actor_id=actor.id)
    if row is None:
        raise NotFound("Webhook not found")
    *columns, secret, visibility, role = row
    found = FoundWebhook(_webhook(columns, tx), Scope(columns[-5], columns[-4], visibility, role), secret)
    if not is_visible(actor, found.scope):
        raise NotFound("Webhook not found")
    require(actor, Permission.WEBHOOK_MANAGE, found.scope, REFUSED)
    return found


async def list_webhooks(tx: Transaction, actor: Actor, query: WebhookListQuery) -> Page[Webhook]:
    """Give one page of the webhooks that the actor manages, the newest first."""
    shape = Shape(actor.is_admin, bool(query.workspace), bool(query.project))
    values: dict[str, Any] = {
        "actor_id": actor.id,
        "governed": [place for place in actor.workspaces if allows(actor, Permission.WEBHOOK_MANAGE, Scope(place))],
        "seen": [] if actor.only_reads else list(actor.workspaces),
        "workspace": list(query.workspace),
        "project": list(query.project),
    }
    total = await tx.value(_count(shape), **values)
    rows: list[Row] = []
    if total > query.offset:
        rows = await tx.all(_page(shape), **values, limit=query.limit, offset=query.offset)
    return query.of([_webhook(row, tx) for row in rows], total)


async def list_deliveries(tx: Transaction, webhook: Webhook, query: DeliveryListQuery) -> Page[Delivery]:
    """Give one page of the deliveries of a webhook, the newest first."""
    filtered = bool(query.state)
    values = {"webhook_id": webhook.id, "state": list(query.state)}
    total = await tx.value(_count_deliveries(filtered=filtered), **values)
    rows: list[Row] = []
    if total > query.offset:
        rows = await tx.all(
            _page_of_deliveries(filtered=filtered), **values, limit=query.limit, offset=query.offset
        )  # fmt: skip
    return query.of([_delivery(row) for row in rows], total)


async def get_delivery(tx: Transaction, webhook: Webhook, delivery_id: str) -> Delivery:
    """Find a delivery of a webhook.

    Raises NotFound when it is not there, or is of another one.
    """
    row = await tx.one(_DELIVERY, webhook_id=webhook.id, delivery_id=delivery_id)
    if row is None:
        raise NotFound("Delivery not found")
    return _delivery(row)


async def current_version(tx: Transaction, workspace_id: str) -> int:
    """Give the version of a workspace: that of its newest event."""
    version: int = await tx.value(_VERSION, workspace_id=workspace_id)
    return version


def _webhook(row: Any, tx: Transaction) -> Webhook:
    """Make a webhook of a row; a former secret that has ended is none."""
    webhook_id, url, description, events, enabled, because, paused_at, failing_since, until, *rest = row
    if until is not None and until <= tx.now:
        until = None
    state: WebhookState = "disabled" if not enabled else "paused" if paused_at is not None else "active"
    return Webhook(
        webhook_id, url, description, events, enabled, state, because, paused_at, failing_since, until, *rest
    )  # fmt: skip


def _delivery(row: Row) -> Delivery:
    own, (url, headers, body), (status, *shown) = row[:-6], row[-6:-3], row[-3:]
    reply = None if status is None else DeliveryReply(status, *shown)
    values = (*own, DeliveryRequest(url, headers, body), reply)
    return Delivery(*values)


_WEBHOOK = [
    webhooks.c[name]
    for name in (
        "id", "url", "description", "events", "enabled", "stopped_because", "paused_at", "failing_since",
        "previous_secret_until", "confirmed_by", "workspace_id", "project_id", "created_by", "created_at", "updated_at",
    )
]  # fmt: skip
_DELIVERY_COLUMNS = [
    webhook_deliveries.c[name]
    for name in (
        "id", "webhook_id", "event_id", "event_type", "state", "attempts", "next_attempt_at", "attempted_at",
        "duration_ms", "error", "created_at", "request_url", "request_headers", "body", "reply_status",
        "reply_headers", "reply_body",
    )
]  # fmt: skip
_LIMIT = sa.bindparam("limit", type_=sa.Integer())
_OFFSET = sa.bindparam("offset", type_=sa.BigInteger())
_VERSION = Statement(sa.select(workspaces.c.version).where(workspaces.c.id == sa.bindparam("workspace_id")))
_DELIVERY = Statement(
    sa.select(*_DELIVERY_COLUMNS).where(
        webhook_deliveries.c.webhook_id == sa.bindparam("webhook_id"),
        webhook_deliveries.c.id == sa.bindparam("delivery_id"),
    )
)


@lru_cache(maxsize=2)
def _found(*, lock: bool) -> Statement:
    own = (project_members.c.project_id == webhooks.c.project_id) & (
        project_members.c.user_id == sa.bindparam("actor_id")
    )
    source = (
        webhooks.join(workspaces, workspaces.c.id == webhooks.c.workspace_id)
        .outerjoin(projects, projects.c.id == webhooks.c.project_id)
        .outerjoin(project_members, own)
    )
    found = (
        sa.select(*_WEBHOOK, webhooks.c.secret, projects.c.visibility, project_members.c.role)
        .select_from(source)
        .where(
            webhooks.c.id == sa.bindparam("webhook_id"),
            webhooks.c.deleted_at.is_(None),
            workspaces.c.deleted_at.is_(None),
            projects.c.deleted_at.is_(None),
        )
    )
    return Statement(found.with_for_update(of=webhooks) if lock else found)


def _managed(shape: Shape) -> list[sa.ColumnElement[bool]]:
    """Keep to the webhooks of live places where the actor is an administrator, and to those that the query names."""
    dead = sa.select(projects.c.id).where(projects.c.id == webhooks.c.project_id, projects.c.deleted_at.is_not(None))
    conditions: list[sa.ColumnElement[bool]] = [
        webhooks.c.deleted_at.is_(None), webhooks.c.workspace_id.in_(_LIVE_WORKSPACES), ~dead.exists()
    ]  # fmt: skip
    if not shape.everywhere:
        in_own_project = is_any_of(webhooks.c.workspace_id, "seen") & webhooks.c.project_id.in_(_OWN_PROJECTS)
        conditions.append(sa.or_(is_any_of(webhooks.c.workspace_id, "governed"), in_own_project))
    if shape.by_workspace:
        conditions.append(is_any_of(webhooks.c.workspace_id, "workspace"))
    if shape.by_project:
        conditions.append(is_any_of(webhooks.c.project_id, "project"))
    return conditions


_LIVE_WORKSPACES = sa.select(workspaces.c.id).where(workspaces.c.deleted_at.is_(None))
_OWN_PROJECTS = sa.select(project_members.c.project_id).where(
    project_members.c.user_id == sa.bindparam("actor_id"),
    sa.or_(project_members.c.role == "OWNER", project_members.c.role == "ADMIN"),
)


@lru_cache(maxsize=8)
def _count(shape: Shape) -> Statement:
    return Statement(sa.select(sa.func.count()).select_from(webhooks).where(*_managed(shape)))


@lru_cache(maxsize=8)
def _page(shape: Shape) -> Statement:
    found = sa.select(*_WEBHOOK).where(*_managed(shape)).order_by(webhooks.c.id.desc())
    return Statement(found.limit(_LIMIT).offset(_OFFSET))


def _of_webhook(*, filtered: bool) -> list[sa.ColumnElement[bool]]:
    own: list[sa.ColumnElement[bool]] = [webhook_deliveries.c.webhook_id == sa.bindparam("webhook_id")]
    return [*own, is_any_of(webhook_deliveries.c.state, "state")] if filtered else own


@lru_cache(maxsize=2)
def _count_deliveries(*, filtered: bool) -> Statement:
    return Statement(sa.select(sa.func.count()).select_from(webhook_deliveries).where(*_of_webhook(filtered=filtered)))


@lru_cache(maxsize=2)
def _page_of_deliveries(*, filtered: bool) -> Statement:
    found = sa.select(*_DELIVERY_COLUMNS).where(*_of_webhook(filtered=filtered))
    return Statement(found.order_by(webhook_deliveries.c.id.desc()).limit(_LIMIT).offset(_OFFSET))
