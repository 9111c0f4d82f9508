"""What the names in texts mean to whoever reads them: which keys are tickets, and who is mentioned."""

from collections.abc import Iterable

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.tickets.former_keys import find_by_keys
from codimir.users.handles import handle_key
from codimir.users.mentions import find_mentioned
from codimir.web.markdown_meaning import Meaning, Reading, TicketLink

MAX_KEYS = 200


async def get_meaning(tx: Transaction, actor: Actor, workspace_id: str, readings: Iterable[Reading | None]) -> Meaning:
    """Look up which keys in texts are, or were, those of tickets that the actor sees, and who is mentioned."""
    names = [name for reading in readings if reading is not None for name in reading.names]
    keys = sorted({name.key for name in names if name.key})[:MAX_KEYS]
    handles = {handle_key(handle) for name in names for handle in name.handles}
    found = await find_by_keys(tx, actor, keys)
    people = await find_mentioned(tx, workspace_id, handles)
    return Meaning(
        {key: TicketLink(ticket.key or ticket.ticket_id, ticket.title) for key, ticket in found.items()},
        {handle: person.name for handle, person in people.items()},
    )
