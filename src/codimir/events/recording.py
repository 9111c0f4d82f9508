"""Write what happened, in the transaction in which it happens."""

import sqlalchemy as sa

from codimir.database.core import Recorded, Transaction
from codimir.database.statements import Statement, insert_into
from codimir.database.watching import notify_commit
from codimir.events.types import Event
from codimir.kit.ids import new_id
from codimir.model.events import events
from codimir.model.workspaces import workspaces

_NEXT_VERSION = Statement(
    sa.update(workspaces)
    .where(workspaces.c.id == sa.bindparam("workspace_id"))
    .values(version=workspaces.c.version + 1)
    .returning(workspaces.c.version, notify_commit())
)


async def record(tx: Transaction, actor_id: str | None, event: Event) -> str:
    """Append an event to the log of its workspace, under the workspace's next version; give its id.

    All events of a unit of work are one batch, named by the id of its first event.

    The row of the workspace stays locked until the commit, so versions become visible in their order and without a
    gap, also on PostgreSQL. Whoever watches the database is woken after the commit.
    """
    version = await tx.fetch_value(_NEXT_VERSION, workspace_id=event.workspace_id)
    event_id = new_id("evt")
    tx.batch_id = tx.batch_id or event_id
    await tx.execute(
        insert_into(events), id=event_id, workspace_id=event.workspace_id, version=version, type=event.type,
        actor_id=actor_id, project_id=event.project_id, ticket_id=event.ticket_id, subject_id=event.subject_id,
        changes=event.changes, batch_id=tx.batch_id, created_at=tx.now, from_project_id=event.from_project_id,
    )  # fmt: skip
    about = (event.subject_id,) if event.ticket_id is None else (event.subject_id, event.ticket_id)
    tx.recorded.append(Recorded(event.workspace_id, version, about))
    return event_id
