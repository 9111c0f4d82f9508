"""The routes of time logs."""

from codimir.authorization.actor import Actor
from codimir.http.paging import Data, PageQuery
from codimir.http.routing import Created, ReadTx, WriteTx, delete, get, post, put
from codimir.tickets.queries import get_visible_ticket
from codimir.timelogs import actions, queries
from codimir.timelogs.schemas import TimeLog, TimeLogCreate, TimeLogPage, TimeLogUpdate


@get("/api/tickets/{ref:str}/time-logs")
async def list_time_logs(tx: ReadTx, actor: Actor, ref: str, query: PageQuery) -> TimeLogPage:
    """List the time spent on a ticket, the newest first, with the minutes of all of it."""
    return await queries.list_time_logs(tx, await get_visible_ticket(tx, actor, ref), query)


@post("/api/tickets/{ref:str}/time-logs")
async def log_time(tx: WriteTx, actor: Actor, ref: str, data: TimeLogCreate) -> Created[TimeLog]:
    """Log time that you spent on a ticket."""
    found = await get_visible_ticket(tx, actor, ref, lock=True)
    time_log = await queries.get_time_log(tx, found, await actions.log_time(tx, actor, found, data))
    return Created(time_log, f"/api/tickets/{time_log.ticket_id}/time-logs/{time_log.id}")


@get("/api/tickets/{ref:str}/time-logs/{time_log_id:str}")
async def get_time_log(tx: ReadTx, actor: Actor, ref: str, time_log_id: str) -> Data[TimeLog]:
    """Get logged time on a ticket."""
    return Data(await queries.get_time_log(tx, await get_visible_ticket(tx, actor, ref), time_log_id))


@put("/api/tickets/{ref:str}/time-logs/{time_log_id:str}")
async def update_time_log(tx: WriteTx, actor: Actor, ref: str, time_log_id: str, data: TimeLogUpdate) -> Data[TimeLog]:
    """Change logged time; whose it is may, and the administrators."""
    found = await get_visible_ticket(tx, actor, ref, lock=True)
    time_log = await queries.get_time_log(tx, found, time_log_id)
    await actions.update_time_log(tx, actor, found, time_log, data)
    return Data(await queries.get_time_log(tx, found, time_log_id))


@delete("/api/tickets/{ref:str}/time-logs/{time_log_id:str}")
async def delete_time_log(tx: WriteTx, actor: Actor, ref: str, time_log_id: str) -> None:
    """Take logged time back; whose it is may, and the administrators."""
    found = await get_visible_ticket(tx, actor, ref, lock=True)
    time_log = await queries.get_time_log(tx, found, time_log_id)
    await actions.delete_time_log(tx, actor, found, time_log)


ROUTES = (list_time_logs, log_time, get_time_log, update_time_log, delete_time_log)
