"""Reading groups. Whoever is in a workspace sees its groups."""

from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa

from codimir.access.actor import Actor
from codimir.access.permissions import Scope, is_visible
from codimir.database.core import Transaction
from codimir.database.statements import Row, Statement, columns_of, is_any_of
from codimir.groups.schemas import Group, GroupListQuery
from codimir.groups.tables import groups
from codimir.http.errors import InvalidInput, NotFound
from codimir.http.paging import Page
from codimir.workspaces.queries import are_visible_workspaces
from codimir.workspaces.tables import workspaces


class FoundGroup(msgspec.Struct, frozen=True):
    """A group and where it is, as a verb needs them."""

    group: Group
    scope: Scope


async def list_groups(tx: Transaction, actor: Actor, query: GroupListQuery) -> Page[Group]:
    """Give one page of the groups of the actor's workspaces, by name."""
    if not await are_visible_workspaces(tx, actor, query.workspace):
        raise InvalidInput.fields(workspace="Invalid workspace ID")
    everywhere = actor.is_admin and not query.workspace
    values = {"workspaces": list(query.workspace or actor.workspaces), "limit": query.limit, "offset": query.offset}
    total = await tx.value(_count(everywhere=everywhere), **values)
    rows: list[Row] = []
    if total > query.offset:
        rows = await tx.all(_page(everywhere=everywhere), **values)
    return query.of([Group(*row) for row in rows], total)


async def get_visible_group(tx: Transaction, actor: Actor, group_id: str, *, lock: bool = False) -> FoundGroup:
    """Find a group.

    `lock` keeps other units from changing it until this one ends. Raises NotFound when the actor does not see it.
    """
    row = await tx.one(_found(lock=lock), group=group_id)
    if row is not None:
        group = Group(*row)
        scope = Scope(group.workspace_id)
        if is_visible(actor, scope):
            return FoundGroup(group, scope)
    raise NotFound("Group not found")


async def is_group_name_taken(tx: Transaction, scope: Scope, name: str) -> bool:
    """Say whether the workspace has a group of this name."""
    return await tx.value(_BY_NAME, workspace_id=scope.workspace_id, name=name) is not None


def _seen(*columns: Any, everywhere: bool) -> "sa.Select[Any]":
    source = groups.join(workspaces, workspaces.c.id == groups.c.workspace_id)
    found = (
        sa.select(*columns).select_from(source).where(groups.c.deleted_at.is_(None), workspaces.c.deleted_at.is_(None))
    )
    return found if everywhere else found.where(is_any_of(groups.c.workspace_id, "workspaces"))


@lru_cache(maxsize=2)
def _count(*, everywhere: bool) -> Statement:
    return Statement(_seen(sa.func.count(), everywhere=everywhere))


@lru_cache(maxsize=2)
def _page(*, everywhere: bool) -> Statement:
    limit, offset = sa.bindparam("limit", type_=sa.Integer()), sa.bindparam("offset", type_=sa.BigInteger())
    found = _seen(*columns_of(groups, Group), everywhere=everywhere)
    return Statement(found.order_by(groups.c.name_sort, groups.c.id).limit(limit).offset(offset))


@lru_cache(maxsize=2)
def _found(*, lock: bool) -> Statement:
    found = _seen(*columns_of(groups, Group), everywhere=True).where(groups.c.id == sa.bindparam("group"))
    return Statement(found.with_for_update(of=groups) if lock else found)


_BY_NAME = Statement(
    sa.select(groups.c.id).where(
        groups.c.workspace_id == sa.bindparam("workspace_id"), groups.c.name == sa.bindparam("name")
    )
)
