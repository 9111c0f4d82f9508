"""Write what happened, in the transaction in which it happens."""

from collections import Counter
from collections.abc import Sequence
from itertools import count

import sqlalchemy as sa

from codimir.database.core import Recorded, Transaction
from codimir.database.statements import Statement, insert_into
from codimir.database.watching import notify_commit
from codimir.events.types import Event
from codimir.kit.ids import new_id
from codimir.model.events import events
from codimir.model.workspaces import workspaces

_NEXT_VERSIONS = Statement(
    sa.update(workspaces)
    .where(workspaces.c.id == sa.bindparam("workspace_id"))
    .values(version=workspaces.c.version + sa.bindparam("by", type_=sa.BigInteger()))
    .returning(workspaces.c.version, notify_commit())
)


async def record(tx: Transaction, actor_id: str | None, event: Event) -> str:
    """Append an event to the log of its workspace, under the workspace's next version; give its id.

    All events of a unit of work are one batch, named by the id of its first event.

    The row of the workspace stays locked until the commit, so versions become visible in their order and without a
    gap, also on PostgreSQL. Whoever watches the database is woken after the commit.
    """
    [event_id] = await record_all(tx, actor_id, [event])
    return event_id


async def record_all(tx: Transaction, actor_id: str | None, happened: Sequence[Event]) -> list[str]:
    """Append events in their order, as `record` does each; give their ids. A workspace is asked once for versions."""
    next_versions = await _take_versions(tx, happened)
    ids: list[str] = []
    rows = []
    for event in happened:
        version, event_id = next(next_versions[event.workspace_id]), new_id("evt")
        tx.batch_id = tx.batch_id or event_id
        ids.append(event_id)
        rows.append({
            "id": event_id, "workspace_id": event.workspace_id, "version": version, "type": event.type,
            "actor_id": actor_id, "project_id": event.project_id, "ticket_id": event.ticket_id,
            "subject_id": event.subject_id, "changes": event.changes, "batch_id": tx.batch_id, "created_at": tx.now,
            "from_project_id": event.from_project_id,
        })  # fmt: skip
        about = (event.subject_id,) if event.ticket_id is None else (event.subject_id, event.ticket_id)
        tx.recorded.append(Recorded(event.workspace_id, version, about))
    await tx.execute_many(insert_into(events), rows)
    return ids


async def _take_versions(tx: Transaction, happened: Sequence[Event]) -> dict[str, "count[int]"]:
    """Raise the versions of the workspaces, in one order for all units, and count each up to its new one."""
    wanted = Counter(event.workspace_id for event in happened)
    return {workspace_id: await _take_next(tx, workspace_id, wanted[workspace_id]) for workspace_id in sorted(wanted)}


async def _take_next(tx: Transaction, workspace_id: str, by: int) -> "count[int]":
    last: int = await tx.fetch_value(_NEXT_VERSIONS, workspace_id=workspace_id, by=by)
    return count(last - by + 1)
