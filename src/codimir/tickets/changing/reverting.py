"""Taking back a change of a ticket's fields."""

from typing import Any

import msgspec

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, require
from codimir.database.core import Transaction
from codimir.http.errors import Conflict, InvalidInput
from codimir.kit.values import ReadOnlyValues, Values
from codimir.problems.problem import Problem
from codimir.tickets.changing.labelling import label_ids_of
from codimir.tickets.changing.updating import put_values
from codimir.tickets.queries import FoundTicket
from codimir.tickets.schemas import Ticket

LABELS = "labelIds"
FOLLOWS = frozenset({"key"})
"""Fields that follow from others."""
_FIELDS = {field.encode_name: field for field in msgspec.structs.fields(Ticket)}


class ChangedSince(Conflict):
    """A field has another value by now, which would be lost; `details` names each."""

    problem = Problem("changed_since")


class CannotReturn(Conflict):
    """The ticket cannot have its old values any more; `details` says why of each."""

    problem = Problem("old_values_invalid")


async def differences_since(tx: Transaction, found: FoundTicket, changes: ReadOnlyValues) -> Values:
    """Return the fields that no longer have the value which a change gave them, each with its value now."""
    now: Values = msgspec.to_builtins(found.ticket, builtin_types=())
    if LABELS in changes:
        now[LABELS] = await label_ids_of(tx, found.ticket.id)
    return {name: now[name] for name, (_, new) in changes.items() if name not in FOLLOWS and now[name] != new}


async def revert_ticket(tx: Transaction, actor: Actor, found: FoundTicket, changes: ReadOnlyValues) -> None:
    """Give the fields of a change the values that they had before it, exactly.

    Raises CannotReturn when what an old value names is gone or cannot be seen any more.
    """
    require(actor, Permission.TICKET_EDIT, found.scope)
    values = {_name(field): _typed(field, old) for field, (old, _) in changes.items() if field not in FOLLOWS}
    try:
        await put_values(tx, actor, found, values)
    except InvalidInput as error:
        raise CannotReturn(details=error.details) from error


def _name(field: str) -> str:
    return "label_ids" if field == LABELS else _FIELDS[field].name


def _typed(field: str, value: Any) -> Any:
    return value if field == LABELS else msgspec.convert(value, _FIELDS[field].type)
