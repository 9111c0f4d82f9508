"""Whom an event concerns, and why: never the one who did it, and only who sees what it is about."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.events.queries import LogReader, RecordedEvent
from codimir.events.types import (
    CommentCreated,
    CommentUpdated,
    MemberAdded,
    TicketAssigned,
    TicketCreated,
    TicketStatusChanged,
    TicketUpdated,
)
from codimir.kit.values import ReadOnlyValues, Values
from codimir.model.comments import comments
from codimir.model.projects import project_members
from codimir.model.tickets import tickets
from codimir.model.users import users
from codimir.model.workspaces import workspace_members
from codimir.notifications.schemas import Kind
from codimir.users.handles import Mentions, first_known, handle_key
from codimir.users.mentions import find_mentioned

CONCERNS = tuple(
    kind.type
    for kind in (
        TicketCreated, TicketUpdated, TicketAssigned, TicketStatusChanged, CommentCreated, CommentUpdated, MemberAdded,
    )
)  # fmt: skip
FOLLOWED: Mapping[str, Kind] = {CommentCreated.type: "commented", TicketStatusChanged.type: "status_changed"}
"""Of what everyone is told who reported the ticket, has it, or has commented on it before."""
MAIL_ABOUT: Mapping[Kind, str] = {
    "assigned": "ticketAssigned", "mentioned": "ticketUpdated", "commented": "ticketUpdated",
    "status_changed": "ticketUpdated", "added": "projectInvites",
}  # fmt: skip
"""The preference that says whether someone wants mail about it."""
TEXTS = ("description", "content")
"""The fields whose texts mention people."""


class Recipient(NamedTuple):
    """Someone who is told of an event, why, and whether by mail too."""

    user_id: str
    kind: Kind
    wants_mail: bool


def texts_of(event: RecordedEvent) -> Iterator[str]:
    """Yield the texts of an event that may mention people, as they were and as they are."""
    return (text for field in TEXTS for text in event.changes.get(field, ()) if text)


async def audience_of(tx: Transaction, event: RecordedEvent, mentions: Mapping[str, Mentions]) -> list[Recipient]:
    """Return everyone who is told of an event; nobody twice, for the nearest of their reasons.

    `mentions` holds what pages mark in its texts.
    """
    reasons = await _reasons(tx, event, mentions)
    if event.actor is not None:
        reasons.pop(event.actor.id, None)
    if not reasons:
        return []
    people = await tx.fetch_all(_PEOPLE, workspace_id=event.workspace_id, user_ids=list(reasons))
    roles = await _project_roles(tx, event, list(reasons))
    told: list[Recipient] = []
    for user_id, name, role, preferences, workspace_role in people:
        actor = Actor(user_id, name, role, {event.workspace_id: workspace_role} if workspace_role else {})
        if preferences.get("notifications", True) and LogReader(actor, roles.get(user_id, {})).can_read(event):
            kind = reasons[user_id]
            told.append(Recipient(user_id, kind, preferences.get("emailNotifications", {}).get(MAIL_ABOUT[kind], True)))
    return told


async def _reasons(tx: Transaction, event: RecordedEvent, mentions: Mapping[str, Mentions]) -> dict[str, Kind]:
    """Return for what reason each person is concerned, the nearest reason last."""
    if event.type == MemberAdded.type:
        return {event.subject_id: "added"}
    found: dict[str, Kind] = {}
    if (followed := FOLLOWED.get(event.type)) is not None:
        rows = await tx.fetch_all(_FOLLOWERS, ticket_id=event.ticket_id, before=event.created_at)
        found |= dict.fromkeys([row[0] for row in rows if row[0] is not None], followed)
    found |= dict.fromkeys(await _newly_mentioned(tx, event, mentions), "mentioned")
    if (assignee := _new(event.changes, "assigneeId")) is not None:
        found[assignee] = "assigned"
    return found


def _new(changes: ReadOnlyValues, field: str) -> Any:
    return changes[field][1] if field in changes else None


async def _newly_mentioned(tx: Transaction, event: RecordedEvent, mentions: Mapping[str, Mentions]) -> list[str]:
    """Return the ids of the people whom a text mentions and did not before."""
    texts = [event.changes[field] for field in TEXTS if field in event.changes]
    handles = {handle_key(handle) for text in texts_of(event) for said in mentions[text] for handle in said}
    known = await find_mentioned(tx, event.workspace_id, handles)

    def people_in(text: str | None) -> dict[str, None]:
        found = [first_known(said, known) for said in mentions[text]] if text else []
        return {one[1].id: None for one in found if one is not None}

    return [person for old, new in texts for person in people_in(new) if person not in people_in(old)]


async def _project_roles(tx: Transaction, event: RecordedEvent, user_ids: Iterable[str]) -> dict[str, Values]:
    places = [place for place in {event.home.id, event.now.id} if place is not None]
    roles: dict[str, Values] = {}
    if places:
        for user_id, project_id, role in await tx.fetch_all(_ROLES, user_ids=list(user_ids), project_ids=places):
            roles.setdefault(user_id, {})[project_id] = role
    return roles


_PEOPLE = Statement(
    sa.select(users.c.id, users.c.name, users.c.role, users.c.preferences, workspace_members.c.role)
    .select_from(
        users.outerjoin(
            workspace_members,
            (workspace_members.c.user_id == users.c.id)
            & (workspace_members.c.workspace_id == sa.bindparam("workspace_id")),
        )
    )
    .where(is_any_of(users.c.id, "user_ids"), users.c.disabled_at.is_(None))
    .order_by(users.c.id)
)
_ROLES = Statement(
    sa.select(project_members.c.user_id, project_members.c.project_id, project_members.c.role).where(
        is_any_of(project_members.c.user_id, "user_ids"), is_any_of(project_members.c.project_id, "project_ids")
    )
)
_this = tickets.c.id == sa.bindparam("ticket_id")
_FOLLOWERS = Statement(
    sa.union(
        sa.select(tickets.c.reporter_id).where(_this),
        sa.select(tickets.c.assignee_id).where(_this),
        sa.select(comments.c.author_id).where(
            comments.c.ticket_id == sa.bindparam("ticket_id"),
            comments.c.deleted_at.is_(None),
            comments.c.created_at < sa.bindparam("before", type_=comments.c.created_at.type),
        ),
    )
)
