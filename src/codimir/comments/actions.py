"""What can be done to comments."""

from datetime import datetime

from msgspec import UNSET

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, require
from codimir.comments.queries import COMMENTS
from codimir.comments.schemas import CommentCreate, CommentUpdate
from codimir.database.core import Transaction
from codimir.database.statements import insert_into, update_by_id
from codimir.events.types import CommentCreated, CommentDeleted, CommentRestored, CommentUpdated
from codimir.kit.ids import new_id
from codimir.model.comments import comments
from codimir.model.schemas import Comment
from codimir.tickets.children import bump_counter, record_child_event, require_own, soft_delete, undelete
from codimir.tickets.queries import FoundTicket
from codimir.tickets.search.index import index_comment, reindex_comments


async def add_comment(tx: Transaction, actor: Actor, found: FoundTicket, new: CommentCreate) -> str:
    """Comment on a ticket; give the comment's id."""
    require(actor, Permission.COMMENT_CREATE, found.scope)
    comment_id = new_id("comment")
    await tx.execute(
        insert_into(comments), id=comment_id, workspace_id=found.scope.workspace_id, ticket_id=found.ticket.id,
        author_id=actor.id, content=new.content, created_at=tx.now, updated_at=tx.now, deleted_at=None,
    )  # fmt: skip
    await bump_counter(tx, COMMENTS, found, +1)
    await index_comment(tx, found.scope.workspace_id, found.ticket.id, new.content)
    await record_child_event(tx, actor, found, CommentCreated, comment_id, {"content": (None, new.content)})
    return comment_id


async def update_comment(
    tx: Transaction, actor: Actor, found: FoundTicket, comment: Comment, update: CommentUpdate
) -> None:
    """Give a comment another text."""
    _require_author(actor, found, comment)
    if update.content is UNSET or update.content == comment.content:
        return
    changed = update_by_id(comments, frozenset({"content", "updated_at"}))
    await tx.execute(changed, row_id=comment.id, content=update.content, updated_at=tx.now)
    await bump_counter(tx, COMMENTS, found, 0)
    await reindex_comments(tx, found.scope.workspace_id, found.ticket.id, comment.content)
    await record_child_event(
        tx, actor, found, CommentUpdated, comment.id, {"content": (comment.content, update.content)}
    )


async def delete_comment(tx: Transaction, actor: Actor, found: FoundTicket, comment: Comment) -> None:
    """Delete a comment."""
    _require_author(actor, found, comment)
    await soft_delete(tx, actor, COMMENTS, found, comment.id, CommentDeleted)
    await reindex_comments(tx, found.scope.workspace_id, found.ticket.id, comment.content)


async def restore_comment(
    tx: Transaction, actor: Actor, found: FoundTicket, comment: Comment, deleted_at: datetime
) -> None:
    """Put a comment from the trash back on its ticket."""
    _require_author(actor, found, comment)
    await undelete(tx, actor, COMMENTS, found, comment.id, CommentRestored, deleted_at)
    await index_comment(tx, found.scope.workspace_id, found.ticket.id, comment.content)


def _require_author(actor: Actor, found: FoundTicket, comment: Comment) -> None:
    require_own(actor, found, comment.author_id, Permission.COMMENT_CREATE, Permission.COMMENT_MODERATE)
