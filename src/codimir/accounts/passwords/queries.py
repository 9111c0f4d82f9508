"""Reading passwords."""

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.model.users import users


async def find_password_hash(tx: Transaction, user_id: str) -> str | None:
    """Return the hash of a person's password, if they have one."""
    found: str | None = await tx.fetch_value(_HASH, user_id=user_id)
    return found


async def hold_person(tx: Transaction, user_id: str) -> None:
    """Let nobody else hold this person until the end of the transaction."""
    await tx.fetch_value(_HOLD, user_id=user_id)


_HOLD = Statement(sa.select(users.c.id).where(users.c.id == sa.bindparam("user_id")).with_for_update())
_HASH = Statement(sa.select(users.c.password_hash).where(users.c.id == sa.bindparam("user_id")))
