"""Read the event log for the webhooks: each event that one asks for becomes a delivery, exactly once.

A webhook moves on from the version that it had read in the transaction that adds its deliveries, and only if it still
stands there; so several servers may read at the same time, and one that is killed leaves nothing half done.
"""

from functools import partial
from typing import NamedTuple

import sqlalchemy as sa

from codimir.authorization.visibility_sql import administers
from codimir.database.core import Database, Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement, insert_into
from codimir.kit.ids import new_id
from codimir.model.events import events
from codimir.model.webhooks import OPEN, webhook_deliveries, webhooks
from codimir.model.workspaces import workspaces
from codimir.offboarding.actions import pause_webhook
from codimir.offboarding.queries import ANSWERS
from codimir.offboarding.schemas import StartedWebhook
from codimir.webhooks.addresses import host_of
from codimir.webhooks.payloads import EVENT_COLUMNS, LoggedEvent, write_bodies
from codimir.webhooks.schemas import ALL, NOT_SENT

MAX_EVENTS = 200
MAX_WEBHOOKS = 200
MAX_OPEN = 1_000
"""A webhook with so many open deliveries reads on when some are done; its events wait in the log meanwhile."""


class Listener(NamedTuple):
    """A webhook that has not read everything yet."""

    id: str
    workspace_id: str
    project_id: str | None
    url: str
    events: list[str]
    read_version: int
    newest_version: int

    @property
    def is_of_project(self) -> bool:
        """Return whether it is told of one project alone."""
        return self.project_id is not None

    def asks_for(self, event: LoggedEvent) -> bool:
        """Return whether an event is for this webhook."""
        return (
            event.version > self.read_version
            and self.project_id in (None, event.project_id)
            and event.type not in NOT_SENT
            and (event.type in self.events or ALL in self.events)
        )


class Step(NamedTuple):
    """How far a webhook comes, and the events on the way that are for it."""

    listener: Listener
    version: int
    asked_for: list[LoggedEvent]


Bodies = dict[bool, dict[str, str]]
"""What each event says, by its id: to the webhooks of its workspace (False), and to those of its project (True)."""


async def read_log(db: Database) -> int:
    """Take every webhook that is behind some way along the log; give how many got on.

    One for which nobody answers any more who may manage it is paused instead.
    """
    if await db.fetch_all(_UNCONFIRMED):
        await db.write(_pause_unconfirmed)
    steps, bodies = await db.read_long(_look)
    return await db.write(partial(_take, steps=steps, bodies=bodies)) if steps else 0


async def _pause_unconfirmed(tx: Transaction) -> None:
    for webhook in _STARTED.all(await tx.fetch_all(_UNCONFIRMED)):
        await pause_webhook(tx, None, webhook)


async def _look(tx: Transaction) -> tuple[list[Step], Bodies]:
    behind = [Listener(*row) for row in await tx.fetch_all(_BEHIND)]
    steps: list[Step] = []
    for workspace_id, version in dict.fromkeys((each.workspace_id, each.read_version) for each in behind):
        rows = await tx.fetch_all(_NEXT, workspace_id=workspace_id, after=version, most=MAX_EVENTS)
        logged = [LoggedEvent(*row) for row in rows]
        for listener in behind:
            if (listener.workspace_id, listener.read_version) == (workspace_id, version):
                reached = logged[-1].version if logged else listener.newest_version
                steps.append(Step(listener, reached, [event for event in logged if listener.asks_for(event)]))
    bodies: Bodies = {}
    for of_project in (False, True):
        of_these = [step for step in steps if step.listener.is_of_project is of_project]
        asked_for = {event.id: event for step in of_these for event in step.asked_for}
        bodies[of_project] = await write_bodies(tx, list(asked_for.values()), of_project=of_project)
    return steps, bodies


async def _take(tx: Transaction, steps: list[Step], bodies: Bodies) -> int:
    moved = 0
    for listener, version, asked_for in steps:
        if await tx.execute(_MOVE_ON, webhook_id=listener.id, old=listener.read_version, new=version):
            moved += 1
            texts = bodies[listener.is_of_project]
            await add_deliveries(tx, listener, [(event, texts[event.id]) for event in asked_for])
    return moved


async def add_deliveries(tx: Transaction, listener: Listener, messages: list[tuple[LoggedEvent, str]]) -> None:
    """Let events be sent to a webhook, at once."""
    host = host_of(listener.url)
    rows = [
        new_delivery(tx, listener.id, listener.workspace_id, host, event.id, event.type, body)
        | {"ordering_key": event.ticket_id or event.subject_id, "version": event.version}
        for event, body in messages
    ]
    if rows:
        await tx.execute_many(insert_into(webhook_deliveries), rows)


def new_delivery(
    tx: Transaction, webhook_id: str, workspace_id: str, host: str, event_id: str, event_type: str, body: str,
    failures: int = 0,
) -> dict[str, object]:  # fmt: skip
    """Write the row of a delivery that is due now; how often it may fail depends on how often it is said to have."""
    return {
        "id": new_id("delivery"), "workspace_id": workspace_id, "webhook_id": webhook_id, "event_id": event_id,
        "event_type": event_type, "state": "pending", "host": host, "attempts": 0, "failures": failures,
        "next_attempt_at": tx.now, "created_at": tx.now, "body": body, **_NOT_YET,
    }  # fmt: skip


_NOT_YET = dict.fromkeys(
    ("ordering_key", "version", "attempted_at", "duration_ms", "error", "reply_status", "reply_headers", "reply_body",
     "request_url", "request_headers")
)  # fmt: skip
IS_ACTIVE = sa.and_(webhooks.c.enabled, webhooks.c.paused_at.is_(None), webhooks.c.deleted_at.is_(None))
_open_ones = (
    sa.select(webhook_deliveries.c.id)
    .where(webhook_deliveries.c.webhook_id == webhooks.c.id, OPEN)
    .limit(sa.literal_column(str(MAX_OPEN)))
    .correlate(webhooks)
    .subquery()
)
_IS_BEHIND = sa.and_(IS_ACTIVE, workspaces.c.deleted_at.is_(None), workspaces.c.version > webhooks.c.read_version)
_MAY_MANAGE = administers(ANSWERS, webhooks.c.workspace_id, webhooks.c.project_id)
_STARTED = Projection(StartedWebhook, webhooks)
_UNCONFIRMED = Statement(
    sa.select(*_STARTED.columns)
    .select_from(webhooks.join(workspaces, workspaces.c.id == webhooks.c.workspace_id))
    .where(_IS_BEHIND, ~_MAY_MANAGE)
    .limit(sa.literal_column(str(MAX_WEBHOOKS)))
)
_BEHIND = Statement(
    sa.select(
        webhooks.c.id, webhooks.c.workspace_id, webhooks.c.project_id, webhooks.c.url, webhooks.c.events,
        webhooks.c.read_version, workspaces.c.version,
    )
    .select_from(webhooks.join(workspaces, workspaces.c.id == webhooks.c.workspace_id))
    .where(
        _IS_BEHIND,
        _MAY_MANAGE,
        sa.select(sa.func.count()).select_from(_open_ones).scalar_subquery() < MAX_OPEN,
    )
    .limit(sa.literal_column(str(MAX_WEBHOOKS)))
)  # fmt: skip
_NEXT = Statement(
    sa.select(*EVENT_COLUMNS)
    .where(events.c.workspace_id == sa.bindparam("workspace_id"), events.c.version > sa.bindparam("after"))
    .order_by(events.c.version)
    .limit(sa.bindparam("most", type_=sa.Integer()))
)
_MOVE_ON = Statement(
    sa.update(webhooks)
    .where(webhooks.c.id == sa.bindparam("webhook_id"), webhooks.c.read_version == sa.bindparam("old"), IS_ACTIVE)
    .values(read_version=sa.bindparam("new", type_=sa.BigInteger()))
)
