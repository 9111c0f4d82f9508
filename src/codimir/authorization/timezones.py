"""Where a person is: the time zone that they chose, in which the days are that they ask for."""

from datetime import tzinfo

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.kit.zones import zone_named
from codimir.model.users import users


async def timezone_of(tx: Transaction, actor: Actor) -> tzinfo:
    """Return the time zone of a person; UTC where they chose none."""
    preferences = await tx.fetch_value(_PREFERENCES, user_id=actor.id)
    return zone_named((preferences or {}).get("timezone"))


_PREFERENCES = Statement(sa.select(users.c.preferences).where(users.c.id == sa.bindparam("user_id")))
