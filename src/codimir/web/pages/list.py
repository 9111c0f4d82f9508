"""The list: tickets of a project or all of them, filtered, sorted, grouped and paged by the address."""

from collections.abc import Mapping
from functools import partial
from typing import Literal, get_args

import msgspec
from litestar import Response

from codimir.database.core import Transaction
from codimir.http.paging import Page, PageSize
from codimir.http.routing import get
from codimir.kit.collation import sort_key
from codimir.kit.values import Values
from codimir.tickets.fields import FIELDS, Kind, Order, Sort
from codimir.tickets.listing.best_matches import list_best_matches
from codimir.tickets.listing.pages import TakesLong, list_tickets
from codimir.tickets.ordering.board import count_columns
from codimir.tickets.schemas import TicketInList, TicketListQuery
from codimir.web.addresses import Address
from codimir.web.chips import chips_of
from codimir.web.display_names import ORDER
from codimir.web.filter_bar import Bar, Offered, Shown, bar_html
from codimir.web.highlights import Matches, get_matches, highlights_of
from codimir.web.lookups import names_of
from codimir.web.page_context import Frame
from codimir.web.prose import ProseWriter
from codimir.web.queries import RailProject
from codimir.web.task_counts import count_tasks

Column = Literal["type", "key", "status", "labels", "due", "assignee", "updatedAt", "createdAt"]
Grouping = Literal["status", "priority", "type", "assignee", "project"]
COLUMNS: tuple[Column, ...] = get_args(Column)
FIRST_COLUMNS: tuple[Column, ...] = ("key", "status", "labels", "due", "assignee", "updatedAt")
ShownSort = Sort | Literal["relevance"]
SORTS: tuple[tuple[ShownSort, Order], ...] = tuple(
    (field.sort, field.first) for field in sorted(FIELDS, key=lambda field: field.kind is not Kind.DATE) if field.sort
)
IN_A_GROUP = 20
MAX_GROUPS = 30
"""So many groups show tickets; further ones only how many they have."""
NONE = "none"
BY_RELEVANCE: tuple[ShownSort, Order] = ("relevance", "desc")
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)
OFFERED, OFFERED_IN_SEARCH = Offered(SORTS, GROUPINGS, COLUMNS), Offered((BY_RELEVANCE, *SORTS), GROUPINGS, COLUMNS)


class ListQuery(TicketListQuery, frozen=True):
    """The filters of the API, and how the list is shown; what is searched for comes by relevance if nothing is said."""

    sort: ShownSort | None = None  # type: ignore[assignment]
    limit: PageSize = 50
    by: Grouping | None = None
    show: tuple[Column, ...] = FIRST_COLUMNS

    @property
    def is_search(self) -> bool:
        """Return whether something is searched for."""
        return bool(self.search and self.search.strip())

    @property
    def shown_sort(self) -> ShownSort:
        """Return the order in which the tickets stand."""
        if self.is_search:
            return self.sort or "relevance"
        return "updatedAt" if self.sort in (None, "relevance") else self.sort


class Group(msgspec.Struct, frozen=True):
    """The first tickets that have one value of a field, and how many have it."""

    value: str
    tickets: list[TicketInList]
    total: int
    name: str = ""
    icon: str = ""


@get("/tickets")
async def get_all(frame: Frame, query: ListQuery, writer: ProseWriter) -> Response[bytes]:
    """Show every ticket that the person sees."""
    return await _show(frame, query, None, writer)


@get("/projects/{key:str}/list")
async def get_project_list(key: str, frame: Frame, query: ListQuery, writer: ProseWriter) -> Response[bytes]:
    """Show the tickets of a project."""
    return await _show(frame, query, await frame.project(key), writer)


async def _show(frame: Frame, query: ListQuery, project: RailProject | None, writer: ProseWriter) -> Response[bytes]:
    asked = msgspec.structs.replace(query, project=(project.id,)) if project else query
    at = Address.of(frame.request.scope["path"], frame.request.scope["query_string"])

    async def unit(tx: Transaction, *, in_place: bool = False) -> Values:
        found = await _found(tx, frame, asked, in_place=in_place)
        matches = await get_matches(tx, frame.actor, asked, _rows_of(found)) if query.is_search else None
        return {"chips": await chips_of(tx, frame.actor, at, frame.clock), "matches": matches, **found}

    try:
        found = await (frame.db.read_long(unit) if query.takes_long else frame.db.read(partial(unit, in_place=True)))
    except TakesLong:
        found = await frame.db.read_long(unit)
    bar = _bar(query, at, found, in_project=project is not None)
    matches: Matches | None = found.pop("matches")
    data = {
        **found, "columns": frozenset(query.show), "query": query, "at": at, "project": project,
        "bar": bar_html(frame.language, bar, OFFERED_IN_SEARCH if query.is_search else OFFERED),
        "highlights": await highlights_of(matches, writer, frame.actor.id) if matches else {},
        "tasks": await count_tasks(_rows_of(found), writer, frame.actor.id),
    }  # fmt: skip
    if frame.is_htmx:
        return frame.fragment("pages/list_more.html" if frame.htmx_target == "more" else "pages/list_view.html", **data)
    title = project.name if project else frame.gettext("All tickets")
    view = frame.render_partial("pages/list_view.html", **data)
    return await frame.page(
        "pages/list.html", title=title, here="list" if project else "tickets", project=project, view=view
    )


def _bar(query: ListQuery, at: Address, found: Values, *, in_project: bool) -> Bar:
    sort = query.shown_sort
    shown = Shown(query.search, sort, query.order, query.by, query.show)
    chips, is_reversed = tuple(found["chips"]), query.order != dict((BY_RELEVANCE, *SORTS))[sort]
    return Bar(at.path, tuple(at.values.items()), chips, found["total"], in_project, shown, is_reversed)


async def _found(tx: Transaction, frame: Frame, query: ListQuery, *, in_place: bool) -> Values:
    if query.by is None:
        page = await _page(tx, frame, query, in_place=in_place)
        return {"groups": [], "tickets": page.data, "pagination": page.pagination, "total": page.pagination.total}
    if query.by in ("assignee", "project"):
        groups = await _named_groups(tx, frame, query, query.by, in_place=in_place)
    else:
        groups = [await _fixed_group(tx, frame, query, query.by, value, in_place=in_place) for value in _values(query)]
    found = [group for group in groups if group.total]
    return {"groups": found, "tickets": [], "pagination": None, "total": sum(group.total for group in found)}


def _values(query: ListQuery) -> list[str]:
    """Return the values of the field that the list is grouped by, those that are asked for."""
    asked = getattr(query, query.by or "status")
    return [word for word in ORDER[query.by or "status"] if not asked or word in asked]


async def _named_groups(
    tx: Transaction, frame: Frame, query: ListQuery, by: Literal["assignee", "project"], *, in_place: bool
) -> list[Group]:
    """Give a group to each person or project that has tickets, in the order of the names; nobody's comes last."""
    counts = await count_columns(tx, frame.actor, query, by)
    known = await names_of(tx, frame.actor, by, [each for each in counts if each is not None])
    groups: list[Group] = []
    for value in sorted(counts, key=lambda each: (each is None, sort_key(known.get(each or "", "")))):
        if (value is None or value in known) and len(groups) < MAX_GROUPS:
            group = await _group(tx, frame, query, value or NONE, in_place=in_place)
        else:
            group = Group(value or "", [], counts[value])
        name, icon = _name(frame, by, known, value), _icon(by, value)
        groups.append(msgspec.structs.replace(group, name=name, icon=icon))
    return groups


def _name(frame: Frame, by: str, known: Mapping[str, str], value: str | None) -> str:
    if value is not None:
        return known.get(value) or frame.gettext("Someone who left")
    return frame.gettext("Nobody") if by == "assignee" else frame.words.without["project"]


def _icon(by: str, value: str | None) -> str:
    if by == "project":
        return "project"
    return "nobody" if value is None else "person"


async def _fixed_group(
    tx: Transaction, frame: Frame, query: ListQuery, by: str, value: str, *, in_place: bool
) -> Group:
    group = await _group(tx, frame, query, value, in_place=in_place)
    return msgspec.structs.replace(group, name=frame.words.fixed[by][value], icon=f"{by}-{value}")


async def _group(tx: Transaction, frame: Frame, query: ListQuery, value: str, *, in_place: bool) -> Group:
    one = msgspec.structs.replace(query, **{query.by or "status": (value,)}, page=1, limit=IN_A_GROUP)
    page = await _page(tx, frame, one, in_place=in_place)
    return Group(value, page.data, page.pagination.total)


async def _page(tx: Transaction, frame: Frame, query: ListQuery, *, in_place: bool) -> Page[TicketInList]:
    if query.shown_sort == "relevance":
        return await list_best_matches(tx, frame.actor, query)
    ordered = msgspec.structs.replace(query, sort=query.shown_sort)
    known = frame.request.app.state["keyset_cache"]
    return await list_tickets(tx, frame.actor, ordered, known, in_place=in_place)


def _rows_of(found: Values) -> list[TicketInList]:
    """Return the tickets that a list shows, in groups or without."""
    return [*found["tickets"], *(ticket for group in found["groups"] for ticket in group.tickets)]


ROUTES = (get_all, get_project_list)
