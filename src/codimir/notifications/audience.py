"""Whom an event concerns, and why: never the one who did it, and only who sees what it is about."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from codimir.access.actor import Actor
from codimir.comments.tables import comments
from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.events.queries import RecordedEvent, Viewer
from codimir.events.types import (
    CommentCreated,
    CommentUpdated,
    MemberAdded,
    TicketAssigned,
    TicketCreated,
    TicketStatusChanged,
    TicketUpdated,
)
from codimir.notifications.schemas import Kind
from codimir.projects.tables import project_members
from codimir.tickets.tables import tickets
from codimir.users.handles import handles_in
from codimir.users.mentions import find_mentioned
from codimir.users.tables import users
from codimir.workspaces.tables import workspace_members

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
CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)


class Told(NamedTuple):
    """Someone who is told of an event, why, and whether by mail too."""

    user_id: str
    kind: Kind
    wants_mail: bool


async def audience_of(tx: Transaction, event: RecordedEvent) -> list[Told]:
    """Give everyone who is told of an event; nobody twice, for the nearest of their reasons."""
    reasons = await _reasons(tx, event)
    if event.actor is not None:
        reasons.pop(event.actor.id, None)
    if not reasons:
        return []
    people = await tx.all(_PEOPLE, workspace_id=event.workspace_id, user_ids=list(reasons))
    roles = await _project_roles(tx, event, list(reasons))
    told: list[Told] = []
    for user_id, name, role, preferences, workspace_role in people:
        actor = Actor(user_id, name, role, {event.workspace_id: workspace_role} if workspace_role else {})
        if preferences.get("notifications", True) and Viewer(actor, roles.get(user_id, {})).sees(event):
            kind = reasons[user_id]
            told.append(Told(user_id, kind, preferences.get("emailNotifications", {}).get(MAIL_ABOUT[kind], True)))
    return told


async def _reasons(tx: Transaction, event: RecordedEvent) -> dict[str, Kind]:
    """Say for what reason each person is concerned, the nearest reason last."""
    if event.type == MemberAdded.type:
        return {event.subject_id: "added"}
    found: dict[str, Kind] = {}
    if (followed := FOLLOWED.get(event.type)) is not None:
        rows = await tx.all(_FOLLOWERS, ticket_id=event.ticket_id, before=event.created_at)
        found |= dict.fromkeys([row[0] for row in rows if row[0] is not None], followed)
    mentioned = await find_mentioned(tx, event.workspace_id, _new_handles(event.changes))
    found |= dict.fromkeys([person.id for person in mentioned.values()], "mentioned")
    if (assignee := _new(event.changes, "assigneeId")) is not None:
        found[assignee] = "assigned"
    return found


def _new(changes: Mapping[str, Any], field: str) -> Any:
    return changes[field][1] if field in changes else None


def _new_handles(changes: Mapping[str, Any]) -> set[str]:
    """Give the handles that a text mentions and did not before."""
    texts = [changes[field] for field in ("description", "content") if field in changes]
    return {handle for old, new in texts for handle in _handles(new) - _handles(old)}


def _handles(text: str | None) -> set[str]:
    return handles_in(CODE.sub(" ", text)) if text else set()


async def _project_roles(tx: Transaction, event: RecordedEvent, user_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    places = [place for place in {event.home.id, event.now.id} if place is not None]
    roles: dict[str, dict[str, Any]] = {}
    if places:
        for user_id, project_id, role in await tx.all(_ROLES, user_ids=list(user_ids), project_ids=places):
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
