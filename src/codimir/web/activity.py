"""The talk on a ticket woven with what happened to it, as its page tells it.

What one person changes within minutes is told as what came of it: from the first old value of a field to its last new
one, and not at all where that is the same. Their comments within minutes stand together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from codimir.feeds.schemas import Happening
from codimir.model.schemas import Comment, Person

TOGETHER = timedelta(minutes=10)
"""How long after the one before it a change or a comment of the same person still belongs to it"""
MAX_UNFOLDED = 2
"""So many changes of one moment are told one by one; more are folded into one line."""
ABOUT_COMMENTS = frozenset({"comment.created", "comment.updated"})
"""What a comment itself shows"""
OF_FIELDS = frozenset({"ticket.updated", "ticket.status_changed", "ticket.assigned"})
FOLLOWING_FIELDS = frozenset({"completedAt", "stage", "key"})
"""Fields that follow from others are told only by themselves."""


class Change(msgspec.Struct, frozen=True):
    """Something that happened: the type of an event, or a field with its old and its new value."""

    about: str
    old: Any = None
    new: Any = None


class TimelineEntry(msgspec.Struct, frozen=True):
    """A comment, or what one person changed within minutes."""

    at: datetime
    actor: Person | None = None
    changes: Sequence[Change] = ()
    names: Mapping[str, str] = {}
    """What is called how: people, projects, labels, groups by their ids"""
    comment: Comment | None = None
    continues: bool = False
    """Whether the comment stands right below another one of its author, written minutes before"""

    @property
    def is_folded(self) -> bool:
        """Return whether the changes are so many that they stand in one line until it is opened."""
        return len(self.changes) > MAX_UNFOLDED


def woven(comments: Sequence[Comment], happened: Sequence[Happening]) -> list[TimelineEntry]:
    """Return comments and what happened, the earliest first; `happened` has the newest first, as the log is read."""
    told = [_moment(each) for each in reversed(happened) if each.type not in ABOUT_COMMENTS]
    said = [TimelineEntry(each.created_at, comment=each) for each in comments]
    return list(_joined(sorted([*told, *said], key=lambda moment: moment.at)))


def _moment(happening: Happening) -> TimelineEntry:
    if happening.type not in OF_FIELDS:
        changes = [Change(happening.type, *happening.changes.get("filename", ()))]
    else:
        leading = [name for name in happening.changes if name not in FOLLOWING_FIELDS]
        changes = [Change(name, *happening.changes[name]) for name in leading or happening.changes]
    return TimelineEntry(happening.timestamp, happening.actor, changes, happening.names)


def _joined(moments: Iterable[TimelineEntry]) -> Iterator[TimelineEntry]:
    """Yield each moment, those of one person within minutes as one; a comment between them parts them."""
    before: TimelineEntry | None = None
    for moment in moments:
        if before is None or not _belong_together(before, moment):
            yield from _worth_telling(before)
            before = moment
        elif moment.comment is not None:
            yield before
            before = msgspec.structs.replace(moment, continues=True)
        else:
            names = {**before.names, **moment.names}
            changes = _net([*before.changes, *moment.changes])
            before = msgspec.structs.replace(moment, changes=changes, names=names)
    yield from _worth_telling(before)


def _belong_together(first: TimelineEntry, second: TimelineEntry) -> bool:
    if second.at - first.at > TOGETHER:
        return False
    if first.comment is not None and second.comment is not None:
        return first.comment.author_id == second.comment.author_id
    if first.comment is not None or second.comment is not None or first.actor != second.actor:
        return False
    return all(change.about != "ticket.created" for change in first.changes)


def _net(changes: Sequence[Change]) -> list[Change]:
    """Return what came of changes that followed one another: one change of each field, in the order of the first."""
    found: list[Change] = []
    at: dict[str, int] = {}
    for change in changes:
        if "." in change.about or change.about not in at:
            at[change.about] = len(found)
            found.append(change)
        else:
            earlier = at[change.about]
            found[earlier] = Change(change.about, found[earlier].old, change.new)
    return found


def _worth_telling(moment: TimelineEntry | None) -> Iterator[TimelineEntry]:
    """Yield a moment without the fields that are as they were before it, unless nothing is left."""
    if moment is None:
        return
    if moment.comment is not None:
        yield moment
        return
    left = [change for change in moment.changes if "." in change.about or change.old != change.new]
    if left:
        yield msgspec.structs.replace(moment, changes=left)
