"""The routes of tickets."""

from collections.abc import Mapping
from typing import Any

from codimir.access.actor import Actor
from codimir.database.core import Database, Transaction
from codimir.http.paging import Data, Page
from codimir.http.routing import Created, delete, get, post, put
from codimir.http.validation import Problems
from codimir.tickets import actions, as_of, best_matches, queries, ranking, statistics
from codimir.tickets.details_as_of import get_details_as_of
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
from codimir.tickets.seek_points import SeekPoints


async def _wrong_references(request_values: Mapping[str, Any], actor: Actor, db: Database) -> Problems:
    async def unit(tx: Transaction) -> Problems:
        _, problems = await actions.check_new(tx, actor, request_values)
        return problems

    return await db.read(unit)


async def _wrong_references_of_update(
    request_values: Mapping[str, Any], ref: str, actor: Actor, db: Database
) -> Problems:
    async def unit(tx: Transaction) -> Problems:
        found = await queries.get_visible_ticket(tx, actor, ref)
        _, problems = await actions.check_update(tx, actor, found, request_values)
        return problems

    return await db.read(unit)


async def _wrong_references_of_position(
    request_values: Mapping[str, Any], ref: str, actor: Actor, db: Database
) -> Problems:
    async def unit(tx: Transaction) -> Problems:
        found = await queries.get_visible_ticket(tx, actor, ref)
        _, problems = await ranking.check_position(tx, actor, found, request_values)
        return problems

    return await db.read(unit)


@get("/api/tickets")
async def list_tickets(
    query: TicketListQuery, actor: Actor, db: Database, seek_points: SeekPoints
) -> Page[TicketInList]:
    """List the tickets that you see, filtered and sorted; with `asOf` as they were at that moment.

    A ticket is left out at moments when it was where you do not see it.
    """
    if (moment := query.as_of) is not None:
        return await db.read_long(lambda tx: as_of.list_tickets_as_of(tx, actor, query, moment))
    read = db.read_long if query.takes_long else db.read
    return await read(lambda tx: queries.list_tickets(tx, actor, query, seek_points))


@post("/api/tickets", also_check=_wrong_references)
async def create_ticket(data: TicketCreate, actor: Actor, db: Database) -> Created[TicketDetails]:
    """Create a ticket."""

    async def unit(tx: Transaction) -> TicketDetails:
        return await queries.get_details(tx, await actions.create_ticket(tx, actor, data))

    ticket = await db.write(unit)
    return Created(ticket, f"/api/tickets/{ticket.id}")


@get("/api/tickets/stats")
async def get_statistics(query: TicketStatsQuery, actor: Actor, db: Database) -> Data[TicketStats]:
    """Count the tickets that you see, and what moved in the period that ends now, or at the moment `asOf`."""
    return Data(await db.read_long(lambda tx: statistics.get_statistics(tx, actor, query)))


@get("/api/tickets/search")
async def search_tickets(query: TicketSearchQuery, actor: Actor, db: Database) -> Data[list[TicketInList]]:
    """Find tickets by the words in their title, description, key and comments, the best match first."""
    return Data(await db.read_long(lambda tx: best_matches.search_tickets(tx, actor, query)))


@get("/api/tickets/{ref:str}")
async def get_ticket(ref: str, query: AsOfQuery, actor: Actor, db: Database) -> Data[TicketDetails]:
    """Get a ticket by its id or its key, with everything around it; with `asOf` as it was at that moment.

    Where it was then, you must see too: 404 while it was in a project that you do not see, or that was private then and
    that you are not in. So it is with everything that tells the past.
    """
    if (moment := query.as_of) is not None:
        return Data(await db.read_long(lambda tx: get_details_as_of(tx, actor, ref, moment)))
    return Data(await db.read(lambda tx: queries.get_visible_details(tx, actor, ref)))


@put("/api/tickets/{ref:str}", also_check=_wrong_references_of_update)
async def update_ticket(ref: str, data: TicketUpdate, actor: Actor, db: Database) -> Data[TicketDetails]:
    """Change the fields that are given; an absent field keeps its value, null clears it."""

    async def unit(tx: Transaction) -> TicketDetails:
        found = await queries.get_visible_ticket(tx, actor, ref, lock=True)
        await actions.update_ticket(tx, actor, found, data)
        return await queries.get_details(tx, found.ticket.id)

    return Data(await db.write(unit))


@delete("/api/tickets/{ref:str}")
async def delete_ticket(ref: str, actor: Actor, db: Database) -> None:
    """Move a ticket to the trash."""

    async def unit(tx: Transaction) -> None:
        found = await queries.get_visible_ticket(tx, actor, ref, lock=True)
        await actions.delete_ticket(tx, actor, found)

    await db.write(unit)


@put("/api/tickets/{ref:str}/status")
async def put_status(ref: str, data: StatusChange, actor: Actor, db: Database) -> Data[TicketDetails]:
    """Move a ticket to a status."""

    async def unit(tx: Transaction) -> TicketDetails:
        found = await queries.get_visible_ticket(tx, actor, ref, lock=True)
        await actions.change_status(tx, actor, found, data)
        return await queries.get_details(tx, found.ticket.id)

    return Data(await db.write(unit))


@put("/api/tickets/{ref:str}/assignee")
async def put_assignee(ref: str, data: AssigneeChange, actor: Actor, db: Database) -> Data[TicketDetails]:
    """Assign a ticket, or unassign it with null."""

    async def unit(tx: Transaction) -> TicketDetails:
        found = await queries.get_visible_ticket(tx, actor, ref, lock=True)
        await actions.assign_ticket(tx, actor, found, data.assignee_id)
        return await queries.get_details(tx, found.ticket.id)

    return Data(await db.write(unit))


@put("/api/tickets/{ref:str}/position", also_check=_wrong_references_of_position)
async def put_position(ref: str, data: Position, actor: Actor, db: Database) -> Data[TicketDetails]:
    """Move a ticket above or below another one of its project, in the order made by hand (`sort=rank`).

    Its status, priority and assignee can change with it. Without `before` and `after` it keeps its place.
    """

    async def unit(tx: Transaction) -> TicketDetails:
        found = await queries.get_visible_ticket(tx, actor, ref, lock=True)
        await ranking.move_ticket(tx, actor, found, data)
        return await queries.get_details(tx, found.ticket.id)

    return Data(await db.write(unit))


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
