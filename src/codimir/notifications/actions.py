"""What can be done to notifications. They are a person's own, so the log of the workspace tells nobody."""

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.http.errors import InvalidInput
from codimir.kit.values import Values
from codimir.model.notifications import UNREAD, notifications
from codimir.problems.problem import Problem


async def mark_read(tx: Transaction, actor: Actor, ids: list[str]) -> int:
    """Mark notifications of the actor as read; give how many were not.

    Raises InvalidInput for an id that is none of theirs.
    """
    wanted = list(dict.fromkeys(ids))
    if await tx.fetch_value(_COUNT_OWN, **_values(actor), ids=wanted) < len(wanted):
        raise InvalidInput.fields(ids=Problem("invalid_id", kind="notification"))
    return await tx.execute(_MARK_SOME, **_values(actor), ids=wanted, now=tx.now)


async def mark_all_read(tx: Transaction, actor: Actor) -> int:
    """Mark every notification of the actor as read; give how many were not."""
    return await tx.execute(_MARK_ALL, **_values(actor), now=tx.now)


async def mark_read_about(tx: Transaction, actor: Actor, ticket_id: str) -> int:
    """Mark what the actor was told of a ticket as read; give how much was not."""
    return await tx.execute(_MARK_ABOUT, **_values(actor), ticket_id=ticket_id, now=tx.now)


def _values(actor: Actor) -> Values:
    """Return the values of what is the actor's own; with a token of one workspace it is what is told of that one."""
    return {"user_id": actor.id, "bound_to": actor.bound_to}


_bound_to = sa.func.coalesce(sa.bindparam("bound_to", type_=sa.Text()), notifications.c.workspace_id)
_own = (notifications.c.user_id == sa.bindparam("user_id")) & (notifications.c.workspace_id == _bound_to)
_named = is_any_of(notifications.c.id, "ids")
_mark = sa.update(notifications).values(read_at=sa.bindparam("now", type_=notifications.c.read_at.type))
_COUNT_OWN = Statement(sa.select(sa.func.count()).select_from(notifications).where(_own, _named))
_MARK_SOME = Statement(_mark.where(_own, _named, UNREAD))
_MARK_ALL = Statement(_mark.where(_own, UNREAD))
_MARK_ABOUT = Statement(_mark.where(_own, notifications.c.ticket_id == sa.bindparam("ticket_id"), UNREAD))
