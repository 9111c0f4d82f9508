"""Take a label or a group off the tickets that have it, because it is deleted."""

from collections.abc import Sequence

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.statements import Row, Statement, is_any_of, not_before_creation
from codimir.events.recording import record_all
from codimir.events.types import Changes, TicketUpdated
from codimir.model.tickets import ticket_labels, tickets


async def count_of_group(tx: Transaction, group_id: str) -> int:
    """Count the tickets that a group has, those in the trash too."""
    count: int = await tx.fetch_value(_COUNT_OF_GROUP, group=group_id)
    return count


async def count_labelled(tx: Transaction, label_id: str) -> int:
    """Count the tickets that have a label, those in the trash too."""
    count: int = await tx.fetch_value(_COUNT_LABELLED, label=label_id)
    return count


async def take_group_off(tx: Transaction, actor_id: str | None, group_id: str, limit: int) -> int:
    """Leave at most so many tickets of a group without one; give how many.

    Each that is not in the trash tells so.
    """
    found = await tx.fetch_column(_OF_GROUP, group=group_id, limit=limit)
    left = await tx.fetch_all(_LEAVE_GROUP, ticket_ids=found, now=tx.now)
    await _tell(tx, actor_id, [(row, {"groupId": (group_id, None)}) for row in left])
    return len(found)


async def take_label_off(tx: Transaction, actor_id: str | None, label_id: str, limit: int) -> int:
    """Take a label off at most so many of its tickets; give how many.

    Each that is not in the trash tells so. The tickets change before their labels do: the state from before is kept
    with the labels that it has.
    """
    found = await tx.fetch_column(_WITH_LABEL, label=label_id, limit=limit)
    had: dict[str, list[str]] = {}
    for ticket_id, its_label in await tx.fetch_all(_LABELS_BESIDE, ticket_ids=found):
        had.setdefault(ticket_id, []).append(its_label)
    touched = await tx.fetch_all(_TOUCH, ticket_ids=found, now=tx.now)
    await tx.execute(_TAKE_OFF, label=label_id, ticket_ids=found)
    old = [had.get(row[0], [label_id]) for row in touched]
    changes = [{"labelIds": (its, [each for each in its if each != label_id])} for its in old]
    await _tell(tx, actor_id, list(zip(touched, changes, strict=True)))
    return len(found)


async def _tell(tx: Transaction, actor_id: str | None, changed: Sequence[tuple[Row, Changes]]) -> None:
    happened = [
        TicketUpdated(
            workspace_id=workspace_id, project_id=project_id, ticket_id=ticket_id, subject_id=ticket_id, changes=changes
        )
        for (ticket_id, workspace_id, project_id, deleted_at), changes in changed
        if deleted_at is None
    ]
    if happened:
        await record_all(tx, actor_id, happened)


_TOLD = (tickets.c.id, tickets.c.workspace_id, tickets.c.project_id, tickets.c.deleted_at)
_NOW = sa.bindparam("now", type_=tickets.c.updated_at.type)
_LIMIT = sa.bindparam("limit", type_=sa.Integer())
_has_label = ticket_labels.c.label_id == sa.bindparam("label")
_is_of_group = tickets.c.group_id == sa.bindparam("group")
_named = is_any_of(tickets.c.id, "ticket_ids")
_COUNT_OF_GROUP = Statement(sa.select(sa.func.count()).select_from(tickets).where(_is_of_group))
_COUNT_LABELLED = Statement(sa.select(sa.func.count()).select_from(ticket_labels).where(_has_label))
_OF_GROUP = Statement(sa.select(tickets.c.id).where(_is_of_group).limit(_LIMIT).with_for_update())
_LEAVE_GROUP = Statement(
    sa.update(tickets)
    .where(_named)
    .values(group_id=sa.null(), updated_at=not_before_creation(tickets, _NOW))
    .returning(*_TOLD)
)
_WITH_LABEL = Statement(
    sa.select(ticket_labels.c.ticket_id)
    .join(tickets, tickets.c.id == ticket_labels.c.ticket_id)
    .where(_has_label)
    .order_by(ticket_labels.c.ticket_id)
    .limit(_LIMIT)
    .with_for_update(of=tickets)
)
_TOUCH = Statement(
    sa.update(tickets).where(_named).values(updated_at=not_before_creation(tickets, _NOW)).returning(*_TOLD)
)
_LABELS_BESIDE = Statement(
    sa.select(ticket_labels.c.ticket_id, ticket_labels.c.label_id)
    .where(is_any_of(ticket_labels.c.ticket_id, "ticket_ids"))
    .order_by(ticket_labels.c.ticket_id, ticket_labels.c.label_id)
)
_TAKE_OFF = Statement(sa.delete(ticket_labels).where(_has_label, is_any_of(ticket_labels.c.ticket_id, "ticket_ids")))
