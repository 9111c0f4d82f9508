"""Understanding a line, and creating the ticket that it says."""

from datetime import date, datetime
from typing import cast

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, allows
from codimir.authorization.timezones import timezone_of
from codimir.database.core import Transaction
from codimir.http.errors import InvalidInput
from codimir.kit.moments import moment_of
from codimir.labels.actions import create_label
from codimir.model.enums import Priority, Status, Type
from codimir.problems.problem import Problem
from codimir.quick.grammar import Known, Piece, interpret, names_in, possible_keys, read, unknown_labels
from codimir.quick.queries import find_labels, find_people, find_project_summary
from codimir.quick.schemas import QuickTicket, Span, Understood
from codimir.tickets.changing.creating import create_ticket
from codimir.tickets.changing.validation import find_project, find_workspace
from codimir.tickets.schemas import MAX_LABELS, MAX_TITLE, TicketCreate


async def understand(tx: Transaction, actor: Actor, quick: QuickTicket) -> Understood:
    """Return what a line means for who wrote it: what they do not see has no name.

    Raises InvalidInput when the project or the workspace that the ticket shall go to is not there.
    """
    zone = await timezone_of(tx, actor)
    pieces = read(quick.text, tx.now.astimezone(zone).date())
    scope, named = await _place(tx, actor, quick, pieces)
    people = await find_people(tx, actor, scope, names_in(pieces, "assignee"))
    labels = await find_labels(tx, scope, names_in(pieces, "label"))
    known = Known({name: person.id for name, person in people.items()}, {name: tag.id for name, tag in labels.items()})
    said = interpret(pieces, known, named)
    tags = {tag.id: tag for tag in labels.values()}
    by_id = {person.id: person for person in people.values()}
    return Understood(
        title=said.title,
        type=cast("Type", said.values.get("type", "TASK")),
        status=cast("Status", said.values.get("status", "backlog")),
        priority=cast("Priority", said.values.get("priority", "medium")),
        project=await find_project_summary(tx, scope.project_id),
        workspace_id=scope.workspace_id,
        assignee=by_id.get(said.values.get("assignee", "")),
        labels=[tags[label] for label in said.labels][:MAX_LABELS],
        due_date=_moment(said.values.get("due")),
        spans=[Span(each.start, each.end, each.text, each.field, each.value) for each in said.pieces if each.field],
        unknown_labels=unknown_labels(pieces, known),
        can_create_labels=allows(actor, Permission.LABEL_CREATE, scope),
    )


async def create_quickly(tx: Transaction, actor: Actor, quick: QuickTicket) -> str:
    """Create the ticket that a line says, and give its id.

    Raises InvalidInput when nothing is left for its title, or too much.
    """
    said = await understand(tx, actor, quick)
    if quick.makes_labels and said.unknown_labels and said.can_create_labels:
        said = await _with_new_labels(tx, actor, quick, said)
    if not said.title:
        raise InvalidInput.fields(text=Problem("required", field="Title"))
    if len(said.title) > MAX_TITLE:
        raise InvalidInput.fields(text=Problem("title_of_line_too_long", limit=MAX_TITLE, length=len(said.title)))
    new = TicketCreate(
        title=said.title,
        description=quick.description or None,
        type=said.type,
        status=said.status,
        priority=said.priority,
        project_id=said.project.id if said.project else None,
        workspace_id=None if said.project else said.workspace_id,
        assignee_id=said.assignee.id if said.assignee else None,
        due_date=said.due_date,
        label_ids=[tag.id for tag in said.labels],
    )
    return await create_ticket(tx, actor, new)


async def _with_new_labels(tx: Transaction, actor: Actor, quick: QuickTicket, said: Understood) -> Understood:
    """Create the labels that a line names and that are not there yet, and say anew what it means."""
    zone = await timezone_of(tx, actor)
    scope, _ = await _place(tx, actor, quick, read(quick.text, tx.now.astimezone(zone).date()))
    for name in said.unknown_labels:
        await create_label(tx, actor, scope, name)
    return await understand(tx, actor, quick)


async def _place(tx: Transaction, actor: Actor, quick: QuickTicket, pieces: list[Piece]) -> tuple[Scope, Piece | None]:
    """Find where the ticket goes: the project that the line names, else the one that is given, else the workspace."""
    given = None if quick.project_id is None else await find_project(tx, actor, quick.project_id, quick.workspace_id)
    workspace = await find_workspace(tx, actor, quick.workspace_id)
    problems = {
        name: [Problem("invalid_id", kind=label)]
        for name, label, is_wrong in (
            ("projectId", "project", quick.project_id is not None and given is None),
            ("workspaceId", "workspace", workspace is None and (given is None or quick.workspace_id is not None)),
        )
        if is_wrong
    }
    if problems:
        raise InvalidInput(details=problems)
    here = given or workspace
    home = here.scope.workspace_id if here else None
    for piece in possible_keys(pieces):
        found = await find_project(tx, actor, piece.text, home)
        if found is not None:
            return found.scope, piece
    if here is None:
        raise InvalidInput.fields(workspaceId=Problem("invalid_id", kind="workspace"))
    return here.scope, None


def _moment(day: str | None) -> datetime | None:
    return None if day is None else moment_of(date.fromisoformat(day))
