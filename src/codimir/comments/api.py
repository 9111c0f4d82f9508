"""The routes of comments."""

from codimir.authorization.actor import Actor
from codimir.comments import actions, queries
from codimir.comments.schemas import CommentCreate, CommentUpdate
from codimir.http.paging import Data, Page, PageQuery
from codimir.http.routing import Created, ReadTx, WriteTx, delete, get, post, put
from codimir.model.schemas import Comment
from codimir.tickets.queries import get_visible_ticket


@get("/api/tickets/{ref:str}/comments")
async def list_comments(tx: ReadTx, actor: Actor, ref: str, query: PageQuery) -> Page[Comment]:
    """List the comments on a ticket, the oldest first."""
    return await queries.list_comments(tx, await get_visible_ticket(tx, actor, ref), query)


@post("/api/tickets/{ref:str}/comments")
async def add_comment(tx: WriteTx, actor: Actor, ref: str, data: CommentCreate) -> Created[Comment]:
    """Comment on a ticket, in Markdown."""
    found = await get_visible_ticket(tx, actor, ref, lock=True)
    comment = await queries.get_comment(tx, found, await actions.add_comment(tx, actor, found, data))
    return Created(comment, f"/api/tickets/{comment.ticket_id}/comments/{comment.id}")


@get("/api/tickets/{ref:str}/comments/{comment_id:str}")
async def get_comment(tx: ReadTx, actor: Actor, ref: str, comment_id: str) -> Data[Comment]:
    """Get a comment on a ticket."""
    return Data(await queries.get_comment(tx, await get_visible_ticket(tx, actor, ref), comment_id))


@put("/api/tickets/{ref:str}/comments/{comment_id:str}")
async def update_comment(tx: WriteTx, actor: Actor, ref: str, comment_id: str, data: CommentUpdate) -> Data[Comment]:
    """Change the text of a comment; its author may, and the administrators."""
    found = await get_visible_ticket(tx, actor, ref, lock=True)
    comment = await queries.get_comment(tx, found, comment_id)
    await actions.update_comment(tx, actor, found, comment, data)
    return Data(await queries.get_comment(tx, found, comment_id))


@delete("/api/tickets/{ref:str}/comments/{comment_id:str}")
async def delete_comment(tx: WriteTx, actor: Actor, ref: str, comment_id: str) -> None:
    """Delete a comment; its author may, and the administrators."""
    found = await get_visible_ticket(tx, actor, ref, lock=True)
    comment = await queries.get_comment(tx, found, comment_id)
    await actions.delete_comment(tx, actor, found, comment)


ROUTES = (list_comments, add_comment, get_comment, update_comment, delete_comment)
