"""Reading comments."""

from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.http.paging import Page, PageQuery
from codimir.model.comments import comments
from codimir.model.schemas import Comment, Person
from codimir.model.users import users
from codimir.tickets.children import ChildKind, get_child, list_children
from codimir.tickets.queries import FoundTicket

COMMENTS = ChildKind(
    name="Comment",
    table=comments,
    owner="author_id",
    counter="comment_count",
    order=(comments.c.created_at, comments.c.id),
    projection=Projection(Comment, comments, author=Projection(Person, users)),
)


async def list_comments(tx: Transaction, found: FoundTicket, query: PageQuery) -> Page[Comment]:
    """Return one page of the comments on a ticket, the oldest first."""
    return await list_children(tx, COMMENTS, found, query)


async def get_comment(tx: Transaction, found: FoundTicket, comment_id: str) -> Comment:
    """Find a comment on a ticket.

    Raises NotFound when it is not there.
    """
    return await get_child(tx, COMMENTS, found, comment_id)
