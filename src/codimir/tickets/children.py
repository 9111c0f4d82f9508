"""What comments, files and logged time have in common: they hang on a ticket, which counts them.

Each kind has a table with `ticket_id`, `created_at` and `deleted_at`, and a counter in the row of the ticket. Whoever
sees the ticket sees them; one that belongs to another ticket is not found.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, allows, require
from codimir.database.core import Transaction
from codimir.database.expressions import AnyColumn, AnySelect
from codimir.database.projection import Projection
from codimir.database.statements import Statement, not_before_creation, update_by_id
from codimir.events.recording import record
from codimir.events.types import Changes, Event
from codimir.http.errors import NotFound
from codimir.http.paging import Page, Paged, PageQuery, paginate
from codimir.model.tickets import tickets
from codimir.model.users import users
from codimir.problems.problem import Problem
from codimir.tickets.queries import FoundTicket

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class ChildKind(Generic[T]):
    """A kind of thing that hangs on tickets."""

    name: str
    """What people call it."""
    table: sa.Table
    owner: str
    """The column that names whose it is."""
    counter: str
    """The column of the ticket that counts it."""
    order: tuple[AnyColumn, ...]
    projection: Projection[T]
    """What it is made of: columns of its table, and of `users` for its owner."""


async def list_children(tx: Transaction, kind: ChildKind[T], found: FoundTicket, query: PageQuery) -> Page[T]:
    """Return one page of what hangs on a ticket."""
    return await paginate(tx, _listed(kind), query, ticket_id=found.ticket.id)


async def get_child(
    tx: Transaction, kind: ChildKind[T], found: FoundTicket, child_id: str, *, in_trash: bool = False
) -> T:
    """Find one thing that hangs on a ticket, or that was taken off it and is in the trash.

    Raises NotFound when it is not there, or hangs on another one.
    """
    row = await tx.fetch_one(_one(kind, in_trash=in_trash), ticket_id=found.ticket.id, child_id=child_id)
    if row is None:
        raise NotFound(Problem("resource_not_found", kind=kind.name))
    return kind.projection.make(row)


def require_own(actor: Actor, found: FoundTicket, owner_id: str, own: Permission, others: Permission) -> None:
    """Raise Forbidden unless it is the actor's own, and they may still make such things there, or they keep order."""
    if owner_id != actor.id or not allows(actor, own, found.scope):
        require(actor, others, found.scope)


async def bump_counter(tx: Transaction, kind: ChildKind[Any], found: FoundTicket, by: int) -> None:
    """Let the ticket count more or fewer of its things; it was updated, also when their number stays."""
    await tx.execute(_touch(kind), ticket_id=found.ticket.id, by=by, now=tx.now)


async def soft_delete(
    tx: Transaction, actor: Actor, kind: ChildKind[Any], found: FoundTicket, child_id: str, event: type[Event]
) -> None:
    """Take something off a ticket; its row stays, marked as deleted."""
    await tx.execute(update_by_id(kind.table, frozenset({"deleted_at"})), row_id=child_id, deleted_at=tx.now)
    await bump_counter(tx, kind, found, -1)
    await record_child_event(tx, actor, found, event, child_id, {"deletedAt": (None, tx.now)})


async def undelete(
    tx: Transaction,
    actor: Actor,
    kind: ChildKind[Any],
    found: FoundTicket,
    child_id: str,
    event: type[Event],
    deleted_at: datetime,
) -> None:
    """Put something from the trash back on its ticket."""
    await tx.execute(update_by_id(kind.table, frozenset({"deleted_at"})), row_id=child_id, deleted_at=None)
    await bump_counter(tx, kind, found, +1)
    await record_child_event(tx, actor, found, event, child_id, {"deletedAt": (deleted_at, None)})


async def record_child_event(
    tx: Transaction, actor: Actor, found: FoundTicket, event: type[Event], child_id: str, changes: Changes
) -> None:
    """Record what happened to something that hangs on a ticket."""
    scope = found.scope
    happened = event(
        workspace_id=scope.workspace_id,
        project_id=scope.project_id,
        ticket_id=found.ticket.id,
        subject_id=child_id,
        changes=changes,
    )
    await record(tx, actor.id, happened)


def _on_ticket(kind: ChildKind[Any], *, in_trash: bool = False) -> sa.ColumnElement[bool]:
    deleted_at = kind.table.c.deleted_at
    is_there = deleted_at.is_not(None) if in_trash else deleted_at.is_(None)
    return (kind.table.c.ticket_id == sa.bindparam("ticket_id")) & is_there


def _rows(kind: ChildKind[Any], *, in_trash: bool = False) -> AnySelect:
    table = kind.table
    return (
        sa.select(*kind.projection.columns)
        .select_from(table.join(users, users.c.id == table.c[kind.owner]))
        .where(_on_ticket(kind, in_trash=in_trash))
    )


@lru_cache(maxsize=16)
def _listed(kind: ChildKind[T]) -> Paged[T]:
    counted = sa.select(kind.table.c.id).where(_on_ticket(kind))
    return Paged(kind.projection, _rows(kind), *kind.order, counted=counted)


@lru_cache(maxsize=16)
def _one(kind: ChildKind[Any], *, in_trash: bool) -> Statement:
    return Statement(_rows(kind, in_trash=in_trash).where(kind.table.c.id == sa.bindparam("child_id")))


@lru_cache(maxsize=16)
def _touch(kind: ChildKind[Any]) -> Statement:
    counter, now = tickets.c[kind.counter], sa.bindparam("now", type_=tickets.c.updated_at.type)
    new_count = counter + sa.bindparam("by", type_=sa.Integer())
    return Statement(
        sa.update(tickets)
        .where(tickets.c.id == sa.bindparam("ticket_id"))
        .values({kind.counter: new_count, "updated_at": not_before_creation(tickets, now)})
    )
