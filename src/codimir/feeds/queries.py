"""What of the event log someone asks for, and reading it."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.visibility_sql import visible_projects
from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement, is_any_of
from codimir.events.cursors import CursorMaker, Positions
from codimir.events.queries import (
    LogReader,
    RecordedEvent,
    advance,
    every_version,
    get_log_reader,
    present_versions,
    read_after,
)
from codimir.events.types import MemberAdded
from codimir.feeds.schemas import EventInFeed, Feed, FeedQuery, StreamQuery, TicketInEvent
from codimir.http.errors import InvalidInput, NotFound
from codimir.model.events import events
from codimir.model.projects import projects
from codimir.model.tickets import tickets
from codimir.problems.problem import Problem, Problems
from codimir.tickets.queries import GROUP_ID, FoundTicket, get_visible_ticket

MAX_WORKSPACES = 500
MAX_NAMED = 50
READ_AT_ONCE = 200
MAX_LOOKED_AT = 2_000
"""How many events are looked at for one reply, when few of them are for whoever asks."""


class Subscription(msgspec.Struct, frozen=True):
    """Which events someone wants, of those that they may see."""

    viewer: LogReader
    workspaces: Positions
    """Where the log of each ends now"""
    projects: frozenset[str] | None
    tickets: frozenset[str] | None
    is_everywhere: bool
    """Whether it is about every workspace that the viewer sees"""

    def matches(self, event: RecordedEvent) -> bool:
        """Return whether the event is asked for, and may be seen."""
        if event.workspace_id not in self.workspaces:
            return False
        if self.tickets is not None and event.ticket_id not in self.tickets:
            return False
        if self.projects is not None and self.projects.isdisjoint(_projects_of(event)):
            return False
        return self.viewer.can_read(event)


async def get_subscription(tx: Transaction, actor: Actor, query: StreamQuery) -> Subscription:
    """Look up what a query names.

    Raises InvalidInput for what does not exist or is not visible.
    """
    problems = _too_many(query)
    if problems:
        raise InvalidInput(details=problems)
    present = await (every_version(tx) if actor.is_admin else present_versions(tx, actor.workspaces))
    if any(name not in present for name in query.workspace):
        problems["workspace"] = [Problem("invalid_id", kind="workspace")]
    found_projects = await _find_projects(tx, actor, query.project)
    if not _all_found(query.project, found_projects):
        problems["project"] = [Problem("invalid_id", kind="project")]
    found_tickets = await _find_tickets(tx, actor, query.ticket)
    if len(found_tickets) < len(query.ticket):
        problems["ticket"] = [Problem("invalid_id", kind="ticket")]
    wanted = _workspaces_of(query, found_projects, found_tickets, present)
    if len(wanted) > MAX_WORKSPACES:
        problems["workspace"] = [Problem("too_many_workspaces", count=len(wanted), limit=MAX_WORKSPACES)]
    if problems:
        raise InvalidInput(details=problems)
    return Subscription(
        await get_log_reader(tx, actor),
        {workspace: version for workspace, version in present.items() if workspace in wanted},
        frozenset(row[0] for row in found_projects) if query.project else None,
        frozenset(found.ticket.id for found in found_tickets) if query.ticket else None,
        not (query.workspace or query.project or query.ticket),
    )


async def get_start_positions(tx: Transaction, cursors: CursorMaker, interest: Subscription, cursor: str) -> Positions:
    """Find where to read on from a cursor.

    A workspace that the viewer has joined since begins where they joined. Raises UnusableCursor.
    """
    positions = cursors.positions_in(cursor, interest.workspaces)
    for workspace in cursors.unknown_to(cursor, interest.workspaces):
        since = max(0, interest.workspaces[workspace] - MAX_LOOKED_AT)
        joined = await tx.fetch_value(_JOINED, workspace=workspace, since=since, user=interest.viewer.actor.id)
        if joined is not None:
            positions[workspace] = joined - 1
    return positions


async def read_feed(tx: Transaction, actor: Actor, query: FeedQuery, cursors: CursorMaker) -> Feed:
    """Return the next events after a cursor; without one, none and the present cursor."""
    interest = await get_subscription(tx, actor, query)
    if query.after is None:
        return Feed([], cursors.cursor_of(interest.workspaces), has_more=False)
    positions = await get_start_positions(tx, cursors, interest, query.after)
    wanted: list[RecordedEvent] = []
    looked_at, more = 0, True
    while more and looked_at < MAX_LOOKED_AT:
        read, more = await read_after(tx, positions, query.limit - len(wanted))
        looked_at += len(read)
        positions = advance(positions, read)
        wanted += filter(interest.matches, read)
        if len(wanted) == query.limit:
            break
    shown = await with_tickets(tx, [interest.viewer.shown(event) for event in wanted])
    return Feed(shown, cursors.cursor_of(positions), has_more=more)


async def with_tickets(tx: Transaction, read: Collection[RecordedEvent]) -> list[EventInFeed]:
    """Show events to whoever sees them, each with its ticket as it is now."""
    ids = list({event.ticket_id for event in read if event.ticket_id is not None})
    found = {ticket.id: ticket for ticket in _TICKET.all(await tx.fetch_all(_TICKETS, ids=ids))} if ids else {}
    return [
        EventInFeed(
            event.id, event.type, event.created_at, event.workspace_id, event.project_id, event.ticket_id,
            event.subject_id, event.batch_id, event.actor, event.changes, found.get(event.ticket_id or ""),
        )
        for event in read
    ]  # fmt: skip


def _projects_of(event: RecordedEvent) -> set[str | None]:
    """Return the project in which something happened, and the one that a ticket left by it."""
    left: Any = event.changes.get("projectId")
    return {event.project_id, left[0]} if left else {event.project_id}


def _too_many(query: StreamQuery) -> Problems:
    fields = ("workspace", "project", "ticket")
    return {
        name: [Problem("too_many_named", limit=MAX_NAMED)] for name in fields if len(getattr(query, name)) > MAX_NAMED
    }


async def _find_projects(tx: Transaction, actor: Actor, refs: Collection[str]) -> list[Any]:
    if not refs:
        return []
    return await tx.fetch_all(
        _projects(all_of_them=actor.is_admin),
        named=list(refs), keys=[ref.upper() for ref in refs], actor_id=actor.id, workspaces=list(actor.workspaces),
    )  # fmt: skip


def _all_found(refs: Collection[str], rows: Collection[Any]) -> bool:
    known = {name for row in rows for name in row[:2]}
    return all(ref in known or ref.upper() in known for ref in refs)


async def _find_tickets(tx: Transaction, actor: Actor, refs: Collection[str]) -> list[FoundTicket]:
    found = []
    for ref in refs:
        try:
            found.append(await get_visible_ticket(tx, actor, ref))
        except NotFound:
            continue
    return found


def _workspaces_of(
    query: StreamQuery, found_projects: Collection[Any], found_tickets: Collection[FoundTicket], present: Positions
) -> set[str]:
    wanted = set(query.workspace or present)
    if query.project:
        wanted &= {row[2] for row in found_projects}
    if query.ticket:
        wanted &= {found.scope.workspace_id for found in found_tickets}
    return wanted


@lru_cache(maxsize=2)
def _projects(*, all_of_them: bool) -> Statement:
    columns = (projects.c.id, projects.c.key, projects.c.workspace_id)
    live = sa.select(*columns).where(projects.c.deleted_at.is_(None))
    source = live if all_of_them else visible_projects(*columns, named=True)
    return Statement(source.where(is_any_of(projects.c.id, "named") | is_any_of(projects.c.key, "keys")))


_JOINED = Statement(
    sa.select(sa.func.max(events.c.version)).where(
        events.c.workspace_id == sa.bindparam("workspace"),
        events.c.version > sa.bindparam("since"),
        events.c.type == MemberAdded.type,
        events.c.subject_id == sa.bindparam("user"),
        events.c.project_id.is_(None),
    )
)
_TICKET = Projection(TicketInEvent, tickets, group_id=GROUP_ID)
_TICKETS = Statement(sa.select(*_TICKET.columns).where(is_any_of(tickets.c.id, "ids")))
