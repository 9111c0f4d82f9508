"""What can be done to tickets."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import UNSET

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, allows, require
from codimir.database.core import Transaction
from codimir.database.statements import Statement, insert_into, update_by_id
from codimir.events.recording import record
from codimir.events.types import (
    Event,
    TicketCreated,
    TicketDeleted,
    TicketRestored,
    TicketStatusChanged,
    TicketUpdated,
)
from codimir.http.errors import InvalidInput
from codimir.kit.ids import new_id
from codimir.kit.ranks import first_rank
from codimir.model.enums import Status
from codimir.model.projects import projects
from codimir.model.tickets import former_ticket_keys, ticket_labels, tickets
from codimir.problems.problem import Problem, Problems
from codimir.tickets.changing.validation import Place, find_project, find_workspace, problems_in, usable_labels
from codimir.tickets.changing.workflow import entering, moving
from codimir.tickets.fields import FIELDS, event_of
from codimir.tickets.queries import FoundTicket
from codimir.tickets.schemas import StatusChange, Ticket, TicketCreate, TicketUpdate
from codimir.tickets.search.index import index_fields, index_new_ticket

TITLE_SORT_LENGTH = 100
SEARCHED = frozenset(field.member for field in FIELDS if field.is_searched)
API_NAME = dict(zip(Ticket.__struct_fields__, Ticket.__struct_encode_fields__, strict=True)) | {
    "label_ids": "labelIds",
    "deleted_at": "deletedAt",
}


async def create_ticket(tx: Transaction, actor: Actor, new: TicketCreate) -> str:
    """Create a ticket and give its id; in a project it gets the project's next key."""
    values = msgspec.structs.asdict(new)
    place, problems = await check_new(tx, actor, values)
    if problems or place is None:
        raise InvalidInput(details=problems)
    require(actor, Permission.TICKET_CREATE, place.scope, Problem("cannot_create_tickets_in", place=place.name))
    ticket_id = new_id("ticket")
    row = await _new_row(tx, actor, ticket_id, new, place)
    await tx.run(insert_into(tickets), **row)
    labels = list(dict.fromkeys(new.label_ids))
    await _put_labels(tx, place.scope.workspace_id, ticket_id, labels)
    await index_new_ticket(tx, ticket_id)
    shown = {name: (None, row[name]) for name in API_NAME if row.get(name) is not None and name not in _NOT_CHANGES}
    if labels:
        shown["label_ids"] = (None, labels)
    await record(tx, actor.id, _event(TicketCreated, ticket_id, place.scope, shown))
    return ticket_id


async def update_ticket(tx: Transaction, actor: Actor, found: FoundTicket, update: TicketUpdate) -> None:
    """Change the fields that are given and leave the others as they are."""
    require(actor, Permission.TICKET_EDIT, found.scope)
    given = {name: value for name, value in msgspec.structs.asdict(update).items() if value is not UNSET}
    status: Status = given.get("status", found.ticket.status)
    await put_values(tx, actor, found, moving(found.ticket.status, status, tx.now) | given)


async def put_values(tx: Transaction, actor: Actor, found: FoundTicket, given: Mapping[str, Any]) -> None:
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
        values |= await _move(tx, actor, found, place)
    elif "project_id" in values:
        values["project_id"] = found.ticket.project_id
    if label_ids is None and moves:
        label_ids = await _labels_that_stay(tx, found.ticket.id, place.scope)
    await _change(tx, actor, found, values, label_ids)


async def change_status(tx: Transaction, actor: Actor, found: FoundTicket, change: StatusChange) -> None:
    """Move a ticket to a status; its stage follows unless one is given."""
    await update_ticket(tx, actor, found, TicketUpdate(status=change.status, stage=change.stage))


async def assign_ticket(tx: Transaction, actor: Actor, found: FoundTicket, assignee_id: str | None) -> None:
    """Give the ticket to someone who can see it, or to nobody."""
    await update_ticket(tx, actor, found, TicketUpdate(assignee_id=assignee_id))


async def delete_ticket(tx: Transaction, actor: Actor, found: FoundTicket) -> None:
    """Move a ticket to the trash; who reported it may do that, and the administrators."""
    _require_may_delete(actor, found)
    await _set_deleted(tx, found, tx.now)
    await record(tx, actor.id, _event(TicketDeleted, found.ticket.id, found.scope, {"deleted_at": (None, tx.now)}))


async def restore_ticket(tx: Transaction, actor: Actor, found: FoundTicket, deleted_at: datetime) -> None:
    """Take a ticket out of the trash, with everything that is on it; who may delete it may do that."""
    _require_may_delete(actor, found)
    await _set_deleted(tx, found, None)
    await record(tx, actor.id, _event(TicketRestored, found.ticket.id, found.scope, {"deleted_at": (deleted_at, None)}))


async def label_ids_of(tx: Transaction, ticket_id: str) -> list[str]:
    """Give the labels of a ticket, in the order in which events name them."""
    return await tx.column(_LABEL_IDS, ticket=ticket_id)


async def check_new(tx: Transaction, actor: Actor, values: Mapping[str, Any]) -> tuple[Place | None, Problems]:
    """Find the place of a new ticket and say what is wrong with the things that its body names."""
    problems: Problems = {}
    project, workspace = values.get("project_id"), values.get("workspace_id")
    if project is not None:
        place = await find_project(tx, actor, project, workspace)
        missing = {"projectId": [Problem("invalid_id", kind="project")]}
    else:
        place = await find_workspace(tx, actor, workspace)
        missing = {
            "workspaceId": [Problem("no_workspace") if workspace is None else Problem("invalid_id", kind="workspace")]
        }
    if place is None:
        problems |= missing
    elif workspace is not None and workspace != place.scope.workspace_id:
        problems["workspaceId"] = [Problem("workspace_of_other_project")]
    return place, problems | await problems_in(tx, values, place)


async def check_update(
    tx: Transaction, actor: Actor, found: FoundTicket, given: Mapping[str, Any]
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
    return place, await problems_in(tx, checked, place)


_NOT_CHANGES = frozenset({"id", "created_at", "updated_at"})
_NEXT_NUMBER = Statement(
    sa.update(projects)
    .where(projects.c.id == sa.bindparam("project"), projects.c.deleted_at.is_(None))
    .values(ticket_counter=projects.c.ticket_counter + sa.bindparam("by", type_=sa.Integer()))
    .returning(projects.c.ticket_counter, projects.c.key)
)
_was_its_number = (former_ticket_keys.c.project_id == sa.bindparam("project")) & (
    former_ticket_keys.c.ticket_id == sa.bindparam("ticket")
)
_FORMER_NUMBER = Statement(sa.select(former_ticket_keys.c.number).where(_was_its_number))
_TAKE_NUMBER_BACK = Statement(sa.delete(former_ticket_keys).where(_was_its_number))
_LABEL_IDS = Statement(
    sa.select(ticket_labels.c.label_id)
    .where(ticket_labels.c.ticket_id == sa.bindparam("ticket"))
    .order_by(ticket_labels.c.label_id)
)
_TAKE_LABELS_OFF = Statement(sa.delete(ticket_labels).where(ticket_labels.c.ticket_id == sa.bindparam("ticket")))


def _require_may_delete(actor: Actor, found: FoundTicket) -> None:
    if found.ticket.reporter_id != actor.id or not allows(actor, Permission.TICKET_EDIT, found.scope):
        require(actor, Permission.TICKET_DELETE, found.scope)


async def _set_deleted(tx: Transaction, found: FoundTicket, deleted_at: datetime | None) -> None:
    changed = update_by_id(tickets, frozenset({"deleted_at", "updated_at"}))
    await tx.run(changed, row_id=found.ticket.id, deleted_at=deleted_at, updated_at=tx.now)


async def _new_row(tx: Transaction, actor: Actor, ticket_id: str, new: TicketCreate, place: Place) -> dict[str, Any]:
    number, key = await _next_key(tx, place)
    follows = entering(new.status, tx.now)
    if new.stage is not None:
        follows["stage"] = new.stage
    return {
        "id": ticket_id,
        "workspace_id": place.scope.workspace_id,
        "project_id": place.scope.project_id,
        "number": number,
        "key": key,
        "title": new.title,
        "title_sort": sort_key(new.title),
        "description": new.description,
        "type": new.type,
        "status": new.status,
        "priority": new.priority,
        "rank": first_rank(tx.now, ticket_id, number),
        **follows,
        "assignee_id": new.assignee_id,
        "reporter_id": actor.id,
        "group_id": new.group_id,
        "due_date": new.due_date,
        "comment_count": 0,
        "attachment_count": 0,
        "time_log_count": 0,
        "created_at": tx.now,
        "updated_at": tx.now,
        "deleted_at": None,
    }


def sort_key(title: str) -> str:
    """Give the text by which a title is sorted, without regard to case."""
    return title.casefold()[:TITLE_SORT_LENGTH]


async def _next_key(tx: Transaction, place: Place, number: int | None = None) -> tuple[int | None, str | None]:
    """Take the next number of the project, or one again; its row stays locked until the commit, so none is left out."""
    if place.scope.project_id is None:
        return None, None
    row = await tx.one(_NEXT_NUMBER, project=place.scope.project_id, by=1 if number is None else 0)
    if row is None:  # it was deleted a moment ago
        raise InvalidInput.fields(projectId=Problem("invalid_id", kind="project"))
    last, project_key = row
    number = last if number is None else number
    return number, f"{project_key}-{number}"


async def _move(tx: Transaction, actor: Actor, found: FoundTicket, place: Place) -> dict[str, Any]:
    """Give a ticket its place and key in another project, the one that it had there before; its old key finds it."""
    require(actor, Permission.TICKET_CREATE, place.scope, Problem("cannot_move_tickets_to", place=place.name))
    if found.number is not None:
        await tx.run(
            insert_into(former_ticket_keys), workspace_id=found.scope.workspace_id,
            project_id=found.ticket.project_id, number=found.number, ticket_id=found.ticket.id,
        )  # fmt: skip
    had = await tx.value(_FORMER_NUMBER, project=place.scope.project_id, ticket=found.ticket.id)
    number, key = await _next_key(tx, place, had)
    if had is not None:
        await tx.run(_TAKE_NUMBER_BACK, project=place.scope.project_id, ticket=found.ticket.id)
    return {"project_id": place.scope.project_id, "number": number, "key": key}


async def _labels_that_stay(tx: Transaction, ticket_id: str, scope: Scope) -> list[str]:
    """Leave out the labels that belong to the project that a ticket leaves."""
    label_ids = await label_ids_of(tx, ticket_id)
    usable = await usable_labels(tx, label_ids, scope)
    return [label for label in label_ids if label in usable]


async def _put_labels(tx: Transaction, workspace_id: str, ticket_id: str, label_ids: list[str]) -> None:
    if label_ids:
        rows = [{"workspace_id": workspace_id, "ticket_id": ticket_id, "label_id": label} for label in label_ids]
        await tx.run_many(insert_into(ticket_labels), rows)


async def _change(
    tx: Transaction, actor: Actor, found: FoundTicket, values: dict[str, Any], label_ids: list[str] | None
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
        row["title_sort"] = sort_key(values["title"])
    if label_ids is not None and (labels := sorted(set(label_ids))) != (old := await label_ids_of(tx, ticket.id)):
        changes["label_ids"] = (old, labels)
    if not changes:
        return
    row["updated_at"] = tx.now
    await tx.run(update_by_id(tickets, frozenset(row)), row_id=ticket.id, **row)
    if "label_ids" in changes:
        await _replace_labels(tx, found, changes["label_ids"][1])
    if SEARCHED & changes.keys():
        await index_fields(tx, [ticket.id])
    scope, left = found.scope, None
    if "project_id" in changes:
        scope, left = Scope(scope.workspace_id, values["project_id"]), ticket.project_id
    for kind, part in _by_event(changes).items():
        await record(tx, actor.id, _event(kind, ticket.id, scope, part, left))


async def _replace_labels(tx: Transaction, found: FoundTicket, label_ids: list[str]) -> None:
    """Change the labels after the ticket, whose state from before is kept with the labels that it has."""
    await tx.run(_TAKE_LABELS_OFF, ticket=found.ticket.id)
    await _put_labels(tx, found.scope.workspace_id, found.ticket.id, label_ids)


def _by_event(changes: Mapping[str, tuple[Any, Any]]) -> dict[type[Event], dict[str, tuple[Any, Any]]]:
    """Sort changes by the event that tells them; a stage that changes by itself is an update."""
    events: dict[type[Event], dict[str, tuple[Any, Any]]] = {}
    for name, change in changes.items():
        kind = event_of(name)
        if kind is TicketStatusChanged and "status" not in changes:
            kind = TicketUpdated
        events.setdefault(kind, {})[name] = change
    return events


def _event(
    kind: type[Event], ticket_id: str, scope: Scope, changes: Mapping[str, tuple[Any, Any]], left: str | None = None
) -> Event:
    return kind(
        workspace_id=scope.workspace_id,
        project_id=scope.project_id,
        ticket_id=ticket_id,
        subject_id=ticket_id,
        changes={API_NAME.get(name, name): change for name, change in changes.items()},
        from_project_id=left,
    )
