"""What someone did, from the event log; only what they may still see."""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from codimir.access.actor import Actor
from codimir.access.scoping import visible_containers, visible_projects
from codimir.database.core import Transaction
from codimir.database.statements import Row, Statement, is_any_of
from codimir.events.tables import events
from codimir.events.types import Changes
from codimir.http.paging import Page
from codimir.projects.tables import projects
from codimir.tickets.tables import tickets
from codimir.users.schemas import Activity, ActivityProject, ActivityQuery, ActivityType

SENTENCES: dict[ActivityType, dict[str, str]] = {
    "ticket": {
        "created": "Created ticket",
        "updated": "Updated ticket",
        "status_changed": "Changed the status of ticket",
        "assigned": "Assigned ticket",
        "deleted": "Deleted ticket",
        "restored": "Restored ticket",
    },
    "project": {
        "created": "Created project",
        "updated": "Updated project",
        "deleted": "Deleted project",
        "restored": "Restored project",
    },
    "comment": {
        "created": "Commented on ticket",
        "updated": "Changed a comment on ticket",
        "deleted": "Deleted a comment on ticket",
        "restored": "Restored a comment on ticket",
    },
}
UNASSIGNED = "Unassigned ticket"


async def list_activity(tx: Transaction, actor: Actor, query: ActivityQuery) -> Page[Activity]:
    """Give one page of what the actor did, the last first."""
    kinds = query.type or tuple(SENTENCES)
    types = [f"{kind}.{action}" for kind in dict.fromkeys(kinds) for action in SENTENCES[kind]]
    values = {"actor_id": actor.id, "workspaces": list(actor.workspaces), "types": types}
    total = await tx.value(_count(is_admin=actor.is_admin), **values)
    rows: list[Row] = []
    if total > query.offset:
        rows = await tx.all(_page(is_admin=actor.is_admin), **values, limit=query.limit, offset=query.offset)
    return query.of([_activity(row) for row in rows], total)


def _activity(row: Row) -> Activity:
    event_id, event_type, subject_id, created_at, changes, ticket_title, project_id, project_name = row
    kind, action = event_type.split(".")
    title = project_name if ticket_title is None else ticket_title
    return Activity(
        event_id, kind, action, subject_id, title, f"{_sentence(kind, action, changes)}: {title}", created_at,
        ActivityProject(project_id, project_name),
    )  # fmt: skip


def _sentence(kind: ActivityType, action: str, changes: Changes) -> str:
    was_unassigned = action == "assigned" and changes["assigneeId"][1] is None
    return UNASSIGNED if was_unassigned else SENTENCES[kind][action]


def _done(*columns: Any, is_admin: bool) -> "sa.Select[Any]":
    its_project = sa.case((events.c.ticket_id.is_not(None), tickets.c.project_id), else_=events.c.project_id)
    source = events.outerjoin(tickets, tickets.c.id == events.c.ticket_id).outerjoin(
        projects, projects.c.id == its_project
    )
    on_ticket: sa.ColumnElement[bool] = tickets.c.id.is_not(None)
    on_project: sa.ColumnElement[bool] = events.c.ticket_id.is_(None) & projects.c.id.is_not(None)
    if not is_admin:
        then = sa.func.coalesce(events.c.project_id, events.c.workspace_id)
        on_ticket &= tickets.c.container_id.in_(visible_containers()) & then.in_(visible_containers(in_trash=None))
        on_project &= projects.c.id.in_(visible_projects(in_trash=None))
    return (
        sa.select(*columns)
        .select_from(source)
        .where(events.c.actor_id == sa.bindparam("actor_id"), is_any_of(events.c.type, "types"), on_ticket | on_project)
    )


@lru_cache(maxsize=2)
def _count(*, is_admin: bool) -> Statement:
    return Statement(_done(sa.func.count(), is_admin=is_admin))


@lru_cache(maxsize=2)
def _page(*, is_admin: bool) -> Statement:
    limit, offset = sa.bindparam("limit", type_=sa.Integer()), sa.bindparam("offset", type_=sa.BigInteger())
    found = _done(
        events.c.id, events.c.type, events.c.subject_id, events.c.created_at, events.c.changes, tickets.c.title,
        projects.c.id, projects.c.name, is_admin=is_admin,
    )  # fmt: skip
    order = (events.c.created_at.desc(), events.c.version.desc(), events.c.id.desc())
    return Statement(found.order_by(*order).limit(limit).offset(offset))
