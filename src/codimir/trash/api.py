"""The routes of the trash."""

from datetime import timedelta

from codimir.authorization.actor import Actor
from codimir.config import Settings
from codimir.http.paging import Data, Page
from codimir.http.routing import LongReadTx, WriteTx, get, post
from codimir.trash import actions, queries
from codimir.trash.schemas import TrashItem, TrashQuery


@get("/api/trash")
async def list_trash(tx: LongReadTx, actor: Actor, query: TrashQuery, settings: Settings) -> Page[TrashItem]:
    """List what was deleted and can be restored, the last first.

    What was deleted together with its ticket or its project comes back with that, and is not listed by itself.
    """
    kept_for = timedelta(days=settings.trash_days)
    return await queries.list_trash(tx, actor, query, kept_for)


@post("/api/trash/{item_id:str}/restore", status=200)
async def restore_from_trash(tx: WriteTx, actor: Actor, item_id: str, settings: Settings) -> Data[TrashItem]:
    """Restore something with everything that was on it; who may delete it may do that."""
    kept_for = timedelta(days=settings.trash_days)
    return Data(await actions.restore(tx, actor, item_id, kept_for))


ROUTES = (list_trash, restore_from_trash)
