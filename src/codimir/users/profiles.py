"""Reading about yourself: profile, preferences, statistics."""

from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.visibility_sql import visible_projects
from codimir.database.core import Transaction
from codimir.database.expressions import AnySelect
from codimir.database.statements import Statement
from codimir.http.errors import NotFound
from codimir.kit.values import Values
from codimir.model.comments import comments
from codimir.model.projects import projects
from codimir.model.tickets import tickets
from codimir.model.timelogs import time_logs
from codimir.model.users import users
from codimir.problems.problem import Problem
from codimir.tickets.listing.filters import bind_filter, conditions
from codimir.tickets.listing.shape import BoundFilter, FilterShape
from codimir.tickets.schemas import Period, TicketStats, TicketStatsQuery
from codimir.tickets.statistics.numbers import get_statistics
from codimir.users.schemas import EmailNotifications, Preferences, Profile, ProfileCounts, ShownPreferences

DEFAULTS: Values = {
    "theme": "system",
    "notifications": True,
    "timezone": "UTC",
    "language": "en",
    "density": "comfortable",
}


class UserStats(TicketStats, kw_only=True):
    """Numbers about the tickets that are given to you, and about what you said and did on any that you see."""

    comments: int
    minutes_logged: int


async def get_profile(tx: Transaction, actor: Actor, *, counts: bool = False) -> Profile:
    """Return the actor's profile, with what they see and said counted if that is asked for."""
    row = await tx.fetch_one(_PROFILE, user=actor.id)
    if row is None:
        raise NotFound(Problem("resource_not_found", kind="User"))
    *shown, preferences = row
    chosen = {**DEFAULTS, **preferences}
    values = (*shown, ShownPreferences(chosen["theme"], chosen["notifications"], chosen["timezone"]))
    profile = Profile(*values)
    return msgspec.structs.replace(profile, counts=await _counts(tx, actor)) if counts else profile


async def get_preferences(tx: Transaction, user_id: str) -> Preferences:
    """Return what someone prefers, with what is usual in the place of what they never chose."""
    chosen = {**DEFAULTS, **(await stored_preferences(tx, user_id))}
    mails = msgspec.convert(chosen.get("emailNotifications", {}), EmailNotifications)
    return Preferences(
        user_id, user_id, chosen["theme"], chosen["notifications"], chosen["timezone"], chosen["language"],
        chosen["density"], mails,
    )  # fmt: skip


async def stored_preferences(tx: Transaction, user_id: str) -> Values:
    """Return what someone chose, by the API's names."""
    return dict(await tx.fetch_value(_PREFERENCES, user=user_id) or {})


async def get_user_statistics(tx: Transaction, actor: Actor, period: Period) -> UserStats:
    """Count what the actor has to do, and what they did."""
    assigned = await get_statistics(tx, actor, TicketStatsQuery(period=period, assignee=("me",)))
    seen = await bind_filter(tx, actor, TicketStatsQuery())
    return UserStats(
        **msgspec.structs.asdict(assigned),
        comments=await _count_on(tx, actor, comments, "author_id", seen),
        minutes_logged=await tx.fetch_value(_minutes(seen.shape), **seen.values, me=actor.id) or 0,
    )


async def _counts(tx: Transaction, actor: Actor) -> ProfileCounts:
    mine = await bind_filter(tx, actor, TicketStatsQuery(assignee=("me",)))
    seen = await bind_filter(tx, actor, TicketStatsQuery())
    values = {"actor_id": actor.id, "workspaces": list(actor.workspaces)}
    return ProfileCounts(
        projects=await tx.fetch_value(_projects(is_admin=actor.is_admin), **values),
        tickets=await tx.fetch_value(_tickets(mine.shape), **mine.values),
        comments=await _count_on(tx, actor, comments, "author_id", seen),
    )


async def _count_on(tx: Transaction, actor: Actor, table: sa.Table, owner: str, seen: BoundFilter) -> int:
    return int(await tx.fetch_value(_things(table, owner, seen.shape), **seen.values, me=actor.id))


@lru_cache(maxsize=2)
def _projects(*, is_admin: bool) -> Statement:
    live = sa.select(projects.c.id).where(projects.c.deleted_at.is_(None))
    found = live if is_admin else visible_projects()
    return Statement(sa.select(sa.func.count()).select_from(found.subquery("seen")))


@lru_cache(maxsize=16)
def _tickets(shape: FilterShape) -> Statement:
    return Statement(sa.select(sa.func.count()).select_from(tickets).where(*conditions(shape)))


@lru_cache(maxsize=16)
def _things(table: sa.Table, owner: str, shape: FilterShape) -> Statement:
    return Statement(_mine(table, owner, shape, sa.func.count()))


@lru_cache(maxsize=16)
def _minutes(shape: FilterShape) -> Statement:
    return Statement(_mine(time_logs, "user_id", shape, sa.func.sum(time_logs.c.minutes)))


def _mine(table: sa.Table, owner: str, shape: FilterShape, counted: Any) -> AnySelect:
    return (
        sa.select(counted)
        .select_from(table.join(tickets, tickets.c.id == table.c.ticket_id))
        .where(table.c[owner] == sa.bindparam("me"), table.c.deleted_at.is_(None), *conditions(shape))
    )


_PROFILE = Statement(
    sa.select(
        users.c.id, users.c.name, users.c.first_name, users.c.last_name, users.c.email, users.c.image, users.c.role,
        users.c.created_at, users.c.updated_at, users.c.preferences,
    ).where(users.c.id == sa.bindparam("user"))
)  # fmt: skip
_PREFERENCES = Statement(sa.select(users.c.preferences).where(users.c.id == sa.bindparam("user")))
