"""The routes of notifications."""

from codimir.authorization.actor import Actor
from codimir.http.errors import InvalidInput
from codimir.http.paging import Data
from codimir.http.routing import ReadTx, WriteTx, get, post
from codimir.notifications import actions, queries
from codimir.notifications.schemas import NotificationList, NotificationListQuery, NotificationsRead, ReadReply
from codimir.problems.problem import Problem


@get("/api/notifications")
async def list_notifications(tx: ReadTx, actor: Actor, query: NotificationListQuery) -> NotificationList:
    """List your notifications, the newest first.

    You are told when a ticket is given to you, when you are mentioned, when somebody comments on a ticket that you
    reported, have or commented on, or changes its status, and when you are added to a project or a workspace.
    """
    return await queries.list_notifications(tx, actor, query)


@post("/api/notifications/read", status=200)
async def mark_read(tx: WriteTx, actor: Actor, data: NotificationsRead) -> Data[ReadReply]:
    """Mark notifications as read: those whose `ids` are given, or `all`."""
    if data.all == bool(data.ids):
        raise InvalidInput.fields(ids=Problem("ids_or_all"))
    read = await (actions.mark_all_read(tx, actor) if data.all else actions.mark_read(tx, actor, data.ids))
    found = await queries.list_notifications(tx, actor, NotificationListQuery(unread=True, limit=1))
    return Data(ReadReply(read, found.unread))


ROUTES = (list_notifications, mark_read)
