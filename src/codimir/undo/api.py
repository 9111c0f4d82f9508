"""The routes of undoing."""

from codimir.authorization.actor import Actor
from codimir.http.paging import Data
from codimir.http.routing import WriteTx, post
from codimir.undo import actions
from codimir.undo.schemas import Undone


@post("/api/events/{event_id:str}/undo", status=200)
async def undo_event(tx: WriteTx, actor: Actor, event_id: str) -> Data[Undone]:
    """Take back the change that an event tells.

    When something newer would be lost, nothing is changed, and a conflict says what and by whom.
    """
    return Data(await actions.undo_event(tx, actor, event_id))


@post("/api/batches/{batch_id:str}/undo", status=200)
async def undo_batch(tx: WriteTx, actor: Actor, batch_id: str) -> Data[Undone]:
    """Take back everything that one request changed: all of it, or nothing and a conflict that says why."""
    return Data(await actions.undo_batch(tx, actor, batch_id))


ROUTES = (undo_event, undo_batch)
