"""Withdraw what a person was told and has not read, when it is taken back: by undo, or by hand.

Who is assigned a ticket and loses it before they looked has nothing to look at, and neither has who would read that a
status changed and changed back.
"""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.events.queries import RecordedEvent
from codimir.events.types import TicketAssigned, TicketStatusChanged
from codimir.model.events import events
from codimir.model.notifications import UNREAD, notifications

TAKEN_BACK_WITHIN = timedelta(minutes=10)


async def withdraw_taken_back(tx: Transaction, event: RecordedEvent, told: Sequence[str]) -> None:
    """Withdraw what an event takes back; `told` are the ids of the people who are told of the event itself."""
    loses = event.changes.get("assigneeId", (None, None))[0]
    if loses is not None:
        await tx.execute(_WITHDRAW_ASSIGNED, ticket_id=event.ticket_id, user_id=loses, event_id=event.id)
    if event.type == TicketStatusChanged.type and told and event.actor is not None:
        await _withdraw_status(tx, event, event.actor.id, told)


async def _withdraw_status(tx: Transaction, event: RecordedEvent, actor_id: str, told: Sequence[str]) -> None:
    """Withdraw the notifications of a status and of its taking back by the same person."""
    old, new = event.changes["status"]
    since = event.created_at - TAKEN_BACK_WITHIN
    rows = await tx.fetch_all(
        _STATUS_TOLD, user_ids=list(told), ticket_id=event.ticket_id, actor_id=actor_id, status=old, since=since,
        event_id=event.id,
    )  # fmt: skip
    for user_id, event_id, changes in rows:
        if changes["status"][0] == new:
            await tx.execute(_WITHDRAW, user_id=user_id, event_ids=[event_id, event.id])


_unread_of_ticket = sa.and_(UNREAD, notifications.c.ticket_id == sa.bindparam("ticket_id"))
_assigning = sa.select(events.c.id).where(
    events.c.ticket_id == sa.bindparam("ticket_id"), events.c.type == sa.literal_column(f"'{TicketAssigned.type}'")
)
"""What says nothing else: a ticket that was created for somebody may mention them too."""
_WITHDRAW_ASSIGNED = Statement(
    sa.delete(notifications).where(
        notifications.c.user_id == sa.bindparam("user_id"),
        _unread_of_ticket,
        notifications.c.event_id.in_(_assigning),
        notifications.c.event_id != sa.bindparam("event_id"),
    )
)
_STATUS_TOLD = Statement(
    sa.select(notifications.c.user_id, notifications.c.event_id, events.c.changes)
    .select_from(notifications.join(events, events.c.id == notifications.c.event_id))
    .where(
        is_any_of(notifications.c.user_id, "user_ids"),
        _unread_of_ticket,
        notifications.c.kind == sa.literal_column("'status_changed'"),
        notifications.c.actor_id == sa.bindparam("actor_id"),
        notifications.c.status == sa.bindparam("status"),
        notifications.c.created_at >= sa.bindparam("since", type_=notifications.c.created_at.type),
        notifications.c.event_id != sa.bindparam("event_id"),
    )
)
_WITHDRAW = Statement(
    sa.delete(notifications).where(
        notifications.c.user_id == sa.bindparam("user_id"), UNREAD, is_any_of(notifications.c.event_id, "event_ids")
    )
)
