"""How many tasks of the descriptions of some tickets are done: `2/5` on rows and cards."""

from collections.abc import Iterable, Mapping

from codimir.tickets.schemas import TicketInList
from codimir.web.prose import ProseWriter
from codimir.web.tasks import may_have_tasks

TaskCounts = Mapping[str, tuple[int, int]]
"""By the ids of tickets, how many tasks are done and how many there are; only of tickets that have some"""
MAX_COUNTED = 16_384
"""Of longer descriptions nothing is counted in lists: reading one takes as long as many rows."""
PATIENCE_SECONDS = 0.3
"""How long a list waits; what is read later stands there the next time."""


async def count_tasks(tickets: Iterable[TicketInList], writer: ProseWriter, person_id: str) -> TaskCounts:
    """Count the tasks that the pages of these tickets show, for a person's list of them."""
    texts = {
        ticket.id: ticket.description
        for ticket in tickets
        if ticket.description and len(ticket.description) <= MAX_COUNTED and may_have_tasks(ticket.description)
    }
    readings = await writer.read(texts, person_id, PATIENCE_SECONDS) if texts else {}
    return {ticket_id: reading.tasks for ticket_id, reading in readings.items() if reading and reading.tasks[1]}
