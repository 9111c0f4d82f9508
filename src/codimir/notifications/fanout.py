"""Read the event log for people: an event that concerns someone becomes a notification, exactly once.

The position in a workspace moves on in the transaction that adds the notifications, and only from where it was read; so
several servers may read at the same time, and one that is killed leaves nothing half done.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa

from codimir.database.core import Database, Transaction
from codimir.database.statements import Statement, insert_into, is_any_of
from codimir.events.queries import EVENT, WITH_SURROUNDINGS, RecordedEvent
from codimir.kit.ids import new_id
from codimir.model.events import events
from codimir.model.notifications import notification_positions, notifications
from codimir.model.workspaces import workspaces
from codimir.notifications.recipients import CONCERNS, Recipient, audience_of, texts_of
from codimir.notifications.withdrawing import withdraw_taken_back
from codimir.users.handles import Mentions

FindMentions = Callable[[Iterable[str]], Awaitable[dict[str, Mentions]]]
"""Reads texts for the mentions that pages mark in them; it may take its time, and no transaction waits for it."""
MAX_EVENTS = 200
MAX_VERSIONS = 20_000
"""So many versions are looked through in one step, however few of their events concern somebody: to read a log of
millions, such as an import brings, in one go would take longer than reads may."""
MAX_WORKSPACES = 100
MAX_EVENT_AGE = timedelta(days=7)
"""What is older when it is read, concerns nobody any more: an imported history floods no inbox."""
MAX_MAIL_AGE = timedelta(hours=1)
"""What is older when it is read, is not mailed."""
DIGEST_WINDOW = timedelta(minutes=5)
"""How long notifications of a person are collected for one mail."""


class Step(NamedTuple):
    """How far the reading of a workspace comes, and what it comes by."""

    workspace_id: str
    old: int | None
    new: int
    events: list[RecordedEvent]


ToldOf = list[tuple[RecordedEvent, Recipient]]


async def read_log(db: Database, find_mentions: FindMentions, *, mails: bool) -> int:
    """Read on in every workspace that has something new; give how many got on. `mails` lets mails be due."""
    steps = await db.read_long(_look)
    if not steps:
        return 0
    mentions = await find_mentions(
        dict.fromkeys(text for step in steps for each in step.events for text in texts_of(each))
    )
    told = await db.read_long(partial(_whom, steps=steps, mentions=mentions))
    return await db.write(partial(_take, steps=steps, told=told, mails=mails))


async def _look(tx: Transaction) -> list[Step]:
    return [await _step(tx, *row) for row in await tx.fetch_all(_BEHIND)]


async def _step(tx: Transaction, workspace_id: str, old: int | None, newest: int) -> Step:
    after = old or 0
    last = min(newest, after + MAX_VERSIONS)
    rows = await tx.fetch_all(
        _NEXT, workspace_id=workspace_id, after=after, last=last, since=tx.now - MAX_EVENT_AGE, types=list(CONCERNS),
        most=MAX_EVENTS,
    )  # fmt: skip
    read = EVENT.all(rows)
    return Step(workspace_id, old, read[-1].version if len(read) == MAX_EVENTS else last, read)


async def _whom(tx: Transaction, steps: list[Step], mentions: Mapping[str, Mentions]) -> list[ToldOf]:
    """Return for each step whom it tells of what."""
    return [
        [(event, each) for event in step.events for each in await audience_of(tx, event, mentions)] for step in steps
    ]


async def _take(tx: Transaction, steps: list[Step], told: list[ToldOf], *, mails: bool) -> int:
    moved = 0
    for step, whom in zip(steps, told, strict=True):
        if step.old is None:
            await tx.execute(
                insert_into(notification_positions, or_ignore=True), workspace_id=step.workspace_id, read_version=0
            )
        if await tx.execute(_MOVE_ON, workspace_id=step.workspace_id, old=step.old or 0, new=step.new):
            moved += 1
            rows = [_row(tx, event, each, mails=mails) for event, each in whom]
            if rows:
                await tx.execute_many(insert_into(notifications, or_ignore=True), rows)
            for event in step.events:
                await withdraw_taken_back(tx, event, [each.user_id for about, each in whom if about is event])
    return moved


def _row(tx: Transaction, event: RecordedEvent, told: Recipient, *, mails: bool) -> dict[str, object]:
    is_mailed = mails and told.wants_mail and event.created_at > tx.now - MAX_MAIL_AGE
    return {
        "id": new_id("notification"), "workspace_id": event.workspace_id, "user_id": told.user_id,
        "event_id": event.id, "kind": told.kind, "actor_id": event.actor.id if event.actor else None,
        "project_id": event.project_id, "ticket_id": event.ticket_id,
        "comment_id": event.subject_id if event.type.startswith("comment.") else None,
        "status": event.changes["status"][1] if told.kind == "status_changed" else None,
        "created_at": event.created_at, "read_at": None, "mail_due_at": tx.now + DIGEST_WINDOW if is_mailed else None,
    }  # fmt: skip


async def purge(tx: Transaction, older: timedelta) -> int:
    """Delete some of the notifications that are older; give how many."""
    return await tx.execute(_PURGE, before=tx.now - older)


_BEHIND = Statement(
    sa.select(workspaces.c.id, notification_positions.c.read_version, workspaces.c.version)
    .select_from(workspaces.outerjoin(notification_positions, notification_positions.c.workspace_id == workspaces.c.id))
    .where(
        workspaces.c.deleted_at.is_(None),
        workspaces.c.version > sa.func.coalesce(notification_positions.c.read_version, 0),
    )
    .limit(sa.literal_column(str(MAX_WORKSPACES)))
)
_NEXT = Statement(
    sa.select(*EVENT.columns)
    .select_from(WITH_SURROUNDINGS)
    .where(
        events.c.workspace_id == sa.bindparam("workspace_id"),
        events.c.version > sa.bindparam("after"),
        events.c.version <= sa.bindparam("last"),
        events.c.created_at > sa.bindparam("since", type_=events.c.created_at.type),
        is_any_of(events.c.type, "types"),
    )
    .order_by(events.c.version)
    .limit(sa.bindparam("most", type_=sa.Integer()))
)
_MOVE_ON = Statement(
    sa.update(notification_positions)
    .where(
        notification_positions.c.workspace_id == sa.bindparam("workspace_id"),
        notification_positions.c.read_version == sa.bindparam("old", type_=sa.BigInteger()),
    )
    .values(read_version=sa.bindparam("new", type_=sa.BigInteger()))
)
_old = (
    sa.select(notifications.c.id)
    .where(notifications.c.created_at < sa.bindparam("before", type_=notifications.c.created_at.type))
    .order_by(notifications.c.created_at)
    .limit(sa.literal_column("500"))
)
_PURGE = Statement(sa.delete(notifications).where(notifications.c.id.in_(_old)))
