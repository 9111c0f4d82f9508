"""Reading what is known of attachments."""

import sqlalchemy as sa

from codimir.attachments.schemas import Attachment
from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement
from codimir.http.paging import Page, PageQuery
from codimir.model.attachments import attachments
from codimir.model.schemas import Person
from codimir.model.users import users
from codimir.tickets.children import ChildKind, get_child, list_children
from codimir.tickets.queries import FoundTicket

_TICKETS, _ATTACHMENTS = (sa.literal_column(f"'{part}'", sa.Text()) for part in ("/api/tickets/", "/attachments/"))
_URL = _TICKETS + attachments.c.ticket_id + _ATTACHMENTS + attachments.c.id
ATTACHMENTS = ChildKind(
    name="Attachment",
    table=attachments,
    owner="author_id",
    counter="attachment_count",
    order=(attachments.c.created_at, attachments.c.id),
    projection=Projection(Attachment, attachments, author=Projection(Person, users), url=_URL),
)

_STORAGE_KEYS = Statement(sa.select(attachments.c.storage_key))
_STORAGE_KEY = Statement(sa.select(attachments.c.storage_key).where(attachments.c.id == sa.bindparam("attachment_id")))


async def list_attachments(tx: Transaction, found: FoundTicket, query: PageQuery) -> Page[Attachment]:
    """Return one page of the files on a ticket, the oldest first."""
    return await list_children(tx, ATTACHMENTS, found, query)


async def get_attachment(tx: Transaction, found: FoundTicket, attachment_id: str) -> Attachment:
    """Find a file on a ticket.

    Raises NotFound when it is not there.
    """
    return await get_child(tx, ATTACHMENTS, found, attachment_id)


async def get_storage_key(tx: Transaction, attachment: Attachment) -> str:
    """Return where the bytes of an attachment are that has been found visible."""
    key: str = await tx.fetch_value(_STORAGE_KEY, attachment_id=attachment.id)
    return key


async def list_storage_keys(tx: Transaction) -> list[str]:
    """Return where the bytes of every attachment are, of those in the trash too."""
    return await tx.fetch_column(_STORAGE_KEYS)


async def is_written(tx: Transaction, attachment_id: str) -> bool:
    """Return whether an attachment that someone is adding has been committed."""
    return await tx.fetch_value(_STORAGE_KEY, attachment_id=attachment_id) is not None
