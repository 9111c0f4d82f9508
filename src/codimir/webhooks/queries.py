"""Reading webhooks and their deliveries, for those who manage them."""

from functools import lru_cache
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, allows, is_visible, require
from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement, is_any_of
from codimir.http.errors import NotFound
from codimir.http.paging import Page, Paged, paginate
from codimir.kit.values import Values
from codimir.model.projects import project_members, projects
from codimir.model.webhooks import webhook_deliveries, webhooks
from codimir.model.workspaces import workspaces
from codimir.problems.problem import Problem
from codimir.problems.storing import from_text
from codimir.webhooks.schemas import (
    Delivery,
    DeliveryListQuery,
    DeliveryReply,
    DeliveryRequest,
    Webhook,
    WebhookListQuery,
)

WEBHOOK = Projection(
    Webhook,
    webhooks,
    state=sa.case(
        (webhooks.c.enabled.is_(False), "disabled"), (webhooks.c.paused_at.is_not(None), "paused"), else_="active"
    ),
)
DELIVERY = Projection(
    Delivery,
    webhook_deliveries,
    request=Projection(
        DeliveryRequest, webhook_deliveries,
        url=webhook_deliveries.c.request_url, headers=webhook_deliveries.c.request_headers,
    ),
    reply=Projection(
        DeliveryReply, status=webhook_deliveries.c.reply_status, headers=webhook_deliveries.c.reply_headers,
        body=webhook_deliveries.c.reply_body,
    ).optional(),
)  # fmt: skip
REFUSED = Problem("webhook_management_forbidden")


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
    row = await tx.fetch_one(_found(lock=lock), webhook_id=webhook_id, actor_id=actor.id)
    if row is None:
        raise NotFound(Problem("resource_not_found", kind="Webhook"))
    webhook, (secret, visibility, role) = WEBHOOK.split(row)
    scope = Scope(webhook.workspace_id, webhook.project_id, visibility, role)
    found = FoundWebhook(_with_present_state(webhook, tx), scope, secret)
    if not is_visible(actor, found.scope):
        raise NotFound(Problem("resource_not_found", kind="Webhook"))
    require(actor, Permission.WEBHOOK_MANAGE, found.scope, REFUSED)
    return found


async def list_webhooks(tx: Transaction, actor: Actor, query: WebhookListQuery) -> Page[Webhook]:
    """Return one page of the webhooks that the actor manages, the newest first."""
    shape = Shape(actor.is_admin, bool(query.workspace), bool(query.project))
    values: Values = {
        "actor_id": actor.id,
        "governed": [place for place in actor.workspaces if allows(actor, Permission.WEBHOOK_MANAGE, Scope(place))],
        "seen": [] if actor.only_reads else list(actor.workspaces),
        "workspace": list(query.workspace),
        "project": list(query.project),
    }
    page = await paginate(tx, _listed(shape), query, **values)
    return Page([_with_present_state(webhook, tx) for webhook in page.data], page.pagination)


async def list_deliveries(tx: Transaction, webhook: Webhook, query: DeliveryListQuery) -> Page[Delivery]:
    """Return one page of the deliveries of a webhook, the newest first."""
    listed = _listed_deliveries(filtered=bool(query.state))
    page = await paginate(tx, listed, query, webhook_id=webhook.id, state=list(query.state))
    return Page([_with_sentence(delivery) for delivery in page.data], page.pagination)


async def get_delivery(tx: Transaction, webhook: Webhook, delivery_id: str) -> Delivery:
    """Find a delivery of a webhook.

    Raises NotFound when it is not there, or is of another one.
    """
    row = await tx.fetch_one(_DELIVERY, webhook_id=webhook.id, delivery_id=delivery_id)
    if row is None:
        raise NotFound(Problem("resource_not_found", kind="Delivery"))
    return _with_sentence(DELIVERY.make(row))


async def find_delivery_problem(tx: Transaction, delivery_id: str) -> Problem | str | None:
    """Find why the last attempt of a delivery failed; those from before problems were stored have a sentence."""
    stored: str | None = await tx.fetch_value(_PROBLEM, delivery_id=delivery_id)
    return None if stored is None else from_text(stored)


async def current_version(tx: Transaction, workspace_id: str) -> int:
    """Return the version of a workspace: that of its newest event."""
    version: int = await tx.fetch_value(_VERSION, workspace_id=workspace_id)
    return version


def _with_sentence(delivery: Delivery) -> Delivery:
    if delivery.error is None:
        return delivery
    return msgspec.structs.replace(delivery, error=str(from_text(delivery.error)))


def _with_present_state(webhook: Webhook, tx: Transaction) -> Webhook:
    """Return a webhook without a former secret that has ended."""
    until = webhook.previous_secret_until
    return msgspec.structs.replace(webhook, previous_secret_until=until if until and until > tx.now else None)


_VERSION = Statement(sa.select(workspaces.c.version).where(workspaces.c.id == sa.bindparam("workspace_id")))
_PROBLEM = Statement(
    sa.select(webhook_deliveries.c.error).where(webhook_deliveries.c.id == sa.bindparam("delivery_id"))
)
_DELIVERY = Statement(
    sa.select(*DELIVERY.columns).where(
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
        sa.select(*WEBHOOK.columns, webhooks.c.secret, projects.c.visibility, project_members.c.role)
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
def _listed(shape: Shape) -> Paged[Webhook]:
    return Paged(WEBHOOK, sa.select(*WEBHOOK.columns).where(*_managed(shape)), webhooks.c.id.desc())


@lru_cache(maxsize=2)
def _listed_deliveries(*, filtered: bool) -> Paged[Delivery]:
    found = sa.select(*DELIVERY.columns).where(webhook_deliveries.c.webhook_id == sa.bindparam("webhook_id"))
    if filtered:
        found = found.where(is_any_of(webhook_deliveries.c.state, "state"))
    return Paged(DELIVERY, found, webhook_deliveries.c.id.desc())
