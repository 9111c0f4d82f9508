"""Reading what proves who someone is."""

from datetime import datetime

import msgspec
import sqlalchemy as sa

from codimir.access.roles import InstanceRole
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.users.emails import email_key, is_email
from codimir.users.tables import users


class Credentials(msgspec.Struct, frozen=True):
    """What an account can be opened with."""

    user_id: str
    password_hash: str | None
    disabled_at: datetime | None
    role: InstanceRole


class SessionUser(msgspec.Struct, frozen=True):
    """What a session tells of its person."""

    name: str
    email: str
    image: str | None


async def find_credentials(tx: Transaction, email: str) -> Credentials | None:
    """Find what the account of an e-mail can be opened with, in whichever case it is written."""
    if not is_email(email.strip()):
        return None
    row = await tx.one(_BY_EMAIL, email_key=email_key(email))
    return None if row is None else Credentials(*row)


async def get_session_user(tx: Transaction, user_id: str) -> SessionUser:
    """Give what a session tells of its person."""
    row = await tx.one(_SESSION_USER, user_id=user_id)
    if row is None:
        raise LookupError(user_id)
    return SessionUser(*row)


_BY_EMAIL = Statement(
    sa.select(users.c.id, users.c.password_hash, users.c.disabled_at, users.c.role).where(
        users.c.email_key == sa.bindparam("email_key")
    )
)
_SESSION_USER = Statement(
    sa.select(users.c.name, users.c.email, users.c.image).where(users.c.id == sa.bindparam("user_id"))
)
