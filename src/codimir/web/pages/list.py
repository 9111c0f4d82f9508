"""The list: tickets of a project or all of them, filtered, sorted, grouped and paged by the address."""

from typing import Any, Literal

import msgspec
from litestar import Response

from codimir.database.core import Transaction
from codimir.http.paging import Page, PageSize
from codimir.http.routing import get
from codimir.tickets.queries import list_tickets
from codimir.tickets.schemas import Order, Sort, TicketInList, TicketListQuery
from codimir.web.addresses import Address
from codimir.web.chips import FIELDS, chips_of
from codimir.web.frame import Frame
from codimir.web.queries import RailProject

Column = Literal["key", "status", "labels", "assignee", "due", "updated", "created", "type"]
COLUMNS: tuple[Column, ...] = ("type", "key", "status", "labels", "due", "assignee", "updated", "created")
FIRST_COLUMNS: tuple[Column, ...] = ("key", "status", "labels", "due", "assignee", "updated")
SORTS: tuple[tuple[Sort, Order], ...] = (
    ("updatedAt", "desc"), ("createdAt", "desc"), ("priority", "desc"), ("status", "asc"), ("title", "asc"),
)  # fmt: skip


class ListQuery(TicketListQuery):
    """The filters of the API, and how the list is shown."""

    limit: PageSize = 50
    show: tuple[Column, ...] = FIRST_COLUMNS


@get("/tickets")
async def get_all(frame: Frame, query: ListQuery) -> Response[bytes]:
    """Show every ticket that the person sees."""
    return await _show(frame, query, None)


@get("/projects/{key:str}/list")
async def get_project_list(key: str, frame: Frame, query: ListQuery) -> Response[bytes]:
    """Show the tickets of a project."""
    project = await frame.project(key)
    return await _show(frame, query, project)


async def _show(frame: Frame, query: ListQuery, project: RailProject | None) -> Response[bytes]:
    asked = msgspec.structs.replace(query, project=(project.id,)) if project else query
    read = frame.db.read_long if query.search else frame.db.read

    async def unit(tx: Transaction) -> Page[TicketInList]:
        return await list_tickets(tx, frame.actor, asked)

    found = await read(unit)
    address = Address.of(frame.request.scope["path"], frame.request.scope["query_string"])
    data: dict[str, Any] = {
        "tickets": found.data,
        "pagination": found.pagination,
        "query": query,
        "at": address,
        "chips": await frame.db.read(lambda tx: chips_of(tx, frame.actor, address)),
        "fields": FIELDS,
        "columns": frozenset(query.show),
        "project": project,
    }
    if frame.in_pieces:
        piece = "pages/list_more.html" if frame.piece == "more" else "pages/list_view.html"
        return frame.fragment(piece, **data)
    title = project.name if project else frame.gettext("All tickets")
    return await frame.page("pages/list.html", title=title, here="list" if project else "tickets", **data)


ROUTES = (get_all, get_project_list)
