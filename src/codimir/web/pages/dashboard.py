"""The dashboard: the statistics of tickets as numbers and charts, for a period, a project, a person."""

import msgspec
from litestar import Response

from codimir.database.core import Transaction
from codimir.http.routing import get
from codimir.kit.values import Values
from codimir.tickets.date_ranges import between
from codimir.tickets.schemas import TicketStatsQuery
from codimir.tickets.statistics.numbers import get_statistics
from codimir.tickets.statistics.timelines import get_timeline
from codimir.web.addresses import Address
from codimir.web.charts import columns_of, shares_of
from codimir.web.display_names import ORDER
from codimir.web.lookups import find_names
from codimir.web.page_context import Frame
from codimir.web.queries import RailProject

PERIODS = ("week", "month", "quarter", "year")


@get("/dashboard")
async def get_dashboard(frame: Frame, query: TicketStatsQuery) -> Response[bytes]:
    """Show the numbers of every ticket that the person sees."""
    return await _show(frame, query, None)


@get("/projects/{key:str}/dashboard")
async def get_project_dashboard(key: str, frame: Frame, query: TicketStatsQuery) -> Response[bytes]:
    """Show the numbers of a project."""
    return await _show(frame, query, await frame.project(key))


async def _show(frame: Frame, query: TicketStatsQuery, project: RailProject | None) -> Response[bytes]:
    asked = msgspec.structs.replace(query, project=(project.id,)) if project else query
    place = project.workspace_id if project else frame.workspace_id

    async def unit(tx: Transaction) -> Values:
        return {
            "stats": await get_statistics(tx, frame.actor, asked),
            "timeline": await get_timeline(tx, frame.actor, asked, frame.clock.timezone),
            "people": await find_names(tx, frame.actor, "assignee", "", place),
            "projects": [] if project else await find_names(tx, frame.actor, "project", "", place),
        }

    found = await frame.db.read_long(unit)
    at = Address.of(frame.request.scope["path"], frame.request.scope["query_string"])
    behind = at.without("period").at(f"/projects/{project.key}/list" if project else "/tickets")
    return await frame.page(
        "pages/dashboard.html", title=project.name if project else frame.gettext("Dashboard"), project=project,
        here="project-dashboard" if project else "dashboard", at=at, behind=behind, query=query, order=ORDER,
        periods=PERIODS, columns=columns_of(found["timeline"]), shares_of=shares_of,
        period=between(found["stats"].start_date, found["stats"].end_date), **found,
    )  # fmt: skip


ROUTES = (get_dashboard, get_project_dashboard)
