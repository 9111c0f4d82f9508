"""Reading groups. Whoever is in a workspace sees its groups."""

from functools import lru_cache

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope, is_visible
from codimir.database.core import Transaction
from codimir.database.expressions import AnySelect
from codimir.database.projection import Projection
from codimir.database.statements import Statement, is_any_of
from codimir.groups.schemas import GroupListQuery
from codimir.http.errors import InvalidInput, NotFound
from codimir.http.paging import Page, Paged, paginate
from codimir.model.groups import groups
from codimir.model.schemas import Group
from codimir.model.workspaces import workspaces
from codimir.problems.problem import Problem
from codimir.workspaces.queries import are_visible_workspaces

GROUP = Projection(Group, groups)


class FoundGroup(msgspec.Struct, frozen=True):
    """A group and where it is, as a verb needs them."""

    group: Group
    scope: Scope


async def list_groups(tx: Transaction, actor: Actor, query: GroupListQuery) -> Page[Group]:
    """Return one page of the groups of the actor's workspaces, by name."""
    if not await are_visible_workspaces(tx, actor, query.workspace):
        raise InvalidInput.fields(workspace=Problem("invalid_id", kind="workspace"))
    everywhere = actor.is_admin and not query.workspace
    workspace_ids = list(query.workspace or actor.workspaces)
    return await paginate(tx, _listed(everywhere=everywhere), query, workspaces=workspace_ids)


async def get_visible_group(tx: Transaction, actor: Actor, group_id: str, *, lock: bool = False) -> FoundGroup:
    """Find a group.

    `lock` keeps other units from changing it until this one ends. Raises NotFound when the actor does not see it.
    """
    row = await tx.fetch_one(_found(lock=lock), group=group_id)
    if row is not None:
        group = GROUP.make(row)
        scope = Scope(group.workspace_id)
        if is_visible(actor, scope):
            return FoundGroup(group, scope)
    raise NotFound(Problem("resource_not_found", kind="Group"))


async def is_group_name_taken(tx: Transaction, scope: Scope, name: str) -> bool:
    """Return whether the workspace has a group of this name."""
    return await tx.fetch_value(_BY_NAME, workspace_id=scope.workspace_id, name=name) is not None


def _live() -> AnySelect:
    source = groups.join(workspaces, workspaces.c.id == groups.c.workspace_id)
    return (
        sa.select(*GROUP.columns)
        .select_from(source)
        .where(groups.c.deleted_at.is_(None), workspaces.c.deleted_at.is_(None))
    )


@lru_cache(maxsize=2)
def _listed(*, everywhere: bool) -> Paged[Group]:
    found = _live() if everywhere else _live().where(is_any_of(groups.c.workspace_id, "workspaces"))
    return Paged(GROUP, found, groups.c.name_sort, groups.c.id)


@lru_cache(maxsize=2)
def _found(*, lock: bool) -> Statement:
    found = _live().where(groups.c.id == sa.bindparam("group"))
    return Statement(found.with_for_update(of=groups) if lock else found)


_BY_NAME = Statement(
    sa.select(groups.c.id).where(
        groups.c.workspace_id == sa.bindparam("workspace_id"), groups.c.name == sa.bindparam("name")
    )
)
