"""Taking back what events tell."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec

from codimir.attachments.actions import delete_attachment
from codimir.attachments.queries import ATTACHMENTS
from codimir.authorization.actor import Actor
from codimir.comments.actions import delete_comment, update_comment
from codimir.comments.queries import COMMENTS
from codimir.comments.schemas import CommentUpdate
from codimir.database.core import Transaction
from codimir.events.queries import RecordedEvent, get_log_reader
from codimir.http.errors import Conflict, NotFound
from codimir.problems.problem import Problem
from codimir.tickets.changing.deleting import delete_ticket
from codimir.tickets.changing.reverting import ChangedSince, differences_since, revert_ticket
from codimir.tickets.children import ChildKind, get_child
from codimir.tickets.ordering.reordering import rank_of, set_rank
from codimir.tickets.queries import FoundTicket, get_visible_ticket
from codimir.timelogs.actions import delete_time_log, update_time_log
from codimir.timelogs.queries import TIME_LOGS
from codimir.timelogs.schemas import TimeLogUpdate
from codimir.trash.actions import restore
from codimir.undo.queries import find_who_changed, get_visible_batch, get_visible_event, is_followed, sees_old_values
from codimir.undo.schemas import Undone

Undo = Callable[[Transaction, Actor, RecordedEvent], Awaitable[None]]
ANY_TIME = timedelta(0)


class CannotBeUndone(Conflict):
    """A change of this kind is not taken back by undoing."""

    problem = Problem("cannot_be_undone")


class HasLaterEvents(Conflict):
    """Something happened since to what was made, and would be lost with it."""

    problem = Problem("changed_after_that")


class NothingToUndo(Conflict):
    """What was changed is in the trash now, or no longer there."""

    problem = Problem("nothing_to_undo")


class CameFromElsewhere(Conflict):
    """What was before the change was in a project that the actor does not see."""

    problem = Problem("moved_from_hidden_project")


class ChildVerbs(NamedTuple):
    """A kind of thing that hangs on tickets, and its verbs."""

    kind: ChildKind[Any]
    delete: Callable[[Transaction, Actor, FoundTicket, Any], Awaitable[None]]


COMMENT = ChildVerbs(COMMENTS, delete_comment)
ATTACHMENT = ChildVerbs(ATTACHMENTS, delete_attachment)
TIME_LOG = ChildVerbs(TIME_LOGS, delete_time_log)


async def undo_event(tx: Transaction, actor: Actor, event_id: str) -> Undone:
    """Take one change back, as who may make it.

    Raises NotFound for an event that the actor does not see, Forbidden for who may not make the change, and a Conflict
    when something newer would be lost.
    """
    return await _undo_all(tx, actor, [await get_visible_event(tx, actor, event_id)])


async def undo_batch(tx: Transaction, actor: Actor, batch_id: str) -> Undone:
    """Take everything back that happened in one unit of work, the last first; all of it or nothing.

    Raises what `undo_event` raises.
    """
    return await _undo_all(tx, actor, await get_visible_batch(tx, actor, batch_id))


async def _undo_all(tx: Transaction, actor: Actor, found: list[RecordedEvent]) -> Undone:
    never = [event.type for event in found if event.type not in _UNDO]
    if never:  # said before anything is done: the batch may be large
        raise CannotBeUndone(details={"type": never[:1]})
    for event in found:
        if not await sees_old_values(tx, actor, event):
            raise CameFromElsewhere
        try:
            await _UNDO[event.type](tx, actor, event)
        except NotFound as error:
            raise NothingToUndo from error
    return Undone([event.id for event in found], tx.batch_id or "")


async def _revert_ticket(tx: Transaction, actor: Actor, event: RecordedEvent) -> None:
    found = await _ticket_of(tx, actor, event)
    different = await differences_since(tx, found, event.changes)
    if different:
        viewer = await get_log_reader(tx, actor)
        by = await find_who_changed(tx, viewer, event, set(different))
        raise ChangedSince(
            details={field: {"now": value, "changedBy": by.get(field)} for field, value in different.items()}
        )
    await revert_ticket(tx, actor, found, event.changes)


async def _put_back(tx: Transaction, actor: Actor, event: RecordedEvent) -> None:
    old, new = event.changes["rank"]
    found = await _ticket_of(tx, actor, event)
    if await rank_of(tx, found) != new:
        viewer = await get_log_reader(tx, actor)
        by = await find_who_changed(tx, viewer, event, {"rank"})
        raise ChangedSince(details={"rank": {"changedBy": by.get("rank")}})
    await set_rank(tx, actor, found, old)


async def _delete_ticket(tx: Transaction, actor: Actor, event: RecordedEvent) -> None:
    if await is_followed(tx, event):
        raise HasLaterEvents
    await delete_ticket(tx, actor, await _ticket_of(tx, actor, event))


async def _restore(tx: Transaction, actor: Actor, event: RecordedEvent) -> None:
    await restore(tx, actor, event.subject_id, ANY_TIME)


def _deleting(hanging: ChildVerbs) -> Undo:
    async def delete(tx: Transaction, actor: Actor, event: RecordedEvent) -> None:
        found = await _ticket_of(tx, actor, event)
        child = await get_child(tx, hanging.kind, found, event.subject_id)
        if await is_followed(tx, event, event.subject_id):
            raise HasLaterEvents
        await hanging.delete(tx, actor, found, child)

    return delete


async def _revert_comment(tx: Transaction, actor: Actor, event: RecordedEvent) -> None:
    found = await _ticket_of(tx, actor, event)
    comment = await get_child(tx, COMMENTS, found, event.subject_id)
    old, new = event.changes["content"]
    if comment.content != new:
        raise ChangedSince(details={"content": {"now": comment.content}})
    await update_comment(tx, actor, found, comment, CommentUpdate(content=old))


async def _revert_time_log(tx: Transaction, actor: Actor, event: RecordedEvent) -> None:
    found = await _ticket_of(tx, actor, event)
    time_log = await get_child(tx, TIME_LOGS, found, event.subject_id)
    now = msgspec.to_builtins(time_log)
    different = {name: {"now": now[name]} for name, (_, new) in event.changes.items() if now[name] != new}
    if different:
        raise ChangedSince(details=different)
    old = {name: old for name, (old, _) in event.changes.items()}
    await update_time_log(tx, actor, found, time_log, msgspec.convert(old, TimeLogUpdate))


async def _ticket_of(tx: Transaction, actor: Actor, event: RecordedEvent) -> FoundTicket:
    return await get_visible_ticket(tx, actor, event.ticket_id or "", lock=True)


_UNDO: Mapping[str, Undo] = {
    "ticket.created": _delete_ticket,
    "ticket.updated": _revert_ticket,
    "ticket.status_changed": _revert_ticket,
    "ticket.assigned": _revert_ticket,
    "ticket.ranked": _put_back,
    "ticket.deleted": _restore,
    "ticket.restored": _delete_ticket,
    "comment.created": _deleting(COMMENT),
    "comment.updated": _revert_comment,
    "comment.deleted": _restore,
    "comment.restored": _deleting(COMMENT),
    "attachment.added": _deleting(ATTACHMENT),
    "attachment.deleted": _restore,
    "attachment.restored": _deleting(ATTACHMENT),
    "time.logged": _deleting(TIME_LOG),
    "time.updated": _revert_time_log,
    "time.deleted": _restore,
    "time.restored": _deleting(TIME_LOG),
}
