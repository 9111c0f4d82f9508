"""Reading the event log after a cursor."""

from collections.abc import Collection, Mapping
from datetime import datetime
from heapq import merge
from itertools import islice

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope, is_inside, is_visible
from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement, is_any_of
from codimir.events.cursors import Positions
from codimir.kit.values import Values
from codimir.model.enums import Role
from codimir.model.events import events
from codimir.model.projects import project_members, projects, published_projects
from codimir.model.schemas import Person
from codimir.model.tickets import tickets
from codimir.model.users import users
from codimir.model.workspaces import workspaces


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
    changes: Values
    batch_id: str
    actor: Person | None
    """Who did it; None for the administrator at the command line, and for Codimir itself"""
    home: "Place"
    """The project in which it happened"""
    now: "Place"
    """The project in which the ticket is now"""
    left: "Place"
    """The project from which the ticket came in the same change"""

    @property
    def has_private_past(self) -> bool:
        """Return whether not everyone who sees it may know what was before it."""
        return self.publishes or self.left.id is not None

    @property
    def publishes(self) -> bool:
        """Return whether it made its project public, so that what was before was private."""
        return self.home.published_version == self.version


class Place(msgspec.Struct, frozen=True):
    """A project, as far as it matters to who may see what happens in it; without an id it is the workspace."""

    id: str | None
    visibility: str | None
    """None also where there is no such project any more"""
    published_version: int | None = None
    """Since when it is public, if it was private before"""


class LogReader(msgspec.Struct, frozen=True):
    """Who reads the log: the actor, and their roles in projects."""

    actor: Actor
    project_roles: Mapping[str, Role]

    def can_read(self, event: RecordedEvent) -> bool:
        """Return whether they may see an event: where it happened, and where its ticket is now.

        So a ticket that was moved to a private project takes what is known of it along, and one that came from there
        leaves it behind. Of a project that was private before, only who is in it sees what happened then.
        """
        if not self._saw(event, event.home):
            return False
        moved = event.ticket_id is not None and event.now.id != event.home.id
        return not moved or is_visible(self.actor, self._scope(event, event.now))

    def shown(self, event: RecordedEvent) -> RecordedEvent:
        """Return an event that they see as they may know it: what was before it, only if they could see that."""
        return event if self.sees_before(event) else without_old_values(event)

    def sees_before(self, event: RecordedEvent) -> bool:
        """Return whether they could see what an event they see says was before it: a ticket may come from elsewhere."""
        if event.publishes and not is_inside(self.actor, self._scope(event, event.home)):
            return False
        return event.left.id is None or self._saw(event, event.left)

    def _saw(self, event: RecordedEvent, place: "Place") -> bool:
        scope = self._scope(event, place)
        if not is_visible(self.actor, scope):
            return False
        is_younger = place.published_version is None or event.version >= place.published_version
        return is_younger or is_inside(self.actor, scope)

    def _scope(self, event: RecordedEvent, place: "Place") -> Scope:
        role = self.project_roles.get(place.id) if place.id else None
        return Scope(event.workspace_id, place.id, place.visibility, role)


def without_old_values(event: RecordedEvent) -> RecordedEvent:
    """Return an event that says of each field only what it became."""
    changes = {field: [None, new] for field, (_, new) in event.changes.items()}
    return msgspec.structs.replace(event, changes=changes)


async def get_log_reader(tx: Transaction, actor: Actor) -> LogReader:
    """Look up what the actor may see of the log."""
    return LogReader(actor, dict(await tx.fetch_all(_PROJECT_ROLES, actor_id=actor.id)))


async def changes_since(
    tx: Transaction, actor: Actor, subject_id: str, version: int, batch_id: str
) -> tuple[list[RecordedEvent], bool]:
    """Return what happened to a thing after a version, other than in a batch, as far as the actor may know it.

    Say also whether anything did, which they may not see.
    """
    rows = await tx.fetch_all(_SINCE, subject_id=subject_id, version=version, batch_id=batch_id)
    if not rows:
        return [], False
    viewer = await get_log_reader(tx, actor)
    return [viewer.shown(event) for event in EVENT.all(rows) if viewer.can_read(event)], True


async def present_versions(tx: Transaction, workspace_ids: Collection[str]) -> Positions:
    """Return where the log of each of these workspaces ends now; deleted ones are left out."""
    return dict(await tx.fetch_all(_VERSIONS, workspaces=list(workspace_ids)))


async def every_version(tx: Transaction) -> Positions:
    """Return where the log of every workspace ends now; for the administration, and for what runs by itself."""
    return dict(await tx.fetch_all(_ALL_VERSIONS))


async def read_after(tx: Transaction, positions: Mapping[str, int], limit: int) -> tuple[list[RecordedEvent], bool]:
    """Return the next events after these positions, whoever may see them, and say whether there are more.

    Within a workspace they stand in their order; workspaces are merged by time. `advance` moves the positions on.
    """
    present = await present_versions(tx, positions)
    logs = [
        EVENT.all(await tx.fetch_all(_AFTER, workspace=workspace, version=positions[workspace], limit=limit))
        for workspace, version in present.items()
        if version > positions[workspace]
    ]
    behind = sum(version - positions[workspace] for workspace, version in present.items())
    read = list(islice(merge(*logs, key=lambda event: event.created_at), limit))
    return read, behind > len(read)


def advance(positions: Mapping[str, int], read: Collection[RecordedEvent]) -> Positions:
    """Move positions past the events that were read after them."""
    return {**positions, **{event.workspace_id: event.version for event in read}}


_home, _now, _left = projects.alias("home"), projects.alias("now"), projects.alias("left_project")
_published, _published_left = published_projects.alias("published"), published_projects.alias("published_left")
EVENT = Projection(
    RecordedEvent,
    events,
    actor=Projection(Person, users).optional(),
    home=Projection(
        Place,
        id=events.c.project_id.label("home_id"),
        visibility=_home.c.visibility,
        published_version=_published.c.version.label("published_version"),
    ),
    now=Projection(
        Place,
        id=tickets.c.project_id.label("project_now"),
        visibility=_now.c.visibility.label("visibility_now"),
        published_version=sa.null().label("never"),
    ),
    left=Projection(
        Place,
        id=events.c.from_project_id,
        visibility=_left.c.visibility.label("visibility_left"),
        published_version=_published_left.c.version.label("published_left_version"),
    ),
)
"""An event of the log, from `WITH_SURROUNDINGS`"""
WITH_SURROUNDINGS = (
    events.outerjoin(users, users.c.id == events.c.actor_id)
    .outerjoin(_home, _home.c.id == events.c.project_id)
    .outerjoin(tickets, tickets.c.id == events.c.ticket_id)
    .outerjoin(_now, _now.c.id == tickets.c.project_id)
    .outerjoin(_published, _published.c.project_id == events.c.project_id)
    .outerjoin(_left, _left.c.id == events.c.from_project_id)
    .outerjoin(_published_left, _published_left.c.project_id == events.c.from_project_id)
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
_SINCE = Statement(
    sa.select(*EVENT.columns)
    .select_from(WITH_SURROUNDINGS)
    .where(
        events.c.subject_id == sa.bindparam("subject_id"),
        events.c.version > sa.bindparam("version"),
        events.c.batch_id != sa.bindparam("batch_id"),
    )
    .order_by(events.c.version)
)
_AFTER = Statement(
    sa.select(*EVENT.columns)
    .select_from(WITH_SURROUNDINGS)
    .where(events.c.workspace_id == sa.bindparam("workspace"), events.c.version > sa.bindparam("version"))
    .order_by(events.c.version)
    .limit(sa.bindparam("limit", type_=sa.Integer()))
)
