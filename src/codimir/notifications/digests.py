"""Take what is to be mailed: everything that was collected for a person goes into one mail.

Whoever takes it empties `mail_due_at` in the same transaction, so of several servers one sends it. A server that is
killed between that and the mail server loses the mail, never the notification.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from codimir.authentication.sessions import ACTOR_COLUMNS, IN_ORDER, MEMBERSHIP, N, actor_of
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.kit.values import Values
from codimir.mail.messages import Mail
from codimir.model.notifications import TO_MAIL, notifications
from codimir.model.users import users
from codimir.notifications.queries import list_texts, list_unread_among
from codimir.notifications.schemas import Notification

MAX_PEOPLE = 50


class Digest(NamedTuple):
    """What one mail says, and to whom."""

    email: str
    preferences: Values
    notifications: list[Notification]
    texts: Mapping[str, str] = {}
    """The comments that they are about, by the ids of the notifications"""


WriteDigest = Callable[[Digest], Awaitable[Mail]]


async def next_due(tx: Transaction) -> datetime | None:
    """Return when the next mail is due, if there is one."""
    found: datetime | None = await tx.fetch_value(_NEXT_DUE)
    return found


async def take_due(tx: Transaction) -> list[Digest]:
    """Take everything that was collected for the people to whom a mail is due."""
    digests = [await _take(tx, row[0]) for row in await tx.fetch_all(_DUE, now=tx.now)]
    return [digest for digest in digests if digest is not None and digest.notifications]


async def _take(tx: Transaction, user_id: str) -> Digest | None:
    """Take what was collected for a person; what they have read meanwhile or see no more is left out."""
    ids = await tx.fetch_column(_TAKE, user_id=user_id)
    rows = await tx.fetch_all(_PERSON, user_id=user_id)
    if not ids or not rows:
        return None
    email, preferences = rows[0][N:]
    unread = await list_unread_among(tx, actor_of(rows), ids)
    return Digest(email, preferences, unread, await list_texts(tx, unread))


_due_at = notifications.c.mail_due_at
_NEXT_DUE = Statement(sa.select(sa.func.min(_due_at, type_=_due_at.type)).where(TO_MAIL))
_DUE = Statement(
    sa.select(notifications.c.user_id)
    .where(TO_MAIL, _due_at <= sa.bindparam("now", type_=_due_at.type))
    .group_by(notifications.c.user_id)
    .order_by(sa.func.min(_due_at), notifications.c.user_id)
    .limit(sa.literal_column(str(MAX_PEOPLE)))
)
_TAKE = Statement(
    sa.update(notifications)
    .where(notifications.c.user_id == sa.bindparam("user_id"), TO_MAIL)
    .values(mail_due_at=None)
    .returning(notifications.c.id)
)
_PERSON = Statement(
    sa.select(*ACTOR_COLUMNS, users.c.email, users.c.preferences)
    .select_from(MEMBERSHIP)
    .where(users.c.id == sa.bindparam("user_id"), users.c.disabled_at.is_(None))
    .order_by(*IN_ORDER)
)
