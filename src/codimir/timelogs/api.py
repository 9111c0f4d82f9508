"""The routes of time logs."""

from codimir.access.actor import Actor
from codimir.database.core import Database, Transaction
from codimir.http.paging import Data, PageQuery
from codimir.http.routing import Created, delete, get, post, put
from codimir.tickets.queries import get_visible_ticket
from codimir.timelogs import actions, queries
from codimir.timelogs.schemas import TimeLog, TimeLogCreate, TimeLogPage, TimeLogUpdate


@get("/api/tickets/{ref:str}/time-logs")
async def list_time_logs(ref: str, query: PageQuery, actor: Actor, db: Database) -> TimeLogPage:
    """List the time spent on a ticket, the newest first, with the minutes of all of it."""

    async def unit(tx: Transaction) -> TimeLogPage:
        return await queries.list_time_logs(tx, await get_visible_ticket(tx, actor, ref), query)

    return await db.read(unit)


@post("/api/tickets/{ref:str}/time-logs")
async def log_time(ref: str, data: TimeLogCreate, actor: Actor, db: Database) -> Created[TimeLog]:
    """Log time that you spent on a ticket."""

    async def unit(tx: Transaction) -> TimeLog:
        found = await get_visible_ticket(tx, actor, ref, lock=True)
        return await queries.get_time_log(tx, found, await actions.log_time(tx, actor, found, data))

    time_log = await db.write(unit)
    return Created(time_log, f"/api/tickets/{time_log.ticket_id}/time-logs/{time_log.id}")


@get("/api/tickets/{ref:str}/time-logs/{time_log_id:str}")
async def get_time_log(ref: str, time_log_id: str, actor: Actor, db: Database) -> Data[TimeLog]:
    """Get logged time on a ticket."""

    async def unit(tx: Transaction) -> TimeLog:
        return await queries.get_time_log(tx, await get_visible_ticket(tx, actor, ref), time_log_id)

    return Data(await db.read(unit))


@put("/api/tickets/{ref:str}/time-logs/{time_log_id:str}")
async def update_time_log(ref: str, time_log_id: str, data: TimeLogUpdate, actor: Actor, db: Database) -> Data[TimeLog]:
    """Change logged time; whose it is may, and the administrators."""

    async def unit(tx: Transaction) -> TimeLog:
        found = await get_visible_ticket(tx, actor, ref, lock=True)
        time_log = await queries.get_time_log(tx, found, time_log_id)
        await actions.update_time_log(tx, actor, found, time_log, data)
        return await queries.get_time_log(tx, found, time_log_id)

    return Data(await db.write(unit))


@delete("/api/tickets/{ref:str}/time-logs/{time_log_id:str}")
async def delete_time_log(ref: str, time_log_id: str, actor: Actor, db: Database) -> None:
    """Take logged time back; whose it is may, and the administrators."""

    async def unit(tx: Transaction) -> None:
        found = await get_visible_ticket(tx, actor, ref, lock=True)
        time_log = await queries.get_time_log(tx, found, time_log_id)
        await actions.delete_time_log(tx, actor, found, time_log)

    await db.write(unit)


ROUTES = (list_time_logs, log_time, get_time_log, update_time_log, delete_time_log)
