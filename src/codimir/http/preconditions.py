"""`If-Match`: write only if the thing is still as it was read (RFC 9110, 13.1.1).

The tag of a thing says how far its workspace had come. The condition holds while the event log knows of no change of
the thing since; what happens to other things, and to what hangs on it, is no change of it.
"""

import re
from typing import Any

import sqlalchemy as sa

from codimir.database.core import Transaction
from codimir.database.statements import Row, Statement
from codimir.events.tables import events
from codimir.http.conditional import ANY, Mark, mark_in, subject_digest, thing_in
from codimir.http.errors import InvalidInput, PreconditionFailed
from codimir.http.versions import Viewer
from codimir.users.tables import users

HEADER = "If-Match"
_TAGS = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)')


class IfMatch:
    """The condition of a write."""

    def __init__(self, viewer: Viewer, header: str) -> None:
        self._viewer = viewer
        self._is_any = header.strip() == ANY
        tags = [] if self._is_any else _strong_tags(header)
        self._marks = [mark for tag in tags if (mark := mark_in(tag)) is not None]

    async def check(self, tx: Transaction, result: Any) -> None:
        """Raise PreconditionFailed, in the unit that writes, if what it wrote to was changed before by another one."""
        if self._is_any:
            return
        subjects = {subject for event in tx.recorded for subject in (event.subject_id, event.ticket_id) if subject}
        if (thing := thing_in(result)) is not None:
            subjects.add(thing.id)
        meant = [(mark, subject) for subject in subjects for mark in self._marks if self._names(mark, subject)]
        if not meant:
            raise PreconditionFailed(
                "The tag is of another thing, of another person, or of none whose changes are kept"
            )
        mark, subject = max(meant)
        changes = await tx.all(_CHANGES, subject=subject, version=mark.version, batch=tx.batch_id or "")
        if changes:
            raise PreconditionFailed(details=_differences(changes))

    def _names(self, mark: Mark, subject: str) -> bool:
        return mark.subject == subject_digest(self._viewer, subject)


def _strong_tags(header: str) -> list[str]:
    tags, end = [], 0
    while end < len(header):
        found = _TAGS.match(header, end)
        if found is None:
            raise InvalidInput(details={HEADER: ['Must be tags in quotes such as "abc", separated by commas, or *']})
        if found[1] is None:
            tags.append(found[2])
        end = found.end()
    return tags


def _differences(changes: list[Row]) -> dict[str, Any]:
    """Say of each field what it was when it was read, what it is now, and who changed it last."""
    fields: dict[str, Any] = {}
    for event_id, changed, changed_at, user_id, name in changes:
        by = None if user_id is None else {"id": user_id, "name": name}
        for field, (old, new) in (changed or {"updatedAt": (None, changed_at)}).items():
            was = fields[field]["was"] if field in fields else old
            fields[field] = {"was": was, "now": new, "changedBy": by, "changedAt": changed_at, "eventId": event_id}
    return fields


_CHANGES = Statement(
    sa.select(events.c.id, events.c.changes, events.c.created_at, users.c.id, users.c.name)
    .select_from(events.outerjoin(users, users.c.id == events.c.actor_id))
    .where(
        events.c.subject_id == sa.bindparam("subject"),
        events.c.version > sa.bindparam("version"),
        events.c.batch_id != sa.bindparam("batch"),
    )
    .order_by(events.c.version)
)
