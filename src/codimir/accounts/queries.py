"""Reading what proves who someone is."""

from datetime import datetime

import msgspec
import sqlalchemy as sa

from codimir.authentication.devices import ADDRESS_REMEMBERED, address_hash_of
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.kit.emails import email_key, is_email
from codimir.model.authentication import known_addresses
from codimir.model.enums import InstanceRole
from codimir.model.users import users


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


async def find_credentials(tx: Transaction, email: str, *, lock: bool = False) -> Credentials | None:
    """Find what the account of an e-mail can be opened with, in whichever case it is written.

    `lock` keeps others from changing that until this unit ends: a session that begins with a password must not begin
    after the password has ended.
    """
    if not is_email(email.strip()):
        return None
    row = await tx.fetch_one(_BY_EMAIL_LOCKED if lock else _BY_EMAIL, email_key=email_key(email))
    return None if row is None else Credentials(*row)


async def find_known_address(tx: Transaction, email: str, address: str) -> str | None:
    """Return what is kept of an address if somebody signed in to the account of this e-mail from it before."""
    if not is_email(email.strip()):
        return None
    found: str | None = await tx.fetch_value(
        _KNOWN, email_key=email_key(email), address_hash=address_hash_of(address), since=tx.now - ADDRESS_REMEMBERED
    )
    return found


async def get_session_user(tx: Transaction, user_id: str) -> SessionUser:
    """Return what a session tells of its person."""
    row = await tx.fetch_one(_SESSION_USER, user_id=user_id)
    if row is None:
        raise LookupError(user_id)
    return SessionUser(*row)


_by_email = sa.select(users.c.id, users.c.password_hash, users.c.disabled_at, users.c.role).where(
    users.c.email_key == sa.bindparam("email_key")
)
_BY_EMAIL, _BY_EMAIL_LOCKED = Statement(_by_email), Statement(_by_email.with_for_update())
_KNOWN = Statement(
    sa.select(known_addresses.c.address_hash)
    .select_from(known_addresses.join(users, users.c.id == known_addresses.c.user_id))
    .where(
        users.c.email_key == sa.bindparam("email_key"),
        known_addresses.c.address_hash == sa.bindparam("address_hash"),
        known_addresses.c.signed_in_at > sa.bindparam("since", type_=known_addresses.c.signed_in_at.type),
    )
)
_SESSION_USER = Statement(
    sa.select(users.c.name, users.c.email, users.c.image).where(users.c.id == sa.bindparam("user_id"))
)
