"""The routes of what happened."""

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, require
from codimir.database.core import Database, Transaction
from codimir.events.cursors import CursorMaker
from codimir.feeds import queries
from codimir.feeds.activity import Log, list_happenings, log_of
from codimir.feeds.broadcaster import Broadcaster
from codimir.feeds.exporting import Export, export
from codimir.feeds.schemas import AuditQuery, ExportQuery, Feed, FeedQuery, Happening, LogFilter, StreamQuery
from codimir.feeds.stream import EventStream, open_stream
from codimir.http.errors import NotFound
from codimir.http.paging import Page, PageQuery
from codimir.http.requests import HttpRequest
from codimir.http.routing import LongReadTx, ReadTx, get
from codimir.problems.problem import Problem
from codimir.projects.queries import get_visible_project
from codimir.tickets.queries import get_visible_ticket
from codimir.workspaces.queries import find_visible_workspace


@get("/api/events")
async def list_events(tx: LongReadTx, actor: Actor, query: FeedQuery, cursors: CursorMaker) -> Feed:
    """List the events after a cursor, the oldest first.

    Without `after` there are none, and `cursor` is the present: begin there. Reading on from the cursor of a reply
    neither skips nor repeats an event that you may see. `ticket` is the ticket as it is now. Old values are null where
    you cannot see the project that the ticket came from.
    """
    return await queries.read_feed(tx, actor, query, cursors)


@get("/api/events/stream")
async def stream_events(query: StreamQuery, request: HttpRequest, actor: Actor, hub: Broadcaster) -> EventStream:
    """Follow what happens, as Server-Sent Events.

    The first event is named `cursor` and its data is `{"cursor"}`: the stream holds everything after it. Every other
    one is a message whose `data` is an event as `GET /api/events` gives it, and whose `id` is the cursor after it.
    After any break, send the last `id` as `Last-Event-ID` (browsers do so by themselves) or as `after`, and nothing is
    skipped or repeated. Where that cursor cannot be used any more, the first event is named `reset` instead, and the
    stream begins at the present: load anew what you show.

    A comment comes every 15 seconds. The stream ends after 10 minutes, when the server stops, when you read too slowly,
    and when what you may see changes; come back for more.
    """
    return await open_stream(hub, request, actor, query)


@get("/api/tickets/{ref:str}/history")
async def list_ticket_history(tx: ReadTx, actor: Actor, ref: str, query: PageQuery) -> Page[Happening]:
    """List what happened to a ticket and to what hangs on it, the newest first: who changed which field.

    What happened in a project that you do not see, before the ticket was moved, is left out; of the move itself you are
    told what the ticket became, and null for what it was.
    """
    found = await get_visible_ticket(tx, actor, ref)
    return await list_happenings(tx, log_of(actor, "ticket_id", found.ticket.id, found.scope), query)


@get("/api/projects/{ref:str}/activity")
async def list_project_activity(tx: LongReadTx, actor: Actor, ref: str, query: PageQuery) -> Page[Happening]:
    """List what happened in a project, the newest first.

    A ticket that was moved to where you do not see it has taken its past along.
    """
    found = await get_visible_project(tx, actor, ref)
    return await list_happenings(tx, log_of(actor, "project_id", found.project.id, found.scope), query)


@get("/api/workspaces/{workspace_id:str}/activity")
async def list_workspace_activity(tx: LongReadTx, actor: Actor, workspace_id: str, query: PageQuery) -> Page[Happening]:
    """List what happened in a workspace, as far as you may see it, the newest first."""
    scope = await _visible_workspace(tx, actor, workspace_id)
    return await list_happenings(tx, log_of(actor, "workspace_id", workspace_id, scope), query)


@get("/api/workspaces/{workspace_id:str}/audit")
async def list_audit(tx: LongReadTx, actor: Actor, workspace_id: str, query: AuditQuery) -> Page[Happening]:
    """List everything that happened in a workspace, the newest first; for its administrators.

    `actor`, `project` and `ticket` also find what is gone for good, by its id.
    """
    return await list_happenings(tx, await _audited(tx, actor, workspace_id, query), query.paging)


@get("/api/workspaces/{workspace_id:str}/audit/export")
async def export_audit(db: Database, actor: Actor, workspace_id: str, query: ExportQuery) -> Export:
    """Download everything that happened in a workspace, the newest first; for its administrators.

    In a table, what a spreadsheet would take for a formula stands behind an apostrophe, whatever it splits cells at.
    """
    log = await db.read(lambda tx: _audited(tx, actor, workspace_id, query))
    return export(db, log, query.format, "audit")


async def _audited(tx: Transaction, actor: Actor, workspace_id: str, wanted: LogFilter) -> Log:
    scope = await _visible_workspace(tx, actor, workspace_id)
    require(actor, Permission.LOG_READ, scope, Problem("log_forbidden"))
    return log_of(actor, "workspace_id", workspace_id, scope, wanted)


async def _visible_workspace(tx: Transaction, actor: Actor, workspace_id: str) -> Scope:
    if await find_visible_workspace(tx, actor, workspace_id) is None:
        raise NotFound(Problem("resource_not_found", kind="Workspace"))
    return Scope(workspace_id)


ROUTES = (
    list_events,
    stream_events,
    list_ticket_history,
    list_project_activity,
    list_workspace_activity,
    list_audit,
    export_audit,
)
