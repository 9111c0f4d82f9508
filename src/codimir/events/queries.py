"""Reading the event log after a cursor."""

from collections.abc import Collection, Mapping
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

import msgspec
import sqlalchemy as sa

from codimir.access.actor import Actor
from codimir.access.permissions import Scope, is_visible
from codimir.access.roles import Role
from codimir.database.core import Transaction
from codimir.database.statements import Row, Statement, columns_of, is_any_of
from codimir.events.cursors import Positions
from codimir.events.tables import events
from codimir.projects.tables import project_members, projects
from codimir.tickets.tables import tickets
from codimir.users.schemas import Person
from codimir.users.tables import users
from codimir.workspaces.tables import workspaces


class RecordedEvent(msgspec.Struct, frozen=True):
    """An event as it stands in the log, and who may see it now."""

    id: str
    workspace_id: str
    version: int
    type: str
    created_at: datetime
    project_id: str | None
    ticket_id: str | None
    subject_id: str
    changes: dict[str, Any]
    batch_id: str
    actor: Person | None
    """Who did it; None for the administrator at the command line, and for Codimir itself"""
    visibility: str | None
    """Of the project in which it happened"""
    project_now: str | None
    """The project in which the ticket is now"""
    visibility_now: str | None


class Viewer(msgspec.Struct, frozen=True):
    """Who reads the log: the actor, and their roles in projects."""

    actor: Actor
    project_roles: Mapping[str, Role]

    def sees(self, event: RecordedEvent) -> bool:
        """Say whether they may see an event: where it happened, and where its ticket is now.

        So a ticket that was moved to a private project takes what is known of it along.
        """
        if not self._sees(event.workspace_id, event.project_id, event.visibility):
            return False
        moved = event.ticket_id is not None and event.project_now != event.project_id
        return not moved or self._sees(event.workspace_id, event.project_now, event.visibility_now)

    def _sees(self, workspace_id: str, project_id: str | None, visibility: str | None) -> bool:
        role = self.project_roles.get(project_id) if project_id else None
        return is_visible(self.actor, Scope(workspace_id, project_id, visibility, role))


async def find_viewer(tx: Transaction, actor: Actor) -> Viewer:
    """Look up what the actor may see of the log."""
    return Viewer(actor, {row[0]: row[1] for row in await tx.all(_PROJECT_ROLES, actor_id=actor.id)})


async def present_versions(tx: Transaction, workspace_ids: Collection[str]) -> Positions:
    """Give where the log of each of these workspaces ends now; deleted ones are left out."""
    return {row[0]: row[1] for row in await tx.all(_VERSIONS, workspaces=list(workspace_ids))}


async def every_version(tx: Transaction) -> Positions:
    """Give where the log of every workspace ends now; for the administration, and for what runs by itself."""
    return {row[0]: row[1] for row in await tx.all(_ALL_VERSIONS)}


async def read_after(tx: Transaction, positions: Mapping[str, int], limit: int) -> tuple[list[RecordedEvent], bool]:
    """Give the next events after these positions, whoever may see them, and say whether there are more.

    Within a workspace they stand in their order; workspaces are merged by time. `advanced` moves the positions on.
    """
    present = await present_versions(tx, positions)
    logs = [
        [event_of(row) for row in await tx.all(_AFTER, workspace=workspace, version=positions[workspace], limit=limit)]
        for workspace, version in present.items()
        if version > positions[workspace]
    ]
    behind = sum(version - positions[workspace] for workspace, version in present.items())
    read = list(islice(merge(*logs, key=lambda event: event.created_at), limit))
    return read, behind > len(read)


def advanced(positions: Mapping[str, int], read: Collection[RecordedEvent]) -> Positions:
    """Move positions past the events that were read after them."""
    return {**positions, **{event.workspace_id: event.version for event in read}}


def event_of(row: Row) -> RecordedEvent:
    """Make an event from the columns that `EVENT_COLUMNS` names."""
    people_at = len(_COLUMNS)
    person_ends = people_at + len(Person.__struct_fields__)
    actor = Person(*row[people_at:person_ends]) if row[people_at] is not None else None
    values = (*row[:people_at], actor, *row[person_ends:])
    return RecordedEvent(*values)


_home, _now = projects.alias("home"), projects.alias("now")
_COLUMNS = (
    "id", "workspace_id", "version", "type", "created_at", "project_id", "ticket_id", "subject_id", "changes",
    "batch_id",
)  # fmt: skip
EVENT_COLUMNS = [
    *[events.c[name] for name in _COLUMNS],
    *columns_of(users, Person),
    _home.c.visibility,
    tickets.c.project_id.label("project_now"),
    _now.c.visibility.label("visibility_now"),
]
WITH_SURROUNDINGS = (
    events.outerjoin(users, users.c.id == events.c.actor_id)
    .outerjoin(_home, _home.c.id == events.c.project_id)
    .outerjoin(tickets, tickets.c.id == events.c.ticket_id)
    .outerjoin(_now, _now.c.id == tickets.c.project_id)
)
_LIVE = workspaces.c.deleted_at.is_(None)
_VERSIONS = Statement(
    sa.select(workspaces.c.id, workspaces.c.version).where(is_any_of(workspaces.c.id, "workspaces"), _LIVE)
)
_ALL_VERSIONS = Statement(sa.select(workspaces.c.id, workspaces.c.version).where(_LIVE))
_PROJECT_ROLES = Statement(
    sa.select(project_members.c.project_id, project_members.c.role).where(
        project_members.c.user_id == sa.bindparam("actor_id")
    )
)
_AFTER = Statement(
    sa.select(*EVENT_COLUMNS)
    .select_from(WITH_SURROUNDINGS)
    .where(events.c.workspace_id == sa.bindparam("workspace"), events.c.version > sa.bindparam("version"))
    .order_by(events.c.version)
    .limit(sa.bindparam("limit", type_=sa.Integer()))
)
