"""Take a label or a group off every ticket that has it, because it is deleted."""

import sqlalchemy as sa

from codimir.access.actor import Actor
from codimir.database.core import Transaction
from codimir.database.statements import Row, Statement, not_before_creation
from codimir.events.recording import record
from codimir.events.types import Changes, TicketUpdated
from codimir.tickets.tables import ticket_labels, tickets


async def take_group_off(tx: Transaction, actor: Actor, group_id: str) -> None:
    """Leave the tickets of a group without one; each that is not in the trash tells so."""
    for row in await tx.all(_OF_GROUP, group=group_id, now=tx.now):
        await _tell(tx, actor, row, {"groupId": (group_id, None)})


async def take_label_off(tx: Transaction, actor: Actor, label_id: str) -> None:
    """Take a label off its tickets; each that is not in the trash tells so."""
    had: dict[str, list[str]] = {}
    for ticket_id, its_label in await tx.all(_LABELS_BESIDE, label=label_id):
        had.setdefault(ticket_id, []).append(its_label)
    touched = await tx.all(_LABELLED, label=label_id, now=tx.now)
    await tx.run(_TAKE_OFF, label=label_id)
    for row in touched:
        old = had.get(row[0], [label_id])
        await _tell(tx, actor, row, {"labelIds": (old, [each for each in old if each != label_id])})


async def _tell(tx: Transaction, actor: Actor, row: Row, changes: Changes) -> None:
    ticket_id, workspace_id, project_id, deleted_at = row
    if deleted_at is not None:
        return
    happened = TicketUpdated(
        workspace_id=workspace_id, project_id=project_id, ticket_id=ticket_id, subject_id=ticket_id, changes=changes
    )
    await record(tx, actor.id, happened)


_TOLD = (tickets.c.id, tickets.c.workspace_id, tickets.c.project_id, tickets.c.deleted_at)
_NOW = sa.bindparam("now", type_=tickets.c.updated_at.type)
_with_label = sa.select(ticket_labels.c.ticket_id).where(ticket_labels.c.label_id == sa.bindparam("label"))
_OF_GROUP = Statement(
    sa.update(tickets)
    .where(tickets.c.group_id == sa.bindparam("group"))
    .values(group_id=sa.null(), updated_at=not_before_creation(tickets, _NOW))
    .returning(*_TOLD)
)
_LABELLED = Statement(
    sa.update(tickets)
    .where(tickets.c.id.in_(_with_label))
    .values(updated_at=not_before_creation(tickets, _NOW))
    .returning(*_TOLD)
)
_LABELS_BESIDE = Statement(
    sa.select(ticket_labels.c.ticket_id, ticket_labels.c.label_id)
    .where(ticket_labels.c.ticket_id.in_(_with_label))
    .order_by(ticket_labels.c.ticket_id, ticket_labels.c.label_id)
)
_TAKE_OFF = Statement(sa.delete(ticket_labels).where(ticket_labels.c.label_id == sa.bindparam("label")))
