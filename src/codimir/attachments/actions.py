"""What can be done to attachments."""

from datetime import datetime

from codimir.attachments.queries import ATTACHMENTS
from codimir.attachments.schemas import Attachment
from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, require
from codimir.database.core import Transaction
from codimir.database.statements import insert_into
from codimir.events.types import AttachmentAdded, AttachmentDeleted, AttachmentRestored
from codimir.model.attachments import attachments
from codimir.tickets.children import bump_counter, record_child_event, require_own, soft_delete, undelete
from codimir.tickets.queries import FoundTicket


def require_may_attach(actor: Actor, found: FoundTicket) -> None:
    """Raise Forbidden unless the actor may attach files to a ticket; ask before the bytes are taken in."""
    require(actor, Permission.FILE_ADD, found.scope)


async def add_attachment(
    tx: Transaction,
    actor: Actor,
    found: FoundTicket,
    attachment_id: str,
    *,
    filename: str,
    content_type: str,
    size: int,
    storage_key: str,
) -> None:
    """Attach a file whose bytes are in the store."""
    require_may_attach(actor, found)
    shown = {"filename": filename, "content_type": content_type, "size": size}
    await tx.execute(
        insert_into(attachments), id=attachment_id, workspace_id=found.scope.workspace_id, ticket_id=found.ticket.id,
        author_id=actor.id, **shown, storage_key=storage_key, created_at=tx.now, deleted_at=None,
    )  # fmt: skip
    await bump_counter(tx, ATTACHMENTS, found, +1)
    changes = {"filename": (None, filename), "contentType": (None, content_type), "size": (None, size)}
    await record_child_event(tx, actor, found, AttachmentAdded, attachment_id, changes)


async def delete_attachment(tx: Transaction, actor: Actor, found: FoundTicket, attachment: Attachment) -> None:
    """Take a file off its ticket; its bytes stay until the trash is emptied."""
    require_own(actor, found, attachment.author_id, Permission.FILE_ADD, Permission.FILE_DELETE)
    await soft_delete(tx, actor, ATTACHMENTS, found, attachment.id, AttachmentDeleted)


async def restore_attachment(
    tx: Transaction, actor: Actor, found: FoundTicket, attachment: Attachment, deleted_at: datetime
) -> None:
    """Put a file from the trash back on its ticket."""
    require_own(actor, found, attachment.author_id, Permission.FILE_ADD, Permission.FILE_DELETE)
    await undelete(tx, actor, ATTACHMENTS, found, attachment.id, AttachmentRestored, deleted_at)
