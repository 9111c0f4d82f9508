"""Reading labels. Whoever is in a workspace sees its labels; those of a project, who sees the project."""

from functools import lru_cache

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope, is_visible
from codimir.authorization.visibility_sql import visible_projects
from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement, is_any_of
from codimir.http.errors import InvalidInput, NotFound
from codimir.http.paging import Page, Paged, paginate
from codimir.labels.schemas import LabelListQuery
from codimir.model.labels import labels
from codimir.model.projects import project_members, projects
from codimir.model.schemas import Label
from codimir.model.workspaces import workspaces
from codimir.problems.problem import Problem
from codimir.projects.queries import get_visible_project
from codimir.workspaces.queries import are_visible_workspaces

LABEL = Projection(Label, labels)


class FoundLabel(msgspec.Struct, frozen=True):
    """A label and where it is, as a verb needs them."""

    label: Label
    scope: Scope


class Shape(msgspec.Struct, frozen=True):
    """Everything about a filter of labels that changes its SQL."""

    sees_all: bool
    everywhere: bool
    of_project: bool


async def list_labels(tx: Transaction, actor: Actor, query: LabelListQuery) -> Page[Label]:
    """Return one page of the labels that the actor sees, by name; with a project those that its tickets can have."""
    if not await are_visible_workspaces(tx, actor, query.workspace):
        raise InvalidInput.fields(workspace=Problem("invalid_id", kind="workspace"))
    place = await project_named(tx, actor, query.project, "project") if query.project else None
    shape = Shape(actor.is_admin, actor.is_admin and not query.workspace, place is not None)
    values = {
        "actor_id": actor.id, "workspaces": list(query.workspace or actor.workspaces),
        "workspace": place.workspace_id if place else "", "project": place.project_id if place else "",
    }  # fmt: skip
    return await paginate(tx, _listed(shape), query, **values)


async def project_named(tx: Transaction, actor: Actor, ref: str, field: str) -> Scope:
    """Find the project that a field names.

    Raises InvalidInput when the actor sees none.
    """
    try:
        return (await get_visible_project(tx, actor, ref)).scope
    except NotFound as error:
        raise InvalidInput.fields(**{field: Problem("invalid_id", kind="project")}) from error


async def get_visible_label(tx: Transaction, actor: Actor, label_id: str, *, lock: bool = False) -> FoundLabel:
    """Find a label.

    `lock` keeps other units from changing it until this one ends. Raises NotFound when the actor does not see it.
    """
    row = await tx.fetch_one(_found(lock=lock), label=label_id, actor_id=actor.id)
    if row is not None:
        label, (visibility, role, status) = LABEL.split(row)
        scope = Scope(label.workspace_id, label.project_id, visibility, role, status == "archived")
        if is_visible(actor, scope):
            return FoundLabel(label, scope)
    raise NotFound(Problem("resource_not_found", kind="Label"))


async def is_label_name_taken(tx: Transaction, scope: Scope, name_key: str, *, except_for: str = "") -> bool:
    """Return whether a project, or a workspace for all its projects, has another label of this name."""
    return await find_label_named(tx, scope, name_key, except_for=except_for) is not None


async def find_label_named(tx: Transaction, scope: Scope, name_key: str, *, except_for: str = "") -> str | None:
    """Find the id of the label of this name in a project, or in a workspace for all its projects."""
    place = scope.project_id or scope.workspace_id
    found: str | None = await tx.fetch_value(_BY_NAME, scope_id=place, name_key=name_key, except_for=except_for)
    return found


def _live() -> "tuple[sa.Join, list[sa.ColumnElement[bool]]]":
    source = labels.join(workspaces, workspaces.c.id == labels.c.workspace_id).outerjoin(
        projects, projects.c.id == labels.c.project_id
    )
    return source, [
        labels.c.deleted_at.is_(None),
        workspaces.c.deleted_at.is_(None),
        projects.c.deleted_at.is_(None),
    ]


@lru_cache(maxsize=8)
def _listed(shape: Shape) -> Paged[Label]:
    source, live = _live()
    found = sa.select(*LABEL.columns).select_from(source).where(*live)
    if not shape.everywhere:
        found = found.where(is_any_of(labels.c.workspace_id, "workspaces"))
    if not shape.sees_all:
        found = found.where(labels.c.project_id.is_(None) | labels.c.project_id.in_(visible_projects()))
    if shape.of_project:
        of_workspace = (labels.c.workspace_id == sa.bindparam("workspace")) & labels.c.project_id.is_(None)
        found = found.where(of_workspace | (labels.c.project_id == sa.bindparam("project")))
    return Paged(LABEL, found, labels.c.name_sort, labels.c.id)


@lru_cache(maxsize=2)
def _found(*, lock: bool) -> Statement:
    source, live = _live()
    in_project = (project_members.c.project_id == labels.c.project_id) & (
        project_members.c.user_id == sa.bindparam("actor_id")
    )
    found = (
        sa.select(*LABEL.columns, projects.c.visibility, project_members.c.role, projects.c.status)
        .select_from(source.outerjoin(project_members, in_project))
        .where(labels.c.id == sa.bindparam("label"), *live)
    )
    return Statement(found.with_for_update(of=labels) if lock else found)


_BY_NAME = Statement(
    sa.select(labels.c.id).where(
        labels.c.scope_id == sa.bindparam("scope_id"),
        labels.c.name_key == sa.bindparam("name_key"),
        labels.c.id != sa.bindparam("except_for"),
    )
)
