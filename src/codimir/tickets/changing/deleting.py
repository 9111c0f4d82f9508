"""Tickets go to the trash, and come out of it."""

from datetime import datetime

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, allows, require
from codimir.database.core import Transaction
from codimir.database.statements import update_by_id
from codimir.events.recording import record
from codimir.events.types import (
    TicketDeleted,
    TicketRestored,
)
from codimir.model.tickets import tickets
from codimir.tickets.changing.events import ticket_event
from codimir.tickets.queries import FoundTicket


async def delete_ticket(tx: Transaction, actor: Actor, found: FoundTicket) -> None:
    """Move a ticket to the trash; who reported it may do that, and the administrators."""
    _require_may_delete(actor, found)
    await _set_deleted(tx, found, tx.now)
    event = ticket_event(TicketDeleted, found.ticket.id, found.scope, {"deleted_at": (None, tx.now)})
    await record(tx, actor.id, event)


async def restore_ticket(tx: Transaction, actor: Actor, found: FoundTicket, deleted_at: datetime) -> None:
    """Take a ticket out of the trash, with everything that is on it; who may delete it may do that."""
    _require_may_delete(actor, found)
    await _set_deleted(tx, found, None)
    event = ticket_event(TicketRestored, found.ticket.id, found.scope, {"deleted_at": (deleted_at, None)})
    await record(tx, actor.id, event)


def _require_may_delete(actor: Actor, found: FoundTicket) -> None:
    if found.ticket.reporter_id != actor.id or not allows(actor, Permission.TICKET_EDIT, found.scope):
        require(actor, Permission.TICKET_DELETE, found.scope)


async def _set_deleted(tx: Transaction, found: FoundTicket, deleted_at: datetime | None) -> None:
    changed = update_by_id(tickets, frozenset({"deleted_at", "updated_at"}))
    await tx.execute(changed, row_id=found.ticket.id, deleted_at=deleted_at, updated_at=tx.now)
