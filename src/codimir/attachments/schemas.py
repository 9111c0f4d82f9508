"""Shapes of attachments."""

from datetime import datetime

from codimir.http.paging import Reply
from codimir.model.schemas import Person


class Attachment(Reply):
    """A file on a ticket, who attached it, and where it is downloaded."""

    id: str
    filename: str
    content_type: str
    size: int
    ticket_id: str
    author_id: str
    created_at: datetime
    author: Person
    url: str
