"""Old deliveries, deleted in portions."""

from datetime import datetime

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.model.webhooks import OPEN, webhook_deliveries


async def purge(tx: Transaction, before: datetime) -> int:
    """Delete some of the deliveries that have been in the log since before a moment; give how many."""
    return await tx.execute(_PURGE, before=before)


_table = webhook_deliveries.c
_PURGED_AT_ONCE = 500


_old = (
    sa.select(_table.id)
    .where(_table.created_at < sa.bindparam("before", type_=_table.created_at.type), ~OPEN)
    .order_by(_table.created_at)
    .limit(sa.literal_column(str(_PURGED_AT_ONCE)))
)


_PURGE = Statement(sa.delete(webhook_deliveries).where(_table.id.in_(_old)))
