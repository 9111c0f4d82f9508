"""The tickets of a project go into the trash and out of it with the project, many of them in portions.

They get the same `deleted_at` as the project, which no ticket of it had before, so that whoever restores it can tell
them from those that were in the trash already. `updated_at` tells both (docs/decisions/0056-changes-by-the-project.md):
they went when the project went, whenever their portion comes, and came back when they came back.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.model.projects import projects
from codimir.model.tickets import tickets, updated_at_least

A_MOMENT = timedelta(microseconds=1)


async def moment_of_deletion(tx: Transaction, project_id: str) -> datetime:
    """Return the present moment, or one after it that no deleted ticket of the project has."""
    last = await tx.fetch_value(_LAST_DELETED, project=project_id, now=tx.now)
    return tx.now if last is None else max(tx.now, last + A_MOMENT)


async def count_live(tx: Transaction, project_id: str) -> int:
    """Count the tickets of a project that are not in the trash."""
    count: int = await tx.fetch_value(_COUNT_LIVE, project=project_id)
    return count


async def count_trashed_at(tx: Transaction, moment: datetime) -> int:
    """Count the tickets that were moved to the trash at a moment."""
    count: int = await tx.fetch_value(_COUNT_TRASHED, moment=moment)
    return count


async def trash_tickets(tx: Transaction, project_id: str, limit: int) -> int:
    """Move at most so many live tickets of a deleted project to the trash; give how many."""
    found = await tx.fetch_column(_LIVE, project=project_id, limit=limit)
    await tx.execute(_TRASH, project=project_id, ticket_ids=found)
    return len(found)


async def restore_tickets(tx: Transaction, project_id: str, moment: datetime, limit: int, restored_at: datetime) -> int:
    """Take at most so many tickets of a project that were deleted at a moment out of the trash; give how many.

    Those that had not followed it into the trash when it was restored come last: they too can be seen again.
    """
    found = await tx.fetch_column(_TRASHED, project=project_id, moment=moment, limit=limit)
    if len(found) < limit:
        left = {"project": project_id, "restored_at": restored_at, "limit": limit - len(found)}
        found += await tx.fetch_column(_HIDDEN, **left)
    await tx.execute(_RESTORE, ticket_ids=found, now=max(tx.now, restored_at))
    return len(found)


_MOMENT = sa.bindparam("moment", type_=tickets.c.deleted_at.type)
_LIMIT = sa.bindparam("limit", type_=sa.Integer())
_of_project = tickets.c.project_id == sa.bindparam("project")
_is_live_in_project = (tickets.c.container_id == sa.bindparam("project")) & tickets.c.deleted_at.is_(None)
_named = is_any_of(tickets.c.id, "ticket_ids")
_LAST_DELETED = Statement(
    sa.select(sa.func.max(tickets.c.deleted_at)).where(
        _of_project, tickets.c.deleted_at >= sa.bindparam("now", type_=tickets.c.deleted_at.type)
    )
)
_COUNT_LIVE = Statement(sa.select(sa.func.count()).select_from(tickets).where(_is_live_in_project))
_COUNT_TRASHED = Statement(sa.select(sa.func.count()).select_from(tickets).where(tickets.c.deleted_at == _MOMENT))
_LIVE = Statement(sa.select(tickets.c.id).where(_is_live_in_project).limit(_LIMIT).with_for_update())
_TRASHED = Statement(
    sa.select(tickets.c.id).where(_of_project, tickets.c.deleted_at == _MOMENT).limit(_LIMIT).with_for_update()
)
_was_hidden = tickets.c.updated_at < sa.bindparam("restored_at", type_=tickets.c.updated_at.type)
_HIDDEN = Statement(sa.select(tickets.c.id).where(_is_live_in_project, _was_hidden).limit(_LIMIT).with_for_update())
_deleted_with = sa.select(projects.c.deleted_at).where(projects.c.id == sa.bindparam("project")).scalar_subquery()
_TRASH = Statement(
    sa.update(tickets).where(_named).values(deleted_at=_deleted_with, updated_at=updated_at_least(_deleted_with))
)
_NOW = sa.bindparam("now", type_=tickets.c.updated_at.type)
_RESTORE = Statement(sa.update(tickets).where(_named).values(deleted_at=sa.null(), updated_at=updated_at_least(_NOW)))
