"""What can be done to time logs."""

from datetime import datetime

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, require
from codimir.database.core import Transaction
from codimir.database.statements import insert_into, update_by_id
from codimir.events.types import TimeLogDeleted, TimeLogged, TimeLogRestored, TimeLogUpdated
from codimir.kit.ids import new_id
from codimir.kit.updates import changed, in_api_names, new_values
from codimir.model.timelogs import time_logs
from codimir.tickets.children import bump_counter, record_child_event, require_own, soft_delete, undelete
from codimir.tickets.queries import FoundTicket
from codimir.timelogs.queries import TIME_LOGS
from codimir.timelogs.schemas import TimeLog, TimeLogCreate, TimeLogUpdate


async def log_time(tx: Transaction, actor: Actor, found: FoundTicket, new: TimeLogCreate) -> str:
    """Log time that the actor spent on a ticket; give the log's id."""
    require(actor, Permission.TIME_ADD, found.scope)
    time_log_id = new_id("timelog")
    row = {"minutes": new.minutes, "description": new.description, "started_at": new.started_at or tx.now}
    await tx.execute(
        insert_into(time_logs), id=time_log_id, workspace_id=found.scope.workspace_id, ticket_id=found.ticket.id,
        user_id=actor.id, **row, created_at=tx.now, deleted_at=None,
    )  # fmt: skip
    await bump_counter(tx, TIME_LOGS, found, +1)
    changes = {name: (None, value) for name, value in row.items() if value is not None}
    await record_child_event(tx, actor, found, TimeLogged, time_log_id, in_api_names(TimeLog, changes))
    return time_log_id


async def update_time_log(
    tx: Transaction, actor: Actor, found: FoundTicket, time_log: TimeLog, update: TimeLogUpdate
) -> None:
    """Change the fields that are given and leave the others as they are."""
    _require_owner(actor, found, time_log)
    changes = changed(time_log, update)
    if not changes:
        return
    await tx.execute(update_by_id(time_logs, frozenset(changes)), row_id=time_log.id, **new_values(changes))
    await bump_counter(tx, TIME_LOGS, found, 0)
    await record_child_event(tx, actor, found, TimeLogUpdated, time_log.id, in_api_names(TimeLog, changes))


async def delete_time_log(tx: Transaction, actor: Actor, found: FoundTicket, time_log: TimeLog) -> None:
    """Take logged time back."""
    _require_owner(actor, found, time_log)
    await soft_delete(tx, actor, TIME_LOGS, found, time_log.id, TimeLogDeleted)


async def restore_time_log(
    tx: Transaction, actor: Actor, found: FoundTicket, time_log: TimeLog, deleted_at: datetime
) -> None:
    """Put logged time from the trash back on its ticket."""
    _require_owner(actor, found, time_log)
    await undelete(tx, actor, TIME_LOGS, found, time_log.id, TimeLogRestored, deleted_at)


def _require_owner(actor: Actor, found: FoundTicket, time_log: TimeLog) -> None:
    require_own(actor, found, time_log.user_id, Permission.TIME_ADD, Permission.TIME_DELETE)
