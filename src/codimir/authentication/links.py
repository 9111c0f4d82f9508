"""Make one-time links, look at them, use them up."""

import secrets
from datetime import datetime, timedelta
from typing import Literal

import msgspec
import sqlalchemy as sa

from codimir.authentication.tokens import hash_of
from codimir.database.core import Transaction
from codimir.database.statements import Statement, insert_into
from codimir.http.errors import NotFound
from codimir.model.links import links
from codimir.model.users import users
from codimir.problems.problem import Problem

Purpose = Literal["setup", "reset", "sign_in"]
LIFETIMES: dict[Purpose, timedelta] = {
    "setup": timedelta(days=1),
    "reset": timedelta(hours=1),
    "sign_in": timedelta(hours=1),
}


class LinkExpired(NotFound):
    """A link was used, replaced or is too old, or never was: nobody can tell which."""

    problem = Problem("link_expired")


class Link(msgspec.Struct, frozen=True):
    """What a link is good for."""

    user_id: str | None
    expires_at: datetime
    made_by_id: str | None
    """The administrator who made it and handed it on; None where it was mailed, or made at the command line"""


def new_link_token() -> str:
    """Create the secret of a link: 256 random bits."""
    return secrets.token_urlsafe(32)


async def make_link(
    tx: Transaction, purpose: Purpose, user_id: str | None = None, *, made_by_id: str | None = None
) -> tuple[str, datetime]:
    """Create a link; give its token, which is not stored, and when it expires.

    Where an administrator of the instance makes it for somebody, it is worth nothing once they are none any more.
    """
    await tx.execute(_FORGET_OLD, now=tx.now)
    token, expires_at = new_link_token(), tx.now + LIFETIMES[purpose]
    await tx.execute(
        insert_into(links), token_hash=hash_of(token), purpose=purpose, user_id=user_id, made_by_id=made_by_id,
        created_at=tx.now, expires_at=expires_at,
    )  # fmt: skip
    return token, expires_at


async def get_link(tx: Transaction, purpose: Purpose, token: str) -> Link:
    """Look at a link without using it.

    Raises LinkExpired where it is not valid.
    """
    row = await tx.fetch_one(_BY_HASH, hash=hash_of(token), purpose=purpose, now=tx.now)
    if row is None:
        raise LinkExpired
    return Link(*row)


async def use_link(tx: Transaction, purpose: Purpose, token: str) -> Link:
    """Use a link up, and with it every other one for the same purpose and person.

    Raises LinkExpired where it is not valid, which one that somebody else uses at this moment is not.
    """
    link = await get_link(tx, purpose, token)
    withdrawn = await withdraw_links(tx, purpose, link.user_id)
    if hash_of(token) not in withdrawn:
        raise LinkExpired
    return link


async def count_links(tx: Transaction, purpose: Purpose, user_id: str) -> int:
    """Count the links for a purpose and a person that are still valid."""
    return int(await tx.fetch_value(_COUNT, purpose=purpose, user_id=user_id, now=tx.now))


async def withdraw_links(tx: Transaction, purpose: Purpose, user_id: str | None = None) -> set[str]:
    """Make the links for a purpose and a person invalid; give the hashes of their tokens."""
    return set(await tx.fetch_column(_WITHDRAW, purpose=purpose, user_id=user_id or ""))


_NOW = sa.bindparam("now", type_=links.c.expires_at.type)
_BY_HASH = Statement(
    sa.select(links.c.user_id, links.c.expires_at, links.c.made_by_id)
    .select_from(links.outerjoin(users, users.c.id == links.c.made_by_id))
    .where(
        links.c.token_hash == sa.bindparam("hash"),
        links.c.purpose == sa.bindparam("purpose"),
        links.c.expires_at > _NOW,
        links.c.made_by_id.is_(None) | ((users.c.role == "ADMIN") & users.c.disabled_at.is_(None)),
    )
)
_COUNT = Statement(
    sa.select(sa.func.count())
    .select_from(links)
    .where(
        links.c.purpose == sa.bindparam("purpose"),
        links.c.user_id == sa.bindparam("user_id"),
        links.c.expires_at > _NOW,
    )
)
_FORGET_OLD = Statement(sa.delete(links).where(links.c.expires_at <= _NOW))
_WITHDRAW = Statement(
    sa.delete(links)
    .where(
        links.c.purpose == sa.bindparam("purpose"),
        sa.func.coalesce(links.c.user_id, "") == sa.bindparam("user_id", type_=sa.Text()),
    )
    .returning(links.c.token_hash)
)
