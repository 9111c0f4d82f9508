"""Changing several tickets at once, all of them or none; what was done can be taken back."""

import msgspec

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.http.errors import InvalidInput
from codimir.http.requests import HttpResponse
from codimir.http.routing import post
from codimir.http.validation import parse_body
from codimir.labels.actions import create_label, name_key
from codimir.labels.queries import find_label_named
from codimir.labels.schemas import LabelCreate
from codimir.problems.problem import Problem
from codimir.tickets.changing.deleting import delete_ticket
from codimir.tickets.changing.updating import update_ticket
from codimir.tickets.fields import FIELDS, Kind
from codimir.tickets.queries import FoundTicket, get_visible_details, get_visible_ticket
from codimir.tickets.schemas import API_NAME, TicketUpdate
from codimir.web.forms import Form
from codimir.web.page_context import Frame
from codimir.web.present import due_on
from codimir.web.toasts import done_here

MAX_COUNT = 500
TRASH = "trash"
EDITED = {field.name: field for field in FIELDS if field.edits}
NEW = "+"
"""What a label begins with that is made by putting it on; the id of one that is there does not."""


@post("/tickets/bulk")
async def change_many(frame: Frame, form: Form) -> HttpResponse:
    """Change the tickets that are named: `change` is `field:value`, or `trash`."""
    tickets = list(dict.fromkeys(form.all("ticket")))
    if not 1 <= len(tickets) <= MAX_COUNT:
        raise InvalidInput.fields(ticket=Problem("tickets_out_of_bounds", limit=MAX_COUNT))
    field, _, value = form.get("change").partition(":")

    async def unit(tx: Transaction) -> str | None:
        for ref in tickets:
            found = await get_visible_ticket(tx, frame.actor, ref, lock=True)
            await _change(tx, frame, found, field, value)
        return tx.batch_id

    batch_id = await frame.db.write(unit)
    if frame.is_htmx:
        return done_here(frame, _said(frame, len(tickets), field), batch_id)
    return frame.redirect(form.get("back", "/tickets"))


async def _change(tx: Transaction, frame: Frame, found: FoundTicket, field: str, value: str) -> None:
    actor = frame.actor
    kind = EDITED[field].kind if field in EDITED else None
    if field == TRASH:
        await delete_ticket(tx, actor, found)
    elif kind is Kind.LABELS:
        if value.startswith(NEW):
            value = await _new_label(tx, actor, found, value.removeprefix(NEW))
        details = await get_visible_details(tx, actor, found.ticket.id)
        present = [label.id for label in details.labels]
        labels = [each for each in present if each != value] if value in present else [*present, value]
        await update_ticket(tx, actor, found, TicketUpdate(label_ids=labels))
    elif kind is Kind.DATE:
        due = due_on(value, field) if value else None
        await update_ticket(tx, actor, found, TicketUpdate(due_date=due))
    else:
        await update_ticket(tx, actor, found, _update(field, value))


async def _new_label(tx: Transaction, actor: Actor, found: FoundTicket, name: str) -> str:
    """Make a label where the ticket is, and give its id; the same one when several tickets get it."""
    new = parse_body(LabelCreate, msgspec.json.encode({"name": name}))
    return await find_label_named(tx, found.scope, name_key(new.name)) or await create_label(
        tx, actor, found.scope, new.name
    )


def _update(field: str, value: str) -> TicketUpdate:
    if field not in EDITED:
        raise InvalidInput.fields(change=Problem("not_one_of", allowed=(*EDITED, TRASH)))
    try:
        return msgspec.convert({API_NAME[EDITED[field].member]: value or None}, TicketUpdate)
    except msgspec.ValidationError as error:
        raise InvalidInput.fields(**{field: Problem("value_not_possible")}) from error


def _said(frame: Frame, count: int, field: str) -> str:
    said = frame.ngettext("%d ticket moved to the trash", "%d tickets moved to the trash", count)
    if field != TRASH:
        said = frame.ngettext("%d ticket changed", "%d tickets changed", count)
    return said % count


ROUTES = (change_many,)
