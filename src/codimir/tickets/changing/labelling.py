"""Which labels a ticket has."""

from collections.abc import Iterable

import sqlalchemy as sa

from codimir.authorization.permissions import Scope
from codimir.database.core import Transaction
from codimir.database.statements import Statement, insert_into
from codimir.model.tickets import ticket_labels
from codimir.tickets.changing.validation import usable_labels
from codimir.tickets.queries import FoundTicket


async def label_ids_of(tx: Transaction, ticket_id: str) -> list[str]:
    """Return the labels of a ticket, in the order in which events name them."""
    return await tx.fetch_column(_LABEL_IDS, ticket=ticket_id)


_LABEL_IDS = Statement(
    sa.select(ticket_labels.c.label_id)
    .where(ticket_labels.c.ticket_id == sa.bindparam("ticket"))
    .order_by(ticket_labels.c.label_id)
)


_TAKE_LABELS_OFF = Statement(sa.delete(ticket_labels).where(ticket_labels.c.ticket_id == sa.bindparam("ticket")))


async def labels_that_stay(tx: Transaction, ticket_id: str, scope: Scope) -> list[str]:
    """Leave out the labels that belong to the project that a ticket leaves."""
    label_ids = await label_ids_of(tx, ticket_id)
    usable = await usable_labels(tx, label_ids, scope)
    return [label for label in label_ids if label in usable]


async def put_labels(tx: Transaction, workspace_id: str, ticket_id: str, label_ids: list[str]) -> None:
    """Put labels on a ticket that has none of them."""
    await put_all_labels(tx, [(workspace_id, ticket_id, label_ids)])


async def put_all_labels(tx: Transaction, labelled: Iterable[tuple[str, str, Iterable[str]]]) -> None:
    """Put labels on tickets that have none of them; each is named by its workspace and its id."""
    rows = [
        {"workspace_id": workspace_id, "ticket_id": ticket_id, "label_id": label}
        for workspace_id, ticket_id, label_ids in labelled
        for label in label_ids
    ]
    if rows:
        await tx.execute_many(insert_into(ticket_labels), rows)


async def replace_labels(tx: Transaction, found: FoundTicket, label_ids: list[str]) -> None:
    """Change the labels after the ticket, whose state from before is kept with the labels that it has."""
    await tx.execute(_TAKE_LABELS_OFF, ticket=found.ticket.id)
    await put_labels(tx, found.scope.workspace_id, found.ticket.id, label_ids)
