"""Reading the trash: what the actor would see if it were not deleted.

What was deleted together with its project or its ticket is not listed by itself: it comes back with that.
"""

from contextlib import suppress
from datetime import timedelta
from functools import lru_cache

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.visibility_sql import visible_containers, visible_projects, was_private
from codimir.database.core import Transaction
from codimir.database.expressions import AnySelect
from codimir.database.projection import Projection
from codimir.database.statements import Statement, hide_from_planner, is_any_of
from codimir.http.errors import InvalidInput, NotFound
from codimir.http.paging import Page, Paged, paginate
from codimir.model.attachments import attachments
from codimir.model.comments import comments
from codimir.model.events import events
from codimir.model.projects import projects
from codimir.model.schemas import Person
from codimir.model.tickets import tickets
from codimir.model.timelogs import time_logs
from codimir.model.users import users
from codimir.problems.problem import Problem
from codimir.trash.schemas import TrashItem, TrashQuery, TrashType
from codimir.workspaces.queries import find_visible_workspace

MAX_TITLE_LENGTH = 255
MAX_NAMESAKES = 20
"""In how many workspaces a ticket of a key is looked for."""
CHILDREN: dict[TrashType, tuple[sa.Table, sa.ColumnElement[str]]] = {
    "comment": (comments, comments.c.content),
    "attachment": (attachments, attachments.c.filename),
    "timelog": (time_logs, sa.func.coalesce(time_logs.c.description, "")),
}
TYPES: tuple[TrashType, ...] = ("ticket", *CHILDREN, "project")
DELETIONS = tuple(f"{kind}.deleted" for kind in ("ticket", "comment", "attachment", "time", "project"))


class Shape(msgspec.Struct, frozen=True):
    """Everything about a look into the trash that changes its SQL."""

    types: tuple[TrashType, ...]
    sees_all: bool
    in_workspaces: bool
    one: bool = False


PERSON = Projection(Person, users)


async def list_trash(tx: Transaction, actor: Actor, query: TrashQuery, kept_for: timedelta) -> Page[TrashItem]:
    """Return one page of what was deleted, the last first.

    Raises InvalidInput for a workspace that the actor does not see.
    """
    if any([await find_visible_workspace(tx, actor, ref) is None for ref in query.workspace]):
        raise InvalidInput.fields(workspace=Problem("invalid_id", kind="workspace"))
    shape = Shape(tuple(sorted(set(query.type))) or TYPES, actor.is_admin, bool(query.workspace))
    values = {"actor_id": actor.id, "workspaces": list(query.workspace or actor.workspaces)}
    page = await paginate(tx, _listed(shape), query, **values)
    await _complete(tx, page.data, kept_for)
    return page


async def get_trashed(tx: Transaction, actor: Actor, item_id: str, kept_for: timedelta) -> TrashItem:
    """Find something in the trash by its id.

    Raises NotFound when there is nothing that the actor sees.
    """
    shape = Shape(TYPES, actor.is_admin, in_workspaces=False, one=True)
    values = {"actor_id": actor.id, "workspaces": list(actor.workspaces), "item_id": item_id}
    listed = _listed(shape)
    row = await tx.fetch_one(listed.page, **values, limit=1, offset=0)
    if row is None:
        raise NotFound(Problem("not_in_trash"))
    item = listed.of.make(row)
    await _complete(tx, [item], kept_for)
    return item


async def find_trashed_ticket(tx: Transaction, actor: Actor, ref: str, kept_for: timedelta) -> TrashItem | None:
    """Return the ticket in the trash of an id or a key, in any case; None where there is none that the actor sees."""
    for ticket_id in await tx.fetch_column(_TICKETS_NAMED, ref=ref, key=ref.upper()):
        with suppress(NotFound):
            return await get_trashed(tx, actor, ticket_id, kept_for)
    return None


async def _complete(tx: Transaction, items: list[TrashItem], kept_for: timedelta) -> None:
    """Say of items until when they are kept, and who deleted them."""
    by = await _deleted_by(tx, items)
    for item in items:
        item.deleted_for_good_at = item.deleted_at + kept_for
        item.deleted_by = by.get(item.id)


async def _deleted_by(tx: Transaction, deleted: list[TrashItem]) -> dict[str, Person]:
    tickets_named = [each.ticket_id for each in deleted if each.ticket_id]
    projects_named = [each.id for each in deleted if each.type == "project"]
    deletions = [
        *(await tx.fetch_all(_DELETIONS_ON_TICKETS, named=tickets_named) if tickets_named else ()),
        *(await tx.fetch_all(_DELETIONS_OF_PROJECTS, named=projects_named) if projects_named else ()),
    ]
    return {subject_id: PERSON.make(person) for subject_id, *person in deletions}


@lru_cache(maxsize=128)
def _listed(shape: Shape) -> Paged[TrashItem]:
    """Read what `_complete` completes."""
    trash = _trash(shape)
    moment = trash.c.deleted_at.label("deleted_for_good_at")
    item = Projection(TrashItem, trash, deleted_for_good_at=moment, deleted_by=sa.null().label("deleted_by"))
    return Paged(item, sa.select(*item.columns), trash.c.deleted_at.desc(), trash.c.id.desc())


def _trash(shape: Shape) -> sa.Subquery:
    parts = [_part(kind, shape) for kind in shape.types]
    return sa.union_all(*parts).subquery("trash") if len(parts) > 1 else parts[0].subquery("trash")


def _part(kind: TrashType, shape: Shape) -> AnySelect:
    if kind == "project":
        return _deleted_projects(shape)
    if kind == "ticket":
        found = _columns(tickets, kind, tickets.c.title, tickets.c.id).select_from(_in_live_project(tickets))
    else:
        table, title = CHILDREN[kind]
        source = table.join(tickets, tickets.c.id == table.c.ticket_id)
        found = _columns(table, kind, title, tickets.c.id).select_from(_in_live_project(source))
        found = found.where(tickets.c.deleted_at.is_(None), table.c.deleted_at.is_not(None))
        return _scoped(found, table, shape)
    return _scoped(found.where(tickets.c.deleted_at.is_not(None)), tickets, shape)


def _in_live_project(source: sa.FromClause) -> sa.Join:
    return source.outerjoin(projects, projects.c.id == tickets.c.project_id)


def _columns(
    table: sa.Table, kind: TrashType, title: sa.ColumnElement[str], ticket_id: sa.ColumnElement[str]
) -> AnySelect:
    short = sa.func.substr(title, 1, MAX_TITLE_LENGTH).label("title")
    return sa.select(
        table.c.id, sa.literal_column(f"'{kind}'", sa.Text()).label("type"), short, table.c.workspace_id,
        tickets.c.project_id, ticket_id.label("ticket_id"), tickets.c.key, table.c.deleted_at,
    )  # fmt: skip


def _scoped(found: AnySelect, table: sa.Table, shape: Shape) -> AnySelect:
    """Keep what the actor sees.

    The index of the trash must be chosen: by its place SQLite would look at every ticket for what was deleted on it.
    """
    found = found.where(projects.c.deleted_at.is_(None))
    if not shape.sees_all:
        place = hide_from_planner(tickets.c.container_id)
        found = found.where(place.in_(visible_containers()), *_was_deleted_in_sight(table))
    return _narrowed(found, table, shape)


def _was_deleted_in_sight(table: sa.Table) -> "list[sa.ColumnElement[bool]]":
    """Build the condition that the place in which something was deleted can be seen too, also as it was then."""
    if table is tickets:
        return [~was_private(tickets.c.container_id, tickets.c.deleted_at)]
    elsewhere = events.c.project_id.not_in(visible_projects(in_trash=None))
    unseen = elsewhere | was_private(events.c.project_id, events.c.version)
    told = (events.c.subject_id == table.c.id) & (events.c.created_at == table.c.deleted_at)
    return [~sa.exists().where(told, events.c.project_id.is_not(None), unseen)]


def _narrowed(found: AnySelect, table: sa.Table, shape: Shape) -> AnySelect:
    if shape.in_workspaces:
        found = found.where(is_any_of(table.c.workspace_id, "workspaces"))
    return found.where(table.c.id == sa.bindparam("item_id")) if shape.one else found


def _deleted_projects(shape: Shape) -> AnySelect:
    nothing = sa.null().cast(sa.Text())
    columns = (
        projects.c.id, sa.literal_column("'project'", sa.Text()).label("type"), projects.c.name.label("title"),
        projects.c.workspace_id, projects.c.id.label("project_id"), nothing.label("ticket_id"), projects.c.key,
        projects.c.deleted_at,
    )  # fmt: skip
    found = (
        sa.select(*columns).where(projects.c.deleted_at.is_not(None))
        if shape.sees_all
        else visible_projects(*columns, in_trash=True)
    )
    return _narrowed(found, projects, shape)


def _deletions(named: sa.ColumnElement[str]) -> Statement:
    return Statement(
        sa.select(events.c.subject_id, *PERSON.columns)
        .select_from(events.join(users, users.c.id == events.c.actor_id))
        .where(is_any_of(named, "named"), events.c.type.in_([sa.literal_column(f"'{kind}'") for kind in DELETIONS]))
        .order_by(events.c.version)
    )


_TICKETS_NAMED = Statement(
    sa.select(tickets.c.id)
    .where(
        (tickets.c.id == sa.bindparam("ref")) | (tickets.c.key == sa.bindparam("key", type_=sa.Text())),
        tickets.c.deleted_at.is_not(None),
    )
    .order_by(tickets.c.deleted_at.desc(), tickets.c.id)
    .limit(MAX_NAMESAKES)
)
_DELETIONS_ON_TICKETS = _deletions(events.c.ticket_id)
_DELETIONS_OF_PROJECTS = _deletions(events.c.project_id)
