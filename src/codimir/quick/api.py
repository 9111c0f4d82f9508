"""The route of a ticket in one line."""

from codimir.authorization.actor import Actor
from codimir.database.core import Database, Transaction
from codimir.http.replies import Shown
from codimir.http.routing import Created, post
from codimir.quick.actions import create_quickly, understand
from codimir.quick.schemas import QuickTicket, Understood
from codimir.tickets.queries import get_details
from codimir.tickets.schemas import TicketDetails


@post("/api/tickets/quick")
async def create_ticket_quickly(
    db: Database, actor: Actor, data: QuickTicket
) -> Created[TicketDetails] | Shown[Understood]:
    """Create a ticket from one line, or with `preview` only say what the line means.

    `Fix login !high @ana #bug due friday WEB`: the priority after `!`, the assignee after `@`, labels after `#`, the
    type after `/`, the status after `~`, the due date after `due`, and the key of the project as the first or the last
    word. What means nothing stays in the title; a backslash before a word leaves it as it is.
    """
    if data.preview:
        return Shown(await db.read(lambda tx: understand(tx, actor, data)))

    async def unit(tx: Transaction) -> Created[TicketDetails]:
        ticket = await get_details(tx, await create_quickly(tx, actor, data))
        return Created(ticket, f"/api/tickets/{ticket.id}")

    return await db.write(unit)


ROUTES = (create_ticket_quickly,)
