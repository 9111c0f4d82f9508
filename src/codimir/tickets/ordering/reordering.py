"""The order of tickets made by hand: a ticket goes above or below another one of the same project."""

from functools import lru_cache

import msgspec
import sqlalchemy as sa
from msgspec import UNSET

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, require
from codimir.database.core import Transaction
from codimir.database.statements import Statement, update_by_id
from codimir.events.recording import record
from codimir.events.types import TicketRanked
from codimir.http.errors import InvalidInput, NotFound
from codimir.kit.ranks import first_rank, rank_above, rank_between
from codimir.kit.values import ReadOnlyValues
from codimir.model.projects import projects
from codimir.model.tickets import tickets
from codimir.model.workspaces import workspaces
from codimir.problems.problem import Problem, Problems
from codimir.tickets.changing.updating import check_update, update_ticket
from codimir.tickets.queries import FoundTicket, get_visible_ticket
from codimir.tickets.schemas import Position, TicketUpdate

SIDES = ("before", "after")


async def reorder_ticket(tx: Transaction, actor: Actor, found: FoundTicket, position: Position) -> None:
    """Put a ticket right above or below another one, and change the fields that are given with it.

    Raises InvalidInput that names everything in the position that cannot be.
    """
    require(actor, Permission.TICKET_EDIT, found.scope)
    given = {name: value for name, value in msgspec.structs.asdict(position).items() if value is not UNSET}
    other, problems = await check_position(tx, actor, found, given)
    if problems:
        raise InvalidInput(details=problems)
    fields = {name: value for name, value in given.items() if name not in SIDES}
    if fields:
        await update_ticket(tx, actor, found, TicketUpdate(**fields))
    if other is not None:
        await _lock_order(tx, found)
        await set_rank(tx, actor, found, await _rank_beside(tx, found, other, above=position.before is not None))


async def check_position(
    tx: Transaction, actor: Actor, found: FoundTicket, given: ReadOnlyValues
) -> tuple[FoundTicket | None, Problems]:
    """Find the ticket that a position is beside and say what is wrong with what the position names."""
    fields = {name: value for name, value in given.items() if name not in SIDES}
    _, problems = await check_update(tx, actor, found, fields)
    sides = [side for side in SIDES if given.get(side) is not None]
    if len(sides) > 1:
        return None, problems | {"after": [Problem("not_combinable", field="before")]}
    if not sides:
        return None, problems
    other = await _find_other(tx, actor, given[sides[0]])
    if other is None:
        problems[sides[0]] = [Problem("invalid_id", kind="ticket")]
    elif other.ticket.id == found.ticket.id:
        problems[sides[0]] = [Problem("not_another_ticket")]
    elif other.scope != found.scope:
        problems[sides[0]] = [Problem("ticket_of_other_project")]
    return other, problems


async def rank_of(tx: Transaction, found: FoundTicket) -> str:
    """Return the rank of a ticket."""
    rank: str = await tx.fetch_value(_RANK, ticket=found.ticket.id)
    return rank


async def set_rank(tx: Transaction, actor: Actor, found: FoundTicket, rank: str) -> None:
    """Give a ticket a rank, for an actor who may edit it; the ticket itself counts as unchanged."""
    require(actor, Permission.TICKET_EDIT, found.scope)
    old = await rank_of(tx, found)
    if rank == old:
        return
    await tx.execute(update_by_id(tickets, frozenset({"rank"})), row_id=found.ticket.id, rank=rank)
    moved = TicketRanked(
        workspace_id=found.scope.workspace_id,
        project_id=found.scope.project_id,
        ticket_id=found.ticket.id,
        subject_id=found.ticket.id,
        changes={"rank": (old, rank)},
    )
    await record(tx, actor.id, moved)


async def _find_other(tx: Transaction, actor: Actor, ref: str) -> FoundTicket | None:
    try:
        return await get_visible_ticket(tx, actor, ref)
    except NotFound:
        return None


async def _lock_order(tx: Transaction, found: FoundTicket) -> None:
    """Keep others from moving tickets there until this unit ends, so that no two get the same place."""
    place = projects if found.scope.project_id else workspaces
    await tx.fetch_all(_locked(place), place=found.scope.project_id or found.scope.workspace_id)


async def _rank_beside(tx: Transaction, found: FoundTicket, other: FoundTicket, *, above: bool) -> str:
    """Return the rank that a ticket needs beside another one: the one that it has, where it stands there already."""
    present, beside = await rank_of(tx, found), await rank_of(tx, other)
    container = found.scope.project_id or found.scope.workspace_id
    next_one = await tx.fetch_value(_next_to(above=above), container=container, rank=beside, ticket=found.ticket.id)
    low, high = (beside, next_one) if above else (next_one or "", beside)
    if low < present and (high is None or present < high):
        return present
    if high is None:
        now = first_rank(tx.now, found.ticket.id, found.number)
        return now if now > low else rank_above(low)
    return rank_between(low, high)


_RANK = Statement(sa.select(tickets.c.rank).where(tickets.c.id == sa.bindparam("ticket")))


@lru_cache(maxsize=2)
def _locked(place: sa.Table) -> Statement:
    found = sa.select(place.c.id).where(place.c.id == sa.bindparam("place"))
    return Statement(found.with_for_update(key_share=True))


@lru_cache(maxsize=2)
def _next_to(*, above: bool) -> Statement:
    """Find the nearest rank above another one, or below."""
    rank, limit = tickets.c.rank, sa.bindparam("rank", type_=sa.Text())
    return Statement(
        sa.select(rank)
        .where(
            tickets.c.container_id == sa.bindparam("container"),
            tickets.c.deleted_at.is_(None),
            tickets.c.id != sa.bindparam("ticket"),
            rank > limit if above else rank < limit,
        )
        .order_by(rank.asc() if above else rank.desc())
        .limit(1)
    )
