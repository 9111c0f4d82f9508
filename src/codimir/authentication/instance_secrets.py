"""Secrets that an instance makes for itself, the same for every worker and server of it."""

import secrets
from typing import Any

import sqlalchemy as sa

from codimir.database.core import Database, Transaction
from codimir.database.statements import Statement, insert_into
from codimir.model.authentication import instance_secrets

_FIND = Statement(sa.select(instance_secrets.c.value).where(instance_secrets.c.name == sa.bindparam("name")))


async def instance_secret(db: Database, name: str) -> str:
    """Return the secret of a name; the first who asks makes it."""

    async def find(tx: Transaction) -> Any:
        return await tx.fetch_value(_FIND, name=name)

    async def make(tx: Transaction) -> Any:
        made = {"value": secrets.token_urlsafe(32), "created_at": tx.now}
        await tx.execute(insert_into(instance_secrets, or_ignore=True), name=name, **made)
        return await find(tx)

    return str(await db.read(find) or await db.write(make))
