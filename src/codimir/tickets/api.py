"""The routes of tickets."""

from codimir.authorization.actor import Actor
from codimir.database.core import Database
from codimir.http.paging import Data, Page
from codimir.http.routing import Created, LongReadTx, ReadTx, WriteTx, delete, get, post, put
from codimir.kit.values import ReadOnlyValues
from codimir.problems.problem import Problems
from codimir.tickets import queries
from codimir.tickets.changing import creating, deleting, updating
from codimir.tickets.history import as_of
from codimir.tickets.history.details import get_details_as_of
from codimir.tickets.listing import best_matches, pages
from codimir.tickets.listing.keyset_cache import KeysetCache
from codimir.tickets.ordering import reordering
from codimir.tickets.schemas import (
    AsOfQuery,
    AssigneeChange,
    Position,
    StatusChange,
    TicketCreate,
    TicketDetails,
    TicketInList,
    TicketListQuery,
    TicketSearchQuery,
    TicketStats,
    TicketStatsQuery,
    TicketUpdate,
)
from codimir.tickets.statistics import numbers


async def _wrong_references(tx: ReadTx, actor: Actor, given: ReadOnlyValues) -> Problems:
    _, problems = await creating.check_new(tx, actor, given)
    return problems


async def _wrong_references_of_update(tx: ReadTx, actor: Actor, ref: str, given: ReadOnlyValues) -> Problems:
    _, problems = await updating.check_update(tx, actor, await queries.get_visible_ticket(tx, actor, ref), given)
    return problems


async def _wrong_references_of_position(tx: ReadTx, actor: Actor, ref: str, given: ReadOnlyValues) -> Problems:
    _, problems = await reordering.check_position(tx, actor, await queries.get_visible_ticket(tx, actor, ref), given)
    return problems


@get("/api/tickets", is_shared=True)
async def list_tickets(
    db: Database, actor: Actor, query: TicketListQuery, keyset_cache: KeysetCache
) -> Page[TicketInList]:
    """List the tickets that you see, filtered and sorted; with `asOf` as they were at that moment.

    A ticket is left out at moments when it was where you do not see it.
    """
    if (moment := query.as_of) is not None:
        return await db.read_long(lambda tx: as_of.list_tickets_as_of(tx, actor, query, moment))
    return await pages.read_list(db, actor, query, keyset_cache)


@post("/api/tickets", validate_references=_wrong_references)
async def create_ticket(tx: WriteTx, actor: Actor, data: TicketCreate) -> Created[TicketDetails]:
    """Create a ticket."""
    ticket = await queries.get_details(tx, await creating.create_ticket(tx, actor, data))
    return Created(ticket, f"/api/tickets/{ticket.id}")


@get("/api/tickets/stats")
async def get_statistics(db: Database, actor: Actor, query: TicketStatsQuery) -> Data[TicketStats]:
    """Count the tickets that you see, and what moved in the period that ends now, or at the moment `asOf`."""
    return Data(await numbers.read_statistics(db, actor, query))


@get("/api/tickets/search", is_shared=True)
async def search_tickets(tx: LongReadTx, actor: Actor, query: TicketSearchQuery) -> Data[list[TicketInList]]:
    """Find tickets by the words in their title, description, key and comments, the best match first."""
    return Data(await best_matches.search_tickets(tx, actor, query))


@get("/api/tickets/{ref:str}", is_shared=True)
async def get_ticket(db: Database, actor: Actor, ref: str, query: AsOfQuery) -> Data[TicketDetails]:
    """Get a ticket by its id or its key, with everything around it; with `asOf` as it was at that moment.

    Where it was then, you must see too: 404 while it was in a project that you do not see, or that was private then and
    that you are not in. So it is with everything that tells the past.
    """
    if (moment := query.as_of) is not None:
        return Data(await db.read_long(lambda tx: get_details_as_of(tx, actor, ref, moment)))
    details = await queries.find_details_at_once(db, actor, ref)
    if details is None:
        details = await db.read(lambda tx: queries.get_visible_details(tx, actor, ref))
    return Data(details)


@put("/api/tickets/{ref:str}", validate_references=_wrong_references_of_update)
async def update_ticket(tx: WriteTx, actor: Actor, ref: str, data: TicketUpdate) -> Data[TicketDetails]:
    """Change the fields that are given; an absent field keeps its value, null clears it."""
    found = await queries.get_visible_ticket(tx, actor, ref, lock=True)
    await updating.update_ticket(tx, actor, found, data)
    return Data(await queries.get_details(tx, found.ticket.id))


@delete("/api/tickets/{ref:str}")
async def delete_ticket(tx: WriteTx, actor: Actor, ref: str) -> None:
    """Move a ticket to the trash."""
    found = await queries.get_visible_ticket(tx, actor, ref, lock=True)
    await deleting.delete_ticket(tx, actor, found)


@put("/api/tickets/{ref:str}/status")
async def put_status(tx: WriteTx, actor: Actor, ref: str, data: StatusChange) -> Data[TicketDetails]:
    """Move a ticket to a status."""
    found = await queries.get_visible_ticket(tx, actor, ref, lock=True)
    await updating.change_status(tx, actor, found, data)
    return Data(await queries.get_details(tx, found.ticket.id))


@put("/api/tickets/{ref:str}/assignee")
async def put_assignee(tx: WriteTx, actor: Actor, ref: str, data: AssigneeChange) -> Data[TicketDetails]:
    """Assign a ticket, or unassign it with null."""
    found = await queries.get_visible_ticket(tx, actor, ref, lock=True)
    await updating.assign_ticket(tx, actor, found, data.assignee_id)
    return Data(await queries.get_details(tx, found.ticket.id))


@put("/api/tickets/{ref:str}/position", validate_references=_wrong_references_of_position)
async def put_position(tx: WriteTx, actor: Actor, ref: str, data: Position) -> Data[TicketDetails]:
    """Move a ticket above or below another one of its project, in the order made by hand (`sort=rank`).

    Its status, priority and assignee can change with it. Without `before` and `after` it keeps its place.
    """
    found = await queries.get_visible_ticket(tx, actor, ref, lock=True)
    await reordering.reorder_ticket(tx, actor, found, data)
    return Data(await queries.get_details(tx, found.ticket.id))


ROUTES = (
    list_tickets,
    create_ticket,
    get_statistics,
    search_tickets,
    get_ticket,
    update_ticket,
    delete_ticket,
    put_status,
    put_assignee,
    put_position,
)
