"""What can be done to what is in the trash."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from codimir.attachments.actions import restore_attachment
from codimir.attachments.queries import ATTACHMENTS
from codimir.authorization.actor import Actor
from codimir.comments.actions import restore_comment
from codimir.comments.queries import COMMENTS
from codimir.database.core import Transaction
from codimir.projects.actions import restore_project
from codimir.projects.queries import get_visible_project
from codimir.tickets.changing.deleting import restore_ticket
from codimir.tickets.children import get_child
from codimir.tickets.queries import FoundTicket, get_visible_ticket
from codimir.timelogs.actions import restore_time_log
from codimir.timelogs.queries import TIME_LOGS
from codimir.trash.queries import get_trashed
from codimir.trash.schemas import TrashItem, TrashType


async def restore(tx: Transaction, actor: Actor, item_id: str, kept_for: timedelta) -> TrashItem:
    """Take something out of the trash, with everything that was on it; give what it was there.

    Raises NotFound when it is not in the trash or not visible, Forbidden for who may not delete it either.
    """
    item = await get_trashed(tx, actor, item_id, kept_for)
    await _RESTORE[item.type](tx, actor, item)
    return item


async def _restore_ticket(tx: Transaction, actor: Actor, item: TrashItem) -> None:
    found = await get_visible_ticket(tx, actor, item.id, lock=True, in_trash=True)
    await restore_ticket(tx, actor, found, item.deleted_at)


async def _restore_comment(tx: Transaction, actor: Actor, item: TrashItem) -> None:
    found = await _ticket_of(tx, actor, item)
    comment = await get_child(tx, COMMENTS, found, item.id, in_trash=True)
    await restore_comment(tx, actor, found, comment, item.deleted_at)


async def _restore_attachment(tx: Transaction, actor: Actor, item: TrashItem) -> None:
    found = await _ticket_of(tx, actor, item)
    attachment = await get_child(tx, ATTACHMENTS, found, item.id, in_trash=True)
    await restore_attachment(tx, actor, found, attachment, item.deleted_at)


async def _restore_time_log(tx: Transaction, actor: Actor, item: TrashItem) -> None:
    found = await _ticket_of(tx, actor, item)
    time_log = await get_child(tx, TIME_LOGS, found, item.id, in_trash=True)
    await restore_time_log(tx, actor, found, time_log, item.deleted_at)


async def _restore_project(tx: Transaction, actor: Actor, item: TrashItem) -> None:
    found = await get_visible_project(tx, actor, item.id, lock=True, in_trash=True)
    await restore_project(tx, actor, found, item.deleted_at)


async def _ticket_of(tx: Transaction, actor: Actor, item: TrashItem) -> FoundTicket:
    return await get_visible_ticket(tx, actor, item.ticket_id or "", lock=True)


_RESTORE: Mapping[TrashType, Callable[[Transaction, Actor, TrashItem], Awaitable[None]]] = {
    "ticket": _restore_ticket,
    "comment": _restore_comment,
    "attachment": _restore_attachment,
    "timelog": _restore_time_log,
    "project": _restore_project,
}
