"""Reading projects. Every read is scoped to the actor."""

from functools import lru_cache
from typing import Literal

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope, is_visible
from codimir.authorization.visibility_sql import visible_projects
from codimir.database.core import Transaction
from codimir.database.expressions import AnyColumn, AnySelect
from codimir.database.projection import Projection
from codimir.database.statements import Row, Statement, is_any_of
from codimir.http.errors import InvalidInput, NotFound
from codimir.http.paging import Page, Paged, page_of, paginate
from codimir.kit.text import words_asked
from codimir.kit.values import Values
from codimir.model.enums import JoinPolicy
from codimir.model.projects import former_project_keys, project_members, projects
from codimir.model.schemas import Person, ProjectSummary
from codimir.model.tickets import tickets
from codimir.model.users import users
from codimir.model.workspaces import workspaces
from codimir.problems.problem import Problem
from codimir.projects.schemas import Project, ProjectCounts, ProjectListQuery
from codimir.workspaces.queries import are_visible_workspaces

NOT_DELETED = ("active", "archived")
MAX_WORDS = 8
"""Of a longer text so many first words are looked for."""

STATUS: sa.ColumnElement[str] = sa.case((projects.c.deleted_at.is_not(None), "deleted"), else_=projects.c.status)
SUMMARY = Projection(ProjectSummary, projects, status=STATUS.label("status"))


def _count_of(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> "sa.ScalarSelect[int]":
    counted = sa.select(sa.func.count()).select_from(table).where(*conditions)
    return counted.correlate(projects).scalar_subquery()


COUNTS = Projection(
    ProjectCounts,
    tickets=_count_of(tickets, tickets.c.container_id == projects.c.id, tickets.c.deleted_at.is_(None)),
    members=_count_of(project_members, project_members.c.project_id == projects.c.id),
)
PROJECT = Projection(
    Project, projects, status=STATUS.label("status"), owner=Projection(Person, users), counts=COUNTS
)  # fmt: skip
SORT_COLUMNS: dict[str, AnyColumn] = {
    "name": projects.c.name_sort,
    "createdAt": projects.c.created_at,
    "updatedAt": projects.c.updated_at,
}


class FoundProject(msgspec.Struct, frozen=True):
    """A project and what the actor is in it, as a verb needs them."""

    project: ProjectSummary
    scope: Scope
    join_policy: JoinPolicy


class FilterShape(msgspec.Struct, frozen=True):
    """Everything about a filter of projects that changes its SQL."""

    everywhere: bool
    """Whether the actor administers the instance and names no workspace"""
    is_admin: bool
    with_deleted: bool = False
    words: int = 0


async def get_visible_project(
    tx: Transaction, actor: Actor, ref: str, *, lock: bool = False, in_trash: bool = False
) -> FoundProject:
    """Find a project by its id or its key, in any case; keys that it had before find it too.

    `lock` keeps other units from changing it until this one ends; `in_trash` looks among the deleted ones. Raises
    NotFound when there is none that the actor sees.
    """
    for row in await tx.fetch_all(_found(lock=lock, in_trash=in_trash), ref=ref, key=ref.upper(), actor_id=actor.id):
        found = _found_project(row)
        if is_visible(actor, found.scope):
            return found
    raise NotFound(Problem("resource_not_found", kind="Project"))


async def get_project(tx: Transaction, project_id: str) -> Project:
    """Return a project that has been found visible."""
    row = await tx.fetch_one(_BY_ID, project=project_id)
    if row is None:
        raise NotFound(Problem("resource_not_found", kind="Project"))
    return PROJECT.make(row)


async def list_projects(tx: Transaction, actor: Actor, query: ProjectListQuery) -> Page[Project]:
    """Return one page of the projects that match; those in the trash only when they are asked for."""
    statuses = query.status or NOT_DELETED
    words = asked_words(query.search)
    if words == []:
        return query.of([], 0)
    shape, values = await bind_filter(tx, actor, query.workspace)
    shape = msgspec.structs.replace(shape, with_deleted="deleted" in statuses, words=len(words or ()))
    values |= {"statuses": list(dict.fromkeys(statuses)), **bound_words(words)}
    return await paginate(tx, _listed(shape, query.sort, query.order), query, **values)


async def bind_filter(tx: Transaction, actor: Actor, workspace_ids: tuple[str, ...]) -> tuple[FilterShape, Values]:
    """Say in which workspaces to look.

    Raises InvalidInput when one that is named does not exist or is not visible.
    """
    chosen = list(dict.fromkeys(workspace_ids))
    if chosen and not await are_visible_workspaces(tx, actor, chosen):
        raise InvalidInput.fields(workspace=Problem("invalid_id", kind="workspace"))
    shape = FilterShape(everywhere=actor.is_admin and not chosen, is_admin=actor.is_admin)
    return shape, {"actor_id": actor.id, "workspaces": chosen or list(actor.workspaces)}


def asked_words(text: str | None) -> list[str] | None:
    """Return the words to look for: None when nothing was asked, an empty list when none of it is a word."""
    return words_asked(text)[:MAX_WORDS] if text and text.strip() else None


def bound_words(words: list[str] | None) -> dict[str, str]:
    """Bind words as `matching` looks for them; a word may be only begun."""
    return {f"word_{n}": f"% {word}%" for n, word in enumerate(words or ())}


def matching(shape: FilterShape) -> AnySelect:
    """Select the ids of the projects that match and that the actor sees."""
    found = _visible(shape)
    for n in range(shape.words):
        found = found.where(projects.c.search_words.like(sa.bindparam(f"word_{n}", type_=sa.Text())))
    return found.where(is_any_of(STATUS, "statuses"))


async def keys_in(tx: Transaction, workspace_id: str, *, except_of: str = "") -> set[str]:
    """Return every key that a project of a workspace has or had: none of them can be given to another."""
    return set(await tx.fetch_column(_KEYS, workspace_id=workspace_id, except_of=except_of))


def _visible(shape: FilterShape) -> AnySelect:
    if not shape.is_admin:
        return visible_projects(in_trash=None if shape.with_deleted else False)
    live_workspace = projects.join(workspaces, workspaces.c.id == projects.c.workspace_id)
    found = sa.select(projects.c.id).select_from(live_workspace).where(workspaces.c.deleted_at.is_(None))
    return found if shape.everywhere else found.where(is_any_of(projects.c.workspace_id, "workspaces"))


def with_everything(source: sa.FromClause) -> AnySelect:
    """Select what a project is made of."""
    return sa.select(*PROJECT.columns).select_from(source.join(users, users.c.id == projects.c.owner_id))


@lru_cache(maxsize=512)
def _listed(shape: FilterShape, sort: str, order: Literal["asc", "desc"]) -> Paged[Project]:
    """Find the ids of the page first; tickets and members are counted for these only."""
    ordering = [c.desc() if order == "desc" else c.asc() for c in (SORT_COLUMNS[sort], projects.c.id)]
    found = matching(shape)
    ids = page_of(found.order_by(*ordering)).subquery("page")
    page = with_everything(ids.join(projects, projects.c.id == ids.c.id)).order_by(*ordering)
    return Paged(PROJECT, found, counted=found, page=page)


@lru_cache(maxsize=4)
def _found(*, lock: bool, in_trash: bool) -> Statement:
    ref, key = sa.bindparam("ref", type_=sa.Text()), sa.bindparam("key", type_=sa.Text())
    had = sa.select(former_project_keys.c.project_id).where(former_project_keys.c.key == key)
    in_project = (project_members.c.project_id == projects.c.id) & (
        project_members.c.user_id == sa.bindparam("actor_id")
    )
    found = (
        sa.select(*SUMMARY.columns, project_members.c.role, projects.c.join_policy)
        .select_from(projects.outerjoin(project_members, in_project))
        .where((projects.c.id == ref) | (projects.c.key == key) | projects.c.id.in_(had))
        .where(projects.c.deleted_at.is_not(None) if in_trash else projects.c.deleted_at.is_(None))
        .order_by((projects.c.id == ref).desc(), (projects.c.key == key).desc(), projects.c.created_at, projects.c.id)
    )
    return Statement(found.with_for_update(of=projects) if lock else found)


def _found_project(row: Row) -> FoundProject:
    project, (role, join_policy) = SUMMARY.split(row)
    is_archived = project.status == "archived"
    scope = Scope(project.workspace_id, project.id, project.visibility, role, is_archived)
    return FoundProject(project, scope, join_policy)


_BY_ID = Statement(
    with_everything(projects).where(projects.c.id == sa.bindparam("project"), projects.c.deleted_at.is_(None))
)
_KEYS = Statement(
    sa.union_all(
        *(
            sa.select(table.c.key).where(
                table.c.workspace_id == sa.bindparam("workspace_id"), project_id != sa.bindparam("except_of")
            )
            for table, project_id in (
                (projects, projects.c.id),
                (former_project_keys, former_project_keys.c.project_id),
            )
        )
    )
)
