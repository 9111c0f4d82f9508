"""Devices and addresses from which somebody has signed in to an account before.

Strangers can use up all tries that an account gets in a minute; whoever signed in from the same device or address
before has tries of their own (OWASP calls such cookies "device cookies"). Neither proves who somebody is: the password
does.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from codimir.authentication.cookies import set_cookie
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.model.authentication import known_addresses

COOKIE = "codimir.device"
COOKIE_LENGTH = timedelta(days=365)
ADDRESS_REMEMBERED = timedelta(days=90)
NONCE_BYTES = 16


def device_cookie(email_key: str, secret: str, now: datetime, *, secure: bool) -> str:
    """Write the header that lets a browser show that somebody signed in to this account with it."""
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    value = f"{nonce}.{_mark(nonce, email_key, secret)}"
    return set_cookie(_name(secure=secure), value, secure=secure, expires=now + COOKIE_LENGTH)


def device_of(cookies: dict[str, str], email_key: str, secret: str) -> str | None:
    """Name the device that a request comes from, if somebody signed in to this account with it before."""
    for secure in (True, False):
        nonce, _, mark = cookies.get(_name(secure=secure), "").partition(".")
        if nonce and hmac.compare_digest(mark.encode(), _mark(nonce, email_key, secret).encode()):
            return nonce
    return None


def address_hash_of(address: str) -> str:
    """Return what is kept of an address: enough to know it again."""
    return hashlib.sha256(address.encode(errors="replace")).hexdigest()


async def remember_address(tx: Transaction, user_id: str, address: str) -> None:
    """Remember that somebody signed in from an address; forget those from which they have not for long."""
    await tx.execute(_REMEMBER, user_id=user_id, address_hash=address_hash_of(address), now=tx.now)
    await tx.execute(_FORGET, user_id=user_id, before=tx.now - ADDRESS_REMEMBERED)


def _name(*, secure: bool) -> str:
    return f"{'__Host-' * secure}{COOKIE}"


def _mark(nonce: str, email_key: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"device|{nonce}|{email_key}".encode(), hashlib.sha256).hexdigest()


_MOMENT = known_addresses.c.signed_in_at.type
_NOW = sa.bindparam("now", type_=_MOMENT)
_REMEMBER = Statement(
    insert(known_addresses)
    .values(user_id=sa.bindparam("user_id"), address_hash=sa.bindparam("address_hash"), signed_in_at=_NOW)
    .on_conflict_do_update(index_elements=["user_id", "address_hash"], set_={"signed_in_at": _NOW})
)
_FORGET = Statement(
    sa.delete(known_addresses).where(
        known_addresses.c.user_id == sa.bindparam("user_id"),
        known_addresses.c.signed_in_at < sa.bindparam("before", type_=_MOMENT),
    )
)
