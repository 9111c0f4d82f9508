"""Reading what is known of attachments."""

from typing import Any

import sqlalchemy as sa

from codimir.attachments.schemas import Attachment
from codimir.attachments.tables import attachments
from codimir.database.core import Transaction
from codimir.database.statements import Statement
from codimir.http.paging import Page, PageQuery
from codimir.tickets.children import ChildKind, get_child, list_children
from codimir.tickets.queries import FoundTicket


def _attachment(*columns: Any) -> Attachment:
    attachment_id, ticket_id = columns[0], columns[4]
    values = (*columns, f"/api/tickets/{ticket_id}/attachments/{attachment_id}")
    return Attachment(*values)


ATTACHMENTS = ChildKind(
    name="Attachment",
    table=attachments,
    owner="author_id",
    counter="attachment_count",
    order=(attachments.c.created_at, attachments.c.id),
    columns=("id", "filename", "content_type", "size", "ticket_id", "author_id", "created_at"),
    make=_attachment,
)

_STORAGE_KEY = Statement(sa.select(attachments.c.storage_key).where(attachments.c.id == sa.bindparam("attachment_id")))


async def list_attachments(tx: Transaction, found: FoundTicket, query: PageQuery) -> Page[Attachment]:
    """Give one page of the files on a ticket, the oldest first."""
    return await list_children(tx, ATTACHMENTS, found, query)


async def get_attachment(tx: Transaction, found: FoundTicket, attachment_id: str) -> Attachment:
    """Find a file on a ticket.

    Raises NotFound when it is not there.
    """
    return await get_child(tx, ATTACHMENTS, found, attachment_id)


async def get_storage_key(tx: Transaction, attachment: Attachment) -> str:
    """Say where the bytes of an attachment are that has been found visible."""
    key: str = await tx.value(_STORAGE_KEY, attachment_id=attachment.id)
    return key


async def is_written(tx: Transaction, attachment_id: str) -> bool:
    """Say whether an attachment that someone is adding has been committed."""
    return await tx.value(_STORAGE_KEY, attachment_id=attachment_id) is not None
