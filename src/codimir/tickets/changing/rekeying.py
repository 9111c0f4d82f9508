"""The keys of tickets follow the key of their project."""

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.model.projects import projects
from codimir.model.tickets import tickets, updated_at_least
from codimir.tickets.search.index import index_fields


async def count_numbered(tx: Transaction, project_id: str) -> int:
    """Count the tickets of a project that have a key, those in the trash too."""
    count: int = await tx.fetch_value(_COUNT, project=project_id)
    return count


async def rekey_tickets(tx: Transaction, project_id: str, after: int, limit: int) -> tuple[int, int]:
    """Give tickets of a project their keys anew, also those in the trash, and let search find them by it.

    They have changed by that, as `updatedAt` says; in the past they have the old key. They are at most so many, in the
    order of their numbers, after this one. Gives how many they are and the last number. A new ticket has the present
    key of its project already.
    """
    found = await tx.fetch_all(_NEXT, project=project_id, after=after, limit=limit)
    if not found:
        return 0, after
    await tx.execute(_REKEY, project=project_id, ticket_ids=[row[0] for row in found], now=tx.now)
    await index_fields(tx, [row[0] for row in found])
    return len(found), found[-1][1]


_of_project = (tickets.c.project_id == sa.bindparam("project"), tickets.c.number.is_not(None))
_COUNT = Statement(sa.select(sa.func.count()).select_from(tickets).where(*_of_project))
_NEXT = Statement(
    sa.select(tickets.c.id, tickets.c.number)
    .where(*_of_project, tickets.c.number > sa.bindparam("after", type_=sa.Integer()))
    .order_by(tickets.c.number)
    .limit(sa.bindparam("limit", type_=sa.Integer()))
    .with_for_update()
)
_present_key = sa.select(projects.c.key).where(projects.c.id == sa.bindparam("project")).scalar_subquery()
_NOW = sa.bindparam("now", type_=tickets.c.updated_at.type)
_REKEY = Statement(
    sa.update(tickets)
    .where(*_of_project, is_any_of(tickets.c.id, "ticket_ids"))
    .values(
        key=_present_key + "-" + sa.cast(tickets.c.number, sa.Text()),
        updated_at=updated_at_least(_NOW),
    )
)
