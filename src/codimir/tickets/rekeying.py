"""The keys of tickets follow the key of their project."""

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.tickets.search import index_fields
from codimir.tickets.tables import tickets


async def rekey_tickets(tx: Transaction, project_id: str, project_key: str) -> None:
    """Give every ticket of a project its key anew, also those in the trash, and let search find them by it.

    The row of the project is locked already, so no ticket gets a number meanwhile.
    """
    changed = await tx.all(_REKEY, project=project_id, key=project_key)
    await index_fields(tx, [row[0] for row in changed])


_REKEY = Statement(
    sa.update(tickets)
    .where(tickets.c.project_id == sa.bindparam("project"), tickets.c.number.is_not(None))
    .values(key=sa.bindparam("key", type_=sa.Text()) + "-" + sa.cast(tickets.c.number, sa.Text()))
    .returning(tickets.c.id)
)
