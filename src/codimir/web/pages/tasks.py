"""The tasks of a text, ticked where they stand."""

from litestar import Response

from codimir.comments.actions import update_comment
from codimir.comments.queries import get_comment
from codimir.comments.schemas import CommentUpdate
from codimir.database.core import Transaction
from codimir.http.errors import Conflict, InvalidInput
from codimir.http.requests import HttpResponse
from codimir.http.routing import post
from codimir.problems.problem import Problem
from codimir.tickets.changing.updating import update_ticket
from codimir.tickets.queries import get_visible_ticket
from codimir.tickets.schemas import TicketUpdate
from codimir.web.forms import Form
from codimir.web.page_context import Frame
from codimir.web.tasks import fingerprint, with_task
from codimir.web.ticket_view import DESCRIPTION

MAX_LINE_LENGTH = 9
"""How many digits the number of a line may have"""


class TextHasChanged(Conflict):
    """Somebody wrote something else where the task was."""

    problem = Problem("text_changed")


@post("/tickets/{ref:str}/tasks")
async def tick_task(ref: str, frame: Frame, form: Form) -> HttpResponse:
    """Tick a task, or open it again, and touch nothing else of its text.

    `seen` is the fingerprint of the text as the person saw it: ticks of others count as no change, anything else does.
    """
    where, line, done = form.get("text"), form.get("line"), form.get("done") == "yes"
    if not (line.isascii() and line.isdigit() and len(line) <= MAX_LINE_LENGTH):
        raise InvalidInput.fields(line=Problem("line_number_malformed"))

    def ticked(text: str) -> str:
        changed = with_task(text, int(line), done=done) if fingerprint(text) == form.get("seen") else None
        if changed is None:
            raise TextHasChanged
        return changed

    async def unit(tx: Transaction) -> None:
        found = await get_visible_ticket(tx, frame.actor, ref, lock=True)
        if where == DESCRIPTION:
            update = TicketUpdate(description=ticked(found.ticket.description or ""))
            await update_ticket(tx, frame.actor, found, update)
        else:
            comment = await get_comment(tx, found, where)
            await update_comment(tx, frame.actor, found, comment, CommentUpdate(content=ticked(comment.content)))

    await frame.db.write(unit)
    return Response(None, status_code=204) if frame.is_htmx else frame.redirect(f"/tickets/{ref}")


ROUTES = (tick_task,)
