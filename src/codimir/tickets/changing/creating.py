"""New tickets, one or many; a single one is a batch of one.

A batch asks each table once for each place, and writes each table once for so many rows. It is one change in the log,
which undo takes back as a whole, and everything that a single ticket gets, each of its tickets gets too.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, require
from codimir.database.core import Transaction
from codimir.database.statements import insert_into
from codimir.events.recording import record_all
from codimir.events.types import TicketCreated
from codimir.http.errors import InvalidInput
from codimir.kit.ids import new_id
from codimir.kit.ranks import first_rank
from codimir.kit.values import ReadOnlyValues, Values
from codimir.model.tickets import tickets, title_sort_key
from codimir.problems.problem import Problem, Problems
from codimir.tickets.changing.events import ticket_event
from codimir.tickets.changing.labelling import put_all_labels
from codimir.tickets.changing.transferring import take_next_keys
from codimir.tickets.changing.validation import (
    Place,
    find_project,
    find_workspace,
    reference_errors,
    reference_errors_of_all,
)
from codimir.tickets.changing.workflow import fields_for_new
from codimir.tickets.schemas import API_NAME, TicketCreate
from codimir.tickets.search.index import index_new_tickets

AT_A_TIME = 500
"""So many tickets of a batch are held as rows at once."""


class InvalidTickets(InvalidInput):
    """Some of many tickets cannot be created; `problems` says by their places in the list what is wrong with each."""

    def __init__(self, problems: Mapping[int, Problems]) -> None:
        self.problems = problems
        super().__init__(
            details={f"[{index}].{name}": wrong for index, its in problems.items() for name, wrong in its.items()}
        )


async def create_ticket(tx: Transaction, actor: Actor, new: TicketCreate) -> str:
    """Create a ticket and give its id; in a project it gets the project's next key."""
    try:
        [ticket_id] = await create_tickets(tx, actor, [new])
    except InvalidTickets as error:
        raise InvalidInput(details=error.problems[0]) from error
    return ticket_id


async def create_tickets(tx: Transaction, actor: Actor, new: Sequence[TicketCreate]) -> list[str]:
    """Create tickets in their order, all of them or none, and give their ids.

    All are in the memory of the process, and nobody else writes on SQLite until the last is written: who has very many
    gives each unit a portion of them, and all units one `batch_id`. Raises InvalidTickets, and Forbidden where the
    actor may not create tickets in one of the places.
    """
    places = await _get_places(tx, actor, new)
    keys = await take_next_keys(tx, places)
    ids = [new_id("ticket") for _ in new]
    wanted = [_Wanted(*each) for each in zip(ids, new, places, keys, range(len(ids)), strict=True)]
    for start in range(0, len(wanted), AT_A_TIME):
        await _write(tx, actor, wanted[start : start + AT_A_TIME], ids[0])
    return ids


async def check_new(tx: Transaction, actor: Actor, values: ReadOnlyValues) -> tuple[Place | None, Problems]:
    """Find the place of a new ticket and say what is wrong with the things that its body names."""
    place, problems = await _find_place(tx, actor, values.get("project_id"), values.get("workspace_id"))
    return place, problems | await reference_errors(tx, values, place)


class _Wanted(NamedTuple):
    """A ticket that is created."""

    id: str
    body: TicketCreate
    place: Place
    numbered: tuple[int | None, str | None]
    """Its number in its project, and its key"""
    position: int
    """How many of the batch come before it"""


_TOLD = tuple(name for name in API_NAME if name in tickets.c and name not in ("id", "created_at", "updated_at"))
"""What the event of a creation tells of the row"""


async def _get_places(tx: Transaction, actor: Actor, new: Sequence[TicketCreate]) -> list[Place]:
    """Return where each ticket goes, for an actor who may create tickets there."""
    together: dict[tuple[str | None, str | None], list[int]] = {}
    for index, each in enumerate(new):
        together.setdefault((each.project_id, each.workspace_id), []).append(index)
    places: dict[int, Place] = {}
    wrong: dict[int, Problems] = {}
    for (project, workspace), indexes in together.items():
        place, problems = await _find_place(tx, actor, project, workspace)
        if place is None:
            wrong |= dict.fromkeys(indexes, problems)
            continue
        bodies = [msgspec.structs.asdict(new[index]) for index in indexes]
        for index, more in zip(indexes, await reference_errors_of_all(tx, bodies, place), strict=True):
            places[index] = place
            if found := problems | more:
                wrong[index] = found
    if wrong:
        raise InvalidTickets(dict(sorted(wrong.items())))
    for indexes in together.values():
        place = places[indexes[0]]
        require(actor, Permission.TICKET_CREATE, place.scope, Problem("cannot_create_tickets_in", place=place.name))
    return [places[index] for index in range(len(new))]


async def _find_place(
    tx: Transaction, actor: Actor, project: str | None, workspace: str | None
) -> tuple[Place | None, Problems]:
    problems: Problems = {}
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
    return place, problems


async def _write(tx: Transaction, actor: Actor, wanted: Sequence[_Wanted], first_id: str) -> None:
    rows = [_new_row(tx, actor, each, first_id) for each in wanted]
    labels = [list(dict.fromkeys(each.body.label_ids)) for each in wanted]
    await tx.execute_many(insert_into(tickets), rows)
    labelled = ((row["workspace_id"], row["id"], its) for row, its in zip(rows, labels, strict=True))
    await put_all_labels(tx, labelled)
    await index_new_tickets(tx, rows)
    created = [
        ticket_event(TicketCreated, each.id, each.place.scope, _shown(row, its))
        for each, row, its in zip(wanted, rows, labels, strict=True)
    ]
    await record_all(tx, actor.id, created)


def _shown(row: ReadOnlyValues, labels: list[str]) -> dict[str, tuple[None, object]]:
    """Return what the event of a creation tells: every field that was set."""
    shown: dict[str, tuple[None, object]] = {name: (None, row[name]) for name in _TOLD if row[name] is not None}
    if labels:
        shown["label_ids"] = (None, labels)
    return shown


def _new_row(tx: Transaction, actor: Actor, wanted: _Wanted, first_id: str) -> Values:
    """Return the row of a ticket; of those without a number the later ones of a batch are above too."""
    new, scope, (number, key) = wanted.body, wanted.place.scope, wanted.numbered
    follows = fields_for_new(new.status, tx.now)
    if new.stage is not None:
        follows["stage"] = new.stage
    return {
        "id": wanted.id,
        "workspace_id": scope.workspace_id,
        "project_id": scope.project_id,
        "number": number,
        "key": key,
        "title": new.title,
        "title_sort": title_sort_key(new.title),
        "description": new.description,
        "type": new.type,
        "status": new.status,
        "priority": new.priority,
        "rank": first_rank(tx.now, first_id, number, 0 if number is not None else wanted.position),
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
