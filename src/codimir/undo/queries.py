"""Finding the events that are to be undone."""

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.events.queries import EVENT, WITH_SURROUNDINGS, LogReader, RecordedEvent, get_log_reader
from codimir.http.errors import NotFound
from codimir.model.events import events
from codimir.model.schemas import Person
from codimir.problems.problem import Problem

MAX_IN_A_BATCH = 1_000


async def get_visible_event(tx: Transaction, actor: Actor, event_id: str) -> RecordedEvent:
    """Find an event.

    Raises NotFound when there is none that the actor sees.
    """
    row = await tx.fetch_one(_BY_ID, event_id=event_id)
    event = EVENT.make(row) if row is not None else None
    if event is None or not (await get_log_reader(tx, actor)).can_read(event):
        raise NotFound(Problem("resource_not_found", kind="Event"))
    return event


async def get_visible_batch(tx: Transaction, actor: Actor, batch_id: str) -> list[RecordedEvent]:
    """Find the events of a batch, the last first.

    Raises NotFound when there is none, or the actor does not see all of it.
    """
    viewer = await get_log_reader(tx, actor)
    first = await tx.fetch_one(_BY_ID, event_id=batch_id)
    found = [] if first is None else await _from(tx, EVENT.make(first))
    if not found or not all(map(viewer.can_read, found)):
        raise NotFound(Problem("resource_not_found", kind="Batch"))
    return found


async def sees_old_values(tx: Transaction, actor: Actor, event: RecordedEvent) -> bool:
    """Return whether the actor may know the values from before an event, and so put them back."""
    return not event.has_private_past or (await get_log_reader(tx, actor)).sees_before(event)


async def find_who_changed(
    tx: Transaction, viewer: LogReader, event: RecordedEvent, fields: set[str]
) -> dict[str, Person | None]:
    """Say of each field of a ticket who changed it last after an event."""
    later = EVENT.all(await tx.fetch_all(_LATER, ticket_id=event.ticket_id, version=event.version))
    return {field: each.actor for each in later if viewer.can_read(each) for field in each.changes if field in fields}


async def is_followed(tx: Transaction, event: RecordedEvent, subject_id: str | None = None) -> bool:
    """Return whether something else happened later to the ticket of an event, or only to what hangs on it."""
    later = await tx.fetch_all(_LATER, ticket_id=event.ticket_id, version=event.version)
    return any(each.batch_id != event.batch_id and subject_id in (None, each.subject_id) for each in EVENT.all(later))


async def _from(tx: Transaction, first: RecordedEvent) -> list[RecordedEvent]:
    rows = await tx.fetch_all(
        _OF_BATCH, batch_id=first.id, workspace=first.workspace_id, start=first.version,
        end=first.version + MAX_IN_A_BATCH,
    )  # fmt: skip
    return EVENT.all(rows)


_EVENTS = sa.select(*EVENT.columns).select_from(WITH_SURROUNDINGS)
_BY_ID = Statement(_EVENTS.where(events.c.id == sa.bindparam("event_id")))
_OF_BATCH = Statement(
    _EVENTS.where(
        events.c.batch_id == sa.bindparam("batch_id"),
        events.c.workspace_id == sa.bindparam("workspace"),
        events.c.version.between(sa.bindparam("start"), sa.bindparam("end")),
    ).order_by(events.c.version.desc())
)
_is_later = (events.c.ticket_id == sa.bindparam("ticket_id")) & (events.c.version > sa.bindparam("version"))
_LATER = Statement(_EVENTS.where(_is_later).order_by(events.c.version))
