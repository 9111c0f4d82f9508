"""Changes of the fields of tickets."""

from typing import Any

import msgspec
from msgspec import UNSET

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, require
from codimir.database.core import Transaction
from codimir.database.statements import update_by_id
from codimir.events.recording import record
from codimir.http.errors import InvalidInput
from codimir.kit.values import ReadOnlyValues, Values
from codimir.model.enums import Status
from codimir.model.tickets import tickets, title_sort_key
from codimir.problems.problem import Problem, Problems
from codimir.tickets.changing.events import by_event, ticket_event
from codimir.tickets.changing.labelling import label_ids_of, labels_that_stay, replace_labels
from codimir.tickets.changing.transferring import transfer
from codimir.tickets.changing.validation import Place, find_project, reference_errors
from codimir.tickets.changing.workflow import fields_for_transition
from codimir.tickets.fields import FIELDS
from codimir.tickets.queries import FoundTicket
from codimir.tickets.schemas import StatusChange, TicketUpdate
from codimir.tickets.search.index import index_fields

SEARCHED = frozenset(field.member for field in FIELDS if field.is_searched)


async def update_ticket(tx: Transaction, actor: Actor, found: FoundTicket, update: TicketUpdate) -> None:
    """Change the fields that are given and leave the others as they are."""
    require(actor, Permission.TICKET_EDIT, found.scope)
    given = {name: value for name, value in msgspec.structs.asdict(update).items() if value is not UNSET}
    status: Status = given.get("status", found.ticket.status)
    await put_values(tx, actor, found, fields_for_transition(found.ticket.status, status, tx.now) | given)


async def put_values(tx: Transaction, actor: Actor, found: FoundTicket, given: ReadOnlyValues) -> None:
    """Give fields of a ticket exactly these values, for an actor who may edit it.

    Raises InvalidInput that names every field whose value the ticket cannot have.
    """
    place, problems = await check_update(tx, actor, found, given)
    if problems or place is None:
        raise InvalidInput(details=problems)
    values = dict(given)
    label_ids = values.pop("label_ids", None)
    moves = place.scope.project_id != found.ticket.project_id
    if moves:
        values |= await transfer(tx, actor, found, place)
    elif "project_id" in values:
        values["project_id"] = found.ticket.project_id
    if label_ids is None and moves:
        label_ids = await labels_that_stay(tx, found.ticket.id, place.scope)
    await _change(tx, actor, found, values, label_ids)


async def change_status(tx: Transaction, actor: Actor, found: FoundTicket, change: StatusChange) -> None:
    """Move a ticket to a status; its stage follows unless one is given."""
    await update_ticket(tx, actor, found, TicketUpdate(status=change.status, stage=change.stage))


async def assign_ticket(tx: Transaction, actor: Actor, found: FoundTicket, assignee_id: str | None) -> None:
    """Give the ticket to someone who can see it, or to nobody."""
    await update_ticket(tx, actor, found, TicketUpdate(assignee_id=assignee_id))


async def check_update(
    tx: Transaction, actor: Actor, found: FoundTicket, given: ReadOnlyValues
) -> tuple[Place | None, Problems]:
    """Find the place where a ticket stays or goes and say what is wrong with the things that its body names."""
    if "project_id" not in given:
        place: Place | None = Place(found.scope)
    elif given["project_id"] is None:
        place = Place(Scope(found.scope.workspace_id))
    else:
        place = await find_project(tx, actor, given["project_id"], found.scope.workspace_id)
    if place is None:
        return None, {"projectId": [Problem("invalid_id", kind="project")]}
    if place.scope.workspace_id != found.scope.workspace_id:
        return None, {"projectId": [Problem("project_of_other_workspace")]}
    moves = place.scope.project_id != found.scope.project_id
    checked = {"assignee_id": found.ticket.assignee_id, **given} if moves else given
    return place, await reference_errors(tx, checked, place)


async def _change(
    tx: Transaction, actor: Actor, found: FoundTicket, values: Values, label_ids: list[str] | None
) -> None:
    """Write what differs, and record one event for each kind of change."""
    ticket = found.ticket
    changes: dict[str, tuple[Any, Any]] = {
        name: (getattr(ticket, name), value)
        for name, value in values.items()
        if name != "number" and getattr(ticket, name) != value
    }
    row = {name: new for name, (_, new) in changes.items()} | (
        {"number": values["number"]} if "number" in values else {}
    )
    if "title" in changes:
        row["title_sort"] = title_sort_key(values["title"])
    if label_ids is not None and (labels := sorted(set(label_ids))) != (old := await label_ids_of(tx, ticket.id)):
        changes["label_ids"] = (old, labels)
    if not changes:
        return
    row["updated_at"] = tx.now
    await tx.execute(update_by_id(tickets, frozenset(row)), row_id=ticket.id, **row)
    if "label_ids" in changes:
        await replace_labels(tx, found, changes["label_ids"][1])
    if SEARCHED & changes.keys():
        await index_fields(tx, [ticket.id])
    scope, left = found.scope, None
    if "project_id" in changes:
        scope, left = Scope(scope.workspace_id, values["project_id"]), ticket.project_id
    for kind, part in by_event(changes).items():
        await record(tx, actor.id, ticket_event(kind, ticket.id, scope, part, left))
