"""Reading notifications: each person their own, of what they may see now."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.visibility_sql import visible_containers
from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement, is_any_of
from codimir.http.paging import Paged, paginate
from codimir.kit.values import Values
from codimir.model.comments import comments
from codimir.model.notifications import UNREAD, notifications
from codimir.model.projects import projects
from codimir.model.schemas import Person
from codimir.model.tickets import tickets
from codimir.model.users import users
from codimir.model.workspaces import workspaces
from codimir.notifications.schemas import (
    Notification,
    NotificationList,
    NotificationListQuery,
    NotificationPlace,
    NotificationTicket,
)

EXCERPT = 280
MAX_READ = 4_096
"""So many characters of a comment are read for what it says in a line."""
COUNTED_AT_MOST = 100
"""A number of unread ones that stands on every page is not counted further than this."""


class Shape(NamedTuple):
    """What a list of notifications is kept to."""

    everywhere: bool
    unread: bool
    by_kind: bool


async def list_notifications(tx: Transaction, actor: Actor, query: NotificationListQuery) -> NotificationList:
    """Return one page of the actor's notifications, the newest first."""
    values = {**scope_of(actor), "kinds": list(query.kind)}
    shape = Shape(actor.is_admin, query.unread, bool(query.kind))
    unread = await tx.fetch_value(_listed(Shape(actor.is_admin, unread=True, by_kind=False)).count, **values)
    page = await paginate(tx, _listed(shape), query, **values)
    return NotificationList(page.data, page.pagination, unread)


async def count_unread(tx: Transaction, actor: Actor) -> int:
    """Count the actor's unread notifications, but no further than to `COUNTED_AT_MOST`."""
    count: int = await tx.fetch_value(_count_some(everywhere=actor.is_admin), **scope_of(actor), most=COUNTED_AT_MOST)
    return count


async def list_unread_among(tx: Transaction, actor: Actor, ids: list[str]) -> list[Notification]:
    """Return those of some notifications of the actor that are unread and visible, the oldest first."""
    return NOTIFICATION.all(await tx.fetch_all(_among(everywhere=actor.is_admin), **scope_of(actor), ids=ids))


async def has_unread_about(tx: Transaction, actor: Actor, ticket_id: str) -> bool:
    """Return whether something that the actor was told of a ticket is unread."""
    return await tx.fetch_one(_UNREAD_ABOUT, user_id=actor.id, ticket_id=ticket_id) is not None


async def list_texts(tx: Transaction, told: Iterable[Notification]) -> dict[str, str]:
    """Return the beginnings of the comments of notifications that have been found visible, by their ids."""
    ids = [each.id for each in told if each.excerpt]
    return dict(await tx.fetch_all(_TEXTS, ids=ids)) if ids else {}


def scope_of(actor: Actor) -> Values:
    """Return the values that keep a read to the actor."""
    return {"actor_id": actor.id, "workspaces": list(actor.workspaces)}


def visible(*, everywhere: bool) -> list[sa.ColumnElement[bool]]:
    """Build the conditions of what is the actor's own and about something that they see; the sources are `ABOUT`."""
    own = notifications.c.user_id == sa.bindparam("actor_id")
    there = sa.or_(
        notifications.c.ticket_id.is_(None), sa.and_(tickets.c.id.is_not(None), tickets.c.deleted_at.is_(None))
    )
    place = sa.func.coalesce(tickets.c.container_id, notifications.c.project_id, notifications.c.workspace_id)
    if everywhere:
        return [own, there, projects.c.deleted_at.is_(None)]
    then = sa.func.coalesce(notifications.c.project_id, notifications.c.workspace_id)
    return [own, there, place.in_(visible_containers()), then.in_(visible_containers(in_trash=None))]


ABOUT = notifications.outerjoin(tickets, tickets.c.id == notifications.c.ticket_id).outerjoin(
    projects, projects.c.id == sa.func.coalesce(tickets.c.project_id, notifications.c.project_id)
)
_SHOWN = (
    ABOUT.join(workspaces, workspaces.c.id == notifications.c.workspace_id)
    .outerjoin(users, users.c.id == notifications.c.actor_id)
    .outerjoin(comments, (comments.c.id == notifications.c.comment_id) & comments.c.deleted_at.is_(None))
)
NOTIFICATION = Projection(
    Notification,
    notifications,
    actor=Projection(Person, users).optional(),
    ticket=Projection(NotificationTicket, tickets).optional(),
    place=Projection(
        NotificationPlace,
        id=sa.func.coalesce(projects.c.id, notifications.c.workspace_id),
        key=projects.c.key,
        name=sa.func.coalesce(projects.c.name, workspaces.c.name),
    ),
    excerpt=sa.func.substr(comments.c.content, 1, EXCERPT),
)


def _wanted(shape: Shape) -> list[sa.ColumnElement[bool]]:
    parts = visible(everywhere=shape.everywhere)
    if shape.unread:
        parts.append(UNREAD)
    if shape.by_kind:
        parts.append(is_any_of(notifications.c.kind, "kinds"))
    return parts


@lru_cache(maxsize=2)
def _count_some(*, everywhere: bool) -> Statement:
    some = (
        sa.select(notifications.c.id)
        .select_from(ABOUT)
        .where(*visible(everywhere=everywhere), UNREAD)
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )
    return Statement(sa.select(sa.func.count()).select_from(some.subquery("some")))


@lru_cache(maxsize=8)
def _listed(shape: Shape) -> Paged[Notification]:
    found = sa.select(*NOTIFICATION.columns).select_from(_SHOWN).where(*_wanted(shape))
    counted = sa.select(notifications.c.id).select_from(ABOUT).where(*_wanted(shape))
    order = (notifications.c.created_at.desc(), notifications.c.id.desc())
    return Paged(NOTIFICATION, found, *order, counted=counted)


@lru_cache(maxsize=2)
def _among(*, everywhere: bool) -> Statement:
    return Statement(
        sa.select(*NOTIFICATION.columns)
        .select_from(_SHOWN)
        .where(*visible(everywhere=everywhere), UNREAD, is_any_of(notifications.c.id, "ids"))
        .order_by(notifications.c.created_at, notifications.c.id)
    )


_TEXTS = Statement(
    sa.select(notifications.c.id, sa.func.substr(comments.c.content, 1, MAX_READ))
    .select_from(notifications.join(comments, comments.c.id == notifications.c.comment_id))
    .where(is_any_of(notifications.c.id, "ids"), comments.c.deleted_at.is_(None))
)
_UNREAD_ABOUT = Statement(
    sa.select(notifications.c.id)
    .where(
        notifications.c.user_id == sa.bindparam("user_id"),
        notifications.c.ticket_id == sa.bindparam("ticket_id"),
        UNREAD,
    )
    .limit(sa.literal_column("1"))
)
