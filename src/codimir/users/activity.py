"""What someone did, from the event log; only what they may still see."""

from datetime import datetime
from functools import lru_cache

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.visibility_sql import visible_containers, visible_projects
from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import is_any_of
from codimir.events.types import Changes
from codimir.http.paging import Page, Paged, paginate
from codimir.model.events import events
from codimir.model.projects import projects
from codimir.model.tickets import tickets
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
    """Return one page of what the actor did, the last first."""
    kinds = query.type or tuple(SENTENCES)
    types = [f"{kind}.{action}" for kind in dict.fromkeys(kinds) for action in SENTENCES[kind]]
    values = {"actor_id": actor.id, "workspaces": list(actor.workspaces), "types": types}
    page = await paginate(tx, _listed(is_admin=actor.is_admin), query, **values)
    return Page([_activity(done) for done in page.data], page.pagination)


class _Done(msgspec.Struct):
    """An event of the log, what it was about, and the project of that."""

    id: str
    type: str
    subject_id: str
    created_at: datetime
    changes: Changes
    title: str
    project: ActivityProject


def _activity(done: _Done) -> Activity:
    kind, action = done.type.split(".")
    description = f"{_sentence(kind, action, done.changes)}: {done.title}"  # type: ignore[arg-type]
    return Activity(
        done.id, kind, action, done.subject_id, done.title, description, done.created_at, done.project  # type: ignore[arg-type]
    )  # fmt: skip


def _sentence(kind: ActivityType, action: str, changes: Changes) -> str:
    was_unassigned = action == "assigned" and changes["assigneeId"][1] is None
    return UNASSIGNED if was_unassigned else SENTENCES[kind][action]


_DONE = Projection(
    _Done,
    events,
    title=sa.func.coalesce(tickets.c.title, projects.c.name),
    project=Projection(ActivityProject, project_id=projects.c.id, project_name=projects.c.name),
)


@lru_cache(maxsize=2)
def _listed(*, is_admin: bool) -> Paged[_Done]:
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
    found = (
        sa.select(*_DONE.columns)
        .select_from(source)
        .where(events.c.actor_id == sa.bindparam("actor_id"), is_any_of(events.c.type, "types"), on_ticket | on_project)
    )
    return Paged(_DONE, found, events.c.created_at.desc(), events.c.version.desc(), events.c.id.desc())
