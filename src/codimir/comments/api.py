"""The routes of comments."""

from codimir.access.actor import Actor
from codimir.comments import actions, queries
from codimir.comments.schemas import Comment, CommentCreate, CommentUpdate
from codimir.database.core import Database, Transaction
from codimir.http.paging import Data, Page, PageQuery
from codimir.http.routing import Created, delete, get, post, put
from codimir.tickets.queries import get_visible_ticket


@get("/api/tickets/{ref:str}/comments")
async def list_comments(ref: str, query: PageQuery, actor: Actor, db: Database) -> Page[Comment]:
    """List the comments on a ticket, the oldest first."""

    async def unit(tx: Transaction) -> Page[Comment]:
        return await queries.list_comments(tx, await get_visible_ticket(tx, actor, ref), query)

    return await db.read(unit)


@post("/api/tickets/{ref:str}/comments")
async def add_comment(ref: str, data: CommentCreate, actor: Actor, db: Database) -> Created[Comment]:
    """Comment on a ticket, in Markdown."""

    async def unit(tx: Transaction) -> Comment:
        found = await get_visible_ticket(tx, actor, ref, lock=True)
        return await queries.get_comment(tx, found, await actions.add_comment(tx, actor, found, data))

    comment = await db.write(unit)
    return Created(comment, f"/api/tickets/{comment.ticket_id}/comments/{comment.id}")


@get("/api/tickets/{ref:str}/comments/{comment_id:str}")
async def get_comment(ref: str, comment_id: str, actor: Actor, db: Database) -> Data[Comment]:
    """Get a comment on a ticket."""

    async def unit(tx: Transaction) -> Comment:
        return await queries.get_comment(tx, await get_visible_ticket(tx, actor, ref), comment_id)

    return Data(await db.read(unit))


@put("/api/tickets/{ref:str}/comments/{comment_id:str}")
async def update_comment(ref: str, comment_id: str, data: CommentUpdate, actor: Actor, db: Database) -> Data[Comment]:
    """Change the text of a comment; its author may, and the administrators."""

    async def unit(tx: Transaction) -> Comment:
        found = await get_visible_ticket(tx, actor, ref, lock=True)
        comment = await queries.get_comment(tx, found, comment_id)
        await actions.update_comment(tx, actor, found, comment, data)
        return await queries.get_comment(tx, found, comment_id)

    return Data(await db.write(unit))


@delete("/api/tickets/{ref:str}/comments/{comment_id:str}")
async def delete_comment(ref: str, comment_id: str, actor: Actor, db: Database) -> None:
    """Delete a comment; its author may, and the administrators."""

    async def unit(tx: Transaction) -> None:
        found = await get_visible_ticket(tx, actor, ref, lock=True)
        comment = await queries.get_comment(tx, found, comment_id)
        await actions.delete_comment(tx, actor, found, comment)

    await db.write(unit)


ROUTES = (list_comments, add_comment, get_comment, update_comment, delete_comment)
