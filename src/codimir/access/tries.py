"""Count tries to sign in, so that passwords cannot be guessed: in the database, for all workers together."""

import hashlib
import math
from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from codimir.access.tables import sign_in_tries
from codimir.database.core import Database, Transaction
from codimir.database.statements import Statement
from codimir.http.errors import RateLimited

WINDOW = timedelta(minutes=1)
TRIES_OF_BOTH = 10
"""How many tries an account gets from one address in a minute."""
TRIES_OF_ACCOUNT = 30
"""How many tries an account gets from all strange addresses together; those who signed in before do not share it."""
TRIES_OF_ADDRESS = 100
"""How many tries an address gets for all accounts together: an office signs in from one address."""


class TooManyTries(RateLimited):
    """Somebody guesses passwords, or forgot theirs."""

    message = "Too many tries; wait a minute"


def tries_of(account: str, address: str) -> dict[str, int]:
    """Name what a try counts against, and how often that may happen in a minute."""
    return {
        _key("both", account, address): TRIES_OF_BOTH,
        _key("account", account): TRIES_OF_ACCOUNT,
        _key("address", address): TRIES_OF_ADDRESS,
    }


def tries_of_known(account: str, device: str) -> dict[str, int]:
    """Name what a try counts against that comes from where somebody signed in to the account before.

    Nobody else shares it: strangers who use up what an account gets from everywhere keep nobody out who was in before.
    """
    return {_key("known", account, device): TRIES_OF_BOTH}


async def count_try(tx: Transaction, limits: Mapping[str, int]) -> float | None:
    """Count a try; where there were too many, count nothing and give the seconds after which there may be another."""
    await tx.run(_FORGET, since=tx.now - WINDOW)
    counted = {}
    for key in sorted(limits):  # always in this order: two that wait for each other would never end
        recent = await _recent(tx, key)
        if len(recent) >= limits[key]:
            seconds = recent[-limits[key]] + WINDOW.total_seconds() - tx.now.timestamp()
            return min(seconds, WINDOW.total_seconds())
        counted[key] = [*recent, tx.now.timestamp()]
    for key, recent in counted.items():
        await tx.run(_KEEP, row_key=key, recent=recent)
    return None


async def count_or_refuse(db: Database, account: str, address: str, device: str | None = None) -> None:
    """Count a try, of a device that is known by itself.

    Raises TooManyTries where there were too many.
    """
    limits = tries_of(account, address) if device is None else tries_of_known(account, device)
    seconds = await db.write(lambda tx: count_try(tx, limits))
    if seconds is not None:
        raise too_many_tries(seconds)


async def take_back_try(tx: Transaction, limits: Mapping[str, int]) -> None:
    """Take back the latest try, because it was a good one."""
    for key in sorted(limits):
        await tx.run(_KEEP, row_key=key, recent=(await _recent(tx, key))[:-1])


def too_many_tries(seconds: float) -> TooManyTries:
    """Say when there may be another try."""
    return TooManyTries(headers={"retry-after": str(max(1, math.ceil(seconds)))})


async def _recent(tx: Transaction, key: str) -> list[float]:
    """Give the moments of the tries of the last minute; nobody else can count under this key until the end.

    Those that lie more than a minute ahead are forgotten: they were counted before the clock was put back.
    """
    since, until = (tx.now - WINDOW).timestamp(), (tx.now + WINDOW).timestamp()
    return [moment for moment in await tx.value(_HOLD, key=key, tried_at=tx.now) if since < moment < until]


def _key(kind: str, *parts: str) -> str:
    return f"{kind}:{hashlib.sha256('|'.join(parts).encode(errors='replace')).hexdigest()}"


_NOW = sa.bindparam("tried_at", type_=sign_in_tries.c.tried_at.type)
_RECENT = sign_in_tries.c.recent
_HOLD = Statement(
    insert(sign_in_tries)
    .values(key=sa.bindparam("key"), recent=sa.literal([], _RECENT.type), tried_at=_NOW)
    .on_conflict_do_update(index_elements=["key"], set_={"tried_at": _NOW})
    .returning(_RECENT)
)
_KEEP = Statement(
    sa.update(sign_in_tries)
    .where(sign_in_tries.c.key == sa.bindparam("row_key"))
    .values(recent=sa.bindparam("recent", type_=_RECENT.type))
)
_FORGET = Statement(
    sa.delete(sign_in_tries).where(
        sign_in_tries.c.tried_at <= sa.bindparam("since", type_=sign_in_tries.c.tried_at.type)
    )
)
