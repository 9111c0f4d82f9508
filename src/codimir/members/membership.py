"""What can be done with the members of a place that has some: a workspace or a project."""

from collections.abc import Awaitable, Callable
from typing import Any

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, require
from codimir.database.core import Transaction
from codimir.http.paging import Page, PageQuery
from codimir.members import actions, queries
from codimir.members.schemas import Member, MemberAdd, MemberChange
from codimir.offboarding.queries import get_started
from codimir.offboarding.schemas import Offboarding
from codimir.projects.queries import get_visible_project
from codimir.workspaces.queries import get_visible_workspace


class Membership:
    """The members of a kind of place. Each verb raises NotFound for a place that the actor does not see."""

    def __init__(self, find: Callable[..., Awaitable[Any]]) -> None:
        self._find = find

    async def list(self, tx: Transaction, actor: Actor, ref: str, query: PageQuery) -> Page[Member]:
        """Return one page of the members."""
        found = await self._find(tx, actor, ref)
        return await queries.list_members(tx, found.scope, query)

    async def get(self, tx: Transaction, actor: Actor, ref: str, user_id: str) -> Member:
        """Return a member."""
        found = await self._find(tx, actor, ref)
        return await queries.get_member(tx, found.scope, user_id)

    async def add(self, tx: Transaction, actor: Actor, ref: str, data: MemberAdd) -> tuple[str, Member]:
        """Make someone a member; give the id of the place, and the member."""
        scope = (await self._find(tx, actor, ref, lock=True)).scope
        user_id = await actions.add_member(tx, actor, scope, data)
        return scope.project_id or scope.workspace_id, await queries.get_member(tx, scope, user_id)

    async def change(self, tx: Transaction, actor: Actor, ref: str, user_id: str, data: MemberChange) -> Member:
        """Change the role of a member."""
        scope = (await self._find(tx, actor, ref, lock=True)).scope
        await actions.change_role(tx, actor, scope, await queries.get_member(tx, scope, user_id), data.role)
        return await queries.get_member(tx, scope, user_id)

    async def remove(self, tx: Transaction, actor: Actor, ref: str, user_id: str) -> None:
        """Remove a member."""
        scope = (await self._find(tx, actor, ref, lock=True)).scope
        await actions.remove_member(tx, actor, scope, await queries.get_member(tx, scope, user_id))


async def join_project(tx: Transaction, actor: Actor, ref: str) -> tuple[str, Member]:
    """Make the actor a member of a project; return its id, and what they are there now.

    Raises NotFound for a project that they do not see, Forbidden where they may not join, AlreadyMember.
    """
    found = await get_visible_project(tx, actor, ref, lock=True)
    user_id = await actions.join_project(tx, actor, found)
    return found.project.id, await queries.get_member(tx, found.scope, user_id)


async def get_offboarding(tx: Transaction, actor: Actor, scope: Scope, user_id: str) -> Offboarding:
    """Return what a member started in a place and what ends when they leave it; they may see that, and administrators.

    Raises NotFound for who is no member, Forbidden for others.
    """
    member = await queries.get_member(tx, scope, user_id)
    if user_id != actor.id:
        require(actor, Permission.MEMBER_MANAGE, scope, actions.MAY_NOT)
    return await get_started(tx, member.user_id, scope.workspace_id, scope.project_id)


of_project, of_workspace = Membership(get_visible_project), Membership(get_visible_workspace)
