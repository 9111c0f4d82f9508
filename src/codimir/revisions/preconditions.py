"""`If-Match`: write only if the thing is still as it was read (RFC 9110, 13.1.1).

The tag of a thing says how far its workspace had come. The condition holds while the event log knows of no change of
the thing since; what happens to other things, and to what hangs on it, is no change of it.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from codimir.database.core import Transaction
from codimir.http.errors import InvalidInput, PreconditionFailed
from codimir.http.headers import IF_MATCH
from codimir.kit.values import Values
from codimir.problems.problem import Problem
from codimir.revisions.etags import ANY, TagMaker, resource_in
from codimir.revisions.versions import Viewer

_TAGS = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)')


class Doer(Protocol):
    """Who did something."""

    id: str
    name: str


class Change(Protocol):
    """Something that happened to a thing."""

    @property
    def id(self) -> str:
        """Name the event that tells it."""

    @property
    def changes(self) -> Values:
        """Return the old and the new value of each field that changed."""

    @property
    def created_at(self) -> datetime:
        """Return when it happened."""

    @property
    def actor(self) -> Doer | None:
        """Return who did it."""


ChangesSince = Callable[[Transaction, Any, str, int, str], Awaitable[tuple[Sequence[Change], bool]]]
"""Gives the changes of a thing after a version, other than those of a batch: what the viewer may know of each that they
may see; and says whether there were any, seen or not."""


class IfMatch:
    """The condition of a write."""

    def __init__(self, tags: TagMaker, changes_since: ChangesSince, viewer: Viewer, header: str) -> None:
        self._tags = tags
        self._changes_since = changes_since
        self._viewer = viewer
        self._is_any = header.strip() == ANY
        held, self._has_weak = ([], False) if self._is_any else _strong_tags(header)
        self._marks = [mark for tag in held if (mark := tags.revision_in(tag)) is not None]

    async def check(self, tx: Transaction, result: Any) -> None:
        """Raise PreconditionFailed, in the unit that writes, if what it wrote to was changed before by another one."""
        if self._is_any:
            return
        subjects = {subject for entry in tx.recorded for subject in entry.subject_ids}
        if (thing := resource_in(result)) is not None:
            subjects.add(thing.id)
        meant = [
            (mark, subject)
            for subject in subjects
            for mark in self._marks
            if self._tags.is_about(mark, self._viewer, subject)
        ]
        if not meant and self._has_weak:
            raise PreconditionFailed(Problem("weak_tag"))
        if not meant:
            raise PreconditionFailed(Problem("tag_of_other_resource"))
        mark, subject = max(meant)
        seen, has_changed = await self._changes_since(tx, self._viewer, subject, mark.version, tx.batch_id or "")
        if has_changed:
            raise PreconditionFailed(details=_differences(seen))


def _strong_tags(header: str) -> tuple[list[str], bool]:
    """Return the tags that count, and whether there were weak ones, which never do."""
    tags, has_weak, end = [], False, 0
    while end < len(header):
        found = _TAGS.match(header, end)
        if found is None:
            raise InvalidInput(details={IF_MATCH: [Problem("tags_malformed")]})
        if found[1] is None:
            tags.append(found[2])
        has_weak = has_weak or found[1] is not None
        end = found.end()
    return tags, has_weak


def _differences(seen: Sequence[Change]) -> Values:
    """Say of each field what it was when it was read, what it is now, and who changed it last."""
    fields: Values = {}
    for change in seen:
        by = None if change.actor is None else {"id": change.actor.id, "name": change.actor.name}
        at = change.created_at
        for field, (old, new) in (change.changes or {"updatedAt": (None, at)}).items():
            was = fields[field]["was"] if field in fields else old
            fields[field] = {"was": was, "now": new, "changedBy": by, "changedAt": at, "eventId": change.id}
    return fields
