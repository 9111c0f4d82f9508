"""What the command palette finds, and what a text can mention."""

import re
from typing import Any

from litestar import Response

from codimir.http.routing import get
from codimir.http.validation import Query
from codimir.kit.values import Values
from codimir.tickets.listing.best_matches import search_tickets
from codimir.tickets.schemas import TicketSearchQuery
from codimir.web.lookups import find_handles, find_names
from codimir.web.page_context import Frame

MAX_TICKETS, MAX_OTHERS, MAX_MENTIONS = 8, 4, 8
_WORDS = re.compile(r"[^\W_]")


class PaletteQuery(Query, frozen=True):
    """What is looked for."""

    q: str = ""


class MentionQuery(Query, frozen=True):
    """What was begun: `@an`, or `WEB-4`; and the workspace of the text."""

    q: str = ""
    workspace: str = ""


@get("/palette")
async def search_everything(frame: Frame, query: PaletteQuery) -> Response[bytes]:
    """Show the tickets, projects and people that a text finds, as options of the palette."""
    text, workspace_id = query.q.strip()[:200], frame.workspace_id
    if not _WORDS.search(text):
        return frame.fragment("pages/palette_found.html", tickets=[], projects=[], people=[])
    wanted = TicketSearchQuery(q=text, limit=MAX_TICKETS)

    async def unit(tx: Any) -> Values:
        people = await find_names(tx, frame.actor, "assignee", text, workspace_id)
        projects = await find_names(tx, frame.actor, "project", text, workspace_id)
        return {
            "tickets": await search_tickets(tx, frame.actor, wanted),
            "projects": projects[:MAX_OTHERS],
            "people": people[:MAX_OTHERS],
        }

    return frame.fragment("pages/palette_found.html", **await frame.db.read_long(unit))


@get("/mentions")
async def suggest_mentions(frame: Frame, query: MentionQuery) -> Response[bytes]:
    """Show whom, or which ticket, what was begun in a text can mean, as options that complete it."""
    chosen = query.workspace if query.workspace in frame.actor.workspaces else frame.workspace_id
    people, tickets = [], []
    if query.q.startswith("@"):
        people = await frame.db.read(lambda tx: find_handles(tx, frame.actor, query.q[1:65], chosen))
    elif _WORDS.search(query.q):
        wanted = TicketSearchQuery(q=query.q.lstrip("#")[:64], limit=MAX_MENTIONS)
        found = await frame.db.read_long(lambda tx: search_tickets(tx, frame.actor, wanted))
        tickets = [ticket for ticket in found if ticket.key]
    return frame.fragment("pages/mentions.html", people=people[:MAX_MENTIONS], tickets=tickets)


ROUTES = (search_everything, suggest_mentions)
