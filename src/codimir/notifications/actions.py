"""What can be done to notifications. They are a person's own, so the log of the workspace tells nobody."""

import sqlalchemy as sa

from codimir.access.actor import Actor
from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.http.errors import InvalidInput
from codimir.notifications.tables import UNREAD, notifications


async def mark_read(tx: Transaction, actor: Actor, ids: list[str]) -> int:
    """Mark notifications of the actor as read; give how many were not.

    Raises InvalidInput for an id that is none of theirs.
    """
    wanted = list(dict.fromkeys(ids))
    if await tx.value(_COUNT_OWN, user_id=actor.id, ids=wanted) < len(wanted):
        raise InvalidInput.fields(ids="Invalid notification ID")
    return await tx.run(_MARK_SOME, user_id=actor.id, ids=wanted, now=tx.now)


async def mark_all_read(tx: Transaction, actor: Actor) -> int:
    """Mark every notification of the actor as read; give how many were not."""
    return await tx.run(_MARK_ALL, user_id=actor.id, now=tx.now)


async def mark_read_about(tx: Transaction, actor: Actor, ticket_id: str) -> int:
    """Mark what the actor was told of a ticket as read; give how much was not."""
    return await tx.run(_MARK_ABOUT, user_id=actor.id, ticket_id=ticket_id, now=tx.now)


_own = notifications.c.user_id == sa.bindparam("user_id")
_named = is_any_of(notifications.c.id, "ids")
_mark = sa.update(notifications).values(read_at=sa.bindparam("now", type_=notifications.c.read_at.type))
_COUNT_OWN = Statement(sa.select(sa.func.count()).select_from(notifications).where(_own, _named))
_MARK_SOME = Statement(_mark.where(_own, _named, UNREAD))
_MARK_ALL = Statement(_mark.where(_own, UNREAD))
_MARK_ABOUT = Statement(_mark.where(_own, notifications.c.ticket_id == sa.bindparam("ticket_id"), UNREAD))
