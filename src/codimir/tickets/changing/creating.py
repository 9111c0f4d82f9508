"""New tickets."""

import msgspec

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, require
from codimir.database.core import Transaction
from codimir.database.statements import insert_into
from codimir.events.recording import record
from codimir.events.types import (
    TicketCreated,
)
from codimir.http.errors import InvalidInput
from codimir.kit.ids import new_id
from codimir.kit.ranks import first_rank
from codimir.kit.values import ReadOnlyValues, Values
from codimir.model.tickets import tickets, title_sort_key
from codimir.problems.problem import Problem, Problems
from codimir.tickets.changing.events import ticket_event
from codimir.tickets.changing.labelling import put_labels
from codimir.tickets.changing.transferring import take_next_key
from codimir.tickets.changing.validation import Place, find_project, find_workspace, reference_errors
from codimir.tickets.changing.workflow import fields_for_new
from codimir.tickets.schemas import API_NAME, TicketCreate
from codimir.tickets.search.index import index_new_ticket


async def create_ticket(tx: Transaction, actor: Actor, new: TicketCreate) -> str:
    """Create a ticket and give its id; in a project it gets the project's next key."""
    values = msgspec.structs.asdict(new)
    place, problems = await check_new(tx, actor, values)
    if problems or place is None:
        raise InvalidInput(details=problems)
    require(actor, Permission.TICKET_CREATE, place.scope, Problem("cannot_create_tickets_in", place=place.name))
    ticket_id = new_id("ticket")
    row = await _new_row(tx, actor, ticket_id, new, place)
    await tx.execute(insert_into(tickets), **row)
    labels = list(dict.fromkeys(new.label_ids))
    await put_labels(tx, place.scope.workspace_id, ticket_id, labels)
    await index_new_ticket(tx, ticket_id)
    shown = {name: (None, row[name]) for name in API_NAME if row.get(name) is not None and name not in _NOT_CHANGES}
    if labels:
        shown["label_ids"] = (None, labels)
    await record(tx, actor.id, ticket_event(TicketCreated, ticket_id, place.scope, shown))
    return ticket_id


async def check_new(tx: Transaction, actor: Actor, values: ReadOnlyValues) -> tuple[Place | None, Problems]:
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
    return place, problems | await reference_errors(tx, values, place)


_NOT_CHANGES = frozenset({"id", "created_at", "updated_at"})


async def _new_row(tx: Transaction, actor: Actor, ticket_id: str, new: TicketCreate, place: Place) -> Values:
    number, key = await take_next_key(tx, place)
    follows = fields_for_new(new.status, tx.now)
    if new.stage is not None:
        follows["stage"] = new.stage
    return {
        "id": ticket_id,
        "workspace_id": place.scope.workspace_id,
        "project_id": place.scope.project_id,
        "number": number,
        "key": key,
        "title": new.title,
        "title_sort": title_sort_key(new.title),
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
