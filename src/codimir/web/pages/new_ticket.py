"""A new ticket from one line: the page, and what the dialog of it fetches."""

from datetime import date
from typing import Any

import msgspec
from litestar import Response

from codimir.http.errors import InvalidInput
from codimir.http.requests import HttpResponse
from codimir.http.routing import get, post
from codimir.http.validation import Query, parse_body
from codimir.kit.values import Values
from codimir.quick.actions import create_quickly, understand
from codimir.quick.schemas import QuickTicket, Understood
from codimir.tickets.queries import get_details
from codimir.tickets.schemas import TicketDetails
from codimir.web.forms import Form
from codimir.web.lookups import find_handles, find_names
from codimir.web.page_context import PROJECT_COOKIE, Frame
from codimir.web.queries import RailProject, list_who_adds, list_writable_projects


class NewTicketQuery(Query, frozen=True):
    """The project whose page it is, and what the line begins with."""

    project: str = ""
    text: str = ""


@get("/tickets/new")
async def get_new_ticket(frame: Frame, query: NewTicketQuery) -> Response[bytes]:
    """Show the form of a new ticket."""
    project = await frame.project(query.project) if query.project else None
    if frame.is_htmx:
        return frame.fragment("pages/new_ticket_fields.html", **await _fields(frame, project))
    return await _page(frame, project, query.text, problem=_why_not(frame, project))


@post("/tickets/new")
async def create_new_ticket(frame: Frame, form: Form) -> HttpResponse:
    """Create the ticket of the form and lead to it."""
    try:
        quick = _quick(frame, form)

        async def unit(tx: Any) -> TicketDetails:
            return await get_details(tx, await create_quickly(tx, frame.actor, quick))

        ticket = await frame.db.write(unit)
    except InvalidInput as error:
        project = await frame.project(form.get("project")) if form.get("project") else None
        problem = next(iter((error.details or {}).values()), [error.problem])[0]
        return await _page(frame, project, form.get("text"), form.get("description"), problem)
    used = {"codimir_project": ticket.project.key} if ticket.project else {}
    return frame.redirect(f"/tickets/{ticket.key or ticket.id}", **used)


@post("/tickets/new/preview")
async def preview_new_ticket(frame: Frame, form: Form) -> Response[bytes]:
    """Show what a line means."""
    quick = _quick(frame, form)

    async def unit(tx: Any) -> Values:
        said = await understand(tx, frame.actor, quick)
        who_may = []
        if said.unknown_labels and not said.can_create_labels:
            who_may = await list_who_adds(tx, said.workspace_id, said.project.id if said.project else "")
        return {"said": said, "who_may": who_may, **_parts(said)}

    return frame.fragment("pages/new_ticket_said.html", **await frame.db.read(unit))


def _parts(said: Understood) -> Values:
    """Return which part of the line speaks of which field, and which of them of which label, the first that does."""
    labels = [(span.value, span.text) for span in said.spans if span.field == "label"]
    return {"parts": {span.field: span.text for span in said.spans}, "label_parts": dict(reversed(labels))}


def _quick(frame: Frame, form: Form) -> QuickTicket:
    values = {"text": form.get("text"), "description": form.get("description") or None}
    place = {"projectId": form.get("project")} if form.get("project") else {"workspaceId": frame.workspace_id}
    return parse_body(QuickTicket, msgspec.json.encode({**values, **place, "makesLabels": True}))


def _why_not(frame: Frame, project: RailProject | None) -> str:
    """Return why no ticket can be created in the project that was asked for."""
    if project is None or frame.may_create(project):
        return ""
    return frame.gettext("You can't create tickets in %s") % project.name


async def _fields(frame: Frame, project: RailProject | None) -> Values:
    workspace_id = project.workspace_id if project else frame.workspace_id

    async def unit(tx: Any) -> Values:
        projects = await list_writable_projects(tx, frame.actor, workspace_id)
        if project is not None and project not in projects and frame.may_create(project):
            projects.insert(0, project)
        return {
            "project": _proposed(frame, project, projects),
            "projects": projects,
            "may_do_without": frame.may_create(None),
            "people": await find_handles(tx, frame.actor, "", workspace_id),
            "labels": await find_names(tx, frame.actor, "label", "", workspace_id),
            "workspace_id": workspace_id,
            "today": date.fromordinal(frame.clock.today).isoformat(),
        }

    return await frame.db.read(unit)


def _proposed(frame: Frame, project: RailProject | None, projects: list[RailProject]) -> RailProject | None:
    """Return the project that a new ticket is proposed for: where the person is, used last, or is a member."""
    if project in projects:
        return project
    used = frame.cookie(PROJECT_COOKIE)
    return next((each for each in projects if each.key == used), projects[0] if projects else None)


async def _page(
    frame: Frame, project: RailProject | None, text: str = "", description: str = "", problem: Any = None
) -> Response[bytes]:
    status = 400 if problem and frame.request.method == "POST" else 200
    fields = await _fields(frame, project)
    fields.pop("workspace_id")
    return await frame.page(
        "pages/new_ticket.html", title=frame.gettext("Create ticket"), status=status,
        text=text, description=description, problem=problem, **fields,
    )  # fmt: skip


ROUTES = (get_new_ticket, create_new_ticket, preview_new_ticket)
