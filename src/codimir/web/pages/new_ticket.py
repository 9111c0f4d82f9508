"""A new ticket from one line: the page, and what the dialog of it fetches."""

from typing import Any

import msgspec
from litestar import Response

from codimir.http.errors import InvalidInput
from codimir.http.routing import get, post
from codimir.http.validation import Query, parse_body
from codimir.quick.actions import create_quickly, understand
from codimir.quick.schemas import QuickTicket
from codimir.tickets.queries import get_details
from codimir.tickets.schemas import TicketDetails
from codimir.web.forms import Form
from codimir.web.frame import Frame
from codimir.web.names import find_handles, find_names
from codimir.web.queries import RailProject, get_rail


class NewTicketQuery(Query):
    """The project whose page it is, and what the line begins with."""

    project: str = ""
    text: str = ""


@get("/tickets/new")
async def get_new_ticket(frame: Frame, query: NewTicketQuery) -> Response[bytes]:
    """Show the form of a new ticket."""
    project = await frame.project(query.project) if query.project else None
    if frame.in_pieces:
        return frame.fragment("pages/new_ticket_fields.html", **await _fields(frame, project))
    return await _page(frame, project, query.text)


@post("/tickets/new")
async def create_new_ticket(frame: Frame, form: Form) -> Response[Any]:
    """Create the ticket of the form and lead to it."""
    try:
        quick = _quick(frame, form)

        async def unit(tx: Any) -> TicketDetails:
            return await get_details(tx, await create_quickly(tx, frame.actor, quick))

        ticket = await frame.db.write(unit)
    except InvalidInput as error:
        project = await frame.project(form.get("project")) if form.get("project") else None
        problem = next(iter((error.details or {}).values()), [str(error)])[0]
        return await _page(frame, project, form.get("text"), form.get("description"), problem)
    return frame.redirect(f"/tickets/{ticket.key or ticket.id}")


@post("/tickets/new/preview")
async def preview_new_ticket(frame: Frame, form: Form) -> Response[bytes]:
    """Show what a line means."""
    quick = _quick(frame, form)
    said = await frame.db.read(lambda tx: understand(tx, frame.actor, quick))
    return frame.fragment("pages/new_ticket_said.html", said=said)


def _quick(frame: Frame, form: Form) -> QuickTicket:
    values = {"text": form.get("text"), "description": form.get("description") or None}
    place = {"projectId": form.get("project")} if form.get("project") else {"workspaceId": frame.workspace_id}
    return parse_body(QuickTicket, msgspec.json.encode(values | place))


async def _fields(frame: Frame, project: RailProject | None) -> dict[str, Any]:
    workspace_id = project.workspace_id if project else frame.workspace_id

    async def unit(tx: Any) -> dict[str, Any]:
        rail = await get_rail(tx, frame.actor, workspace_id)
        projects = rail.projects if project is None or project in rail.projects else [project, *rail.projects]
        return {
            "project": project,
            "projects": projects,
            "people": await find_handles(tx, frame.actor, "", workspace_id),
            "labels": await find_names(tx, frame.actor, "label", "", workspace_id),
            "workspace_id": workspace_id,
        }

    return await frame.db.read(unit)


async def _page(
    frame: Frame, project: RailProject | None, text: str = "", description: str = "", problem: str = ""
) -> Response[bytes]:
    fields = await _fields(frame, project)
    fields.pop("workspace_id")
    return await frame.page(
        "pages/new_ticket.html", title=frame.gettext("Create ticket"), status=400 if problem else 200,
        text=text, description=description, problem=problem, **fields,
    )  # fmt: skip


ROUTES = (get_new_ticket, create_new_ticket, preview_new_ticket)
