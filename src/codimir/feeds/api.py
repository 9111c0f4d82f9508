"""The routes of what happened."""

from typing import Any

from litestar import Request

from codimir.access.actor import Actor
from codimir.database.core import Database
from codimir.feeds import queries
from codimir.feeds.hub import Hub
from codimir.feeds.schemas import Feed, FeedQuery, StreamQuery
from codimir.feeds.stream import EventStream, open_stream
from codimir.http.routing import get


@get("/api/events")
async def list_events(query: FeedQuery, actor: Actor, db: Database) -> Feed:
    """List the events after a cursor, the oldest first.

    Without `after` there are none, and `cursor` is the present: begin there. Reading on from the cursor of a reply
    neither skips nor repeats an event that you may see. `ticket` is the ticket as it is now.
    """
    return await db.read_long(lambda tx: queries.read_feed(tx, actor, query))


@get("/api/events/stream")
async def stream_events(query: StreamQuery, request: Request[Any, Any, Any], actor: Actor, hub: Hub) -> EventStream:
    """Follow what happens, as Server-Sent Events.

    The first event is named `cursor` and its data is `{"cursor"}`: the stream holds everything after it. Every other
    one is a message whose `data` is an event as `GET /api/events` gives it, and whose `id` is the cursor after it.
    After any break, send the last `id` as `Last-Event-ID` (browsers do so by themselves) or as `after`, and nothing is
    skipped or repeated. Where that cursor cannot be used any more, the first event is named `reset` instead, and the
    stream begins at the present: load anew what you show.

    A comment comes every 15 seconds. The stream ends after 10 minutes, when the server stops, when you read too slowly,
    and when what you may see changes; come back for more.
    """
    return await open_stream(hub, request, actor, query)


ROUTES = (list_events, stream_events)
