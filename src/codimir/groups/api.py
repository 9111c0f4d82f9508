"""The routes of groups."""

from codimir.authorization.actor import Actor
from codimir.groups import actions, queries
from codimir.groups.schemas import GroupCreate, GroupListQuery, GroupUpdate
from codimir.http.paging import Data, Page
from codimir.http.routing import Created, ReadTx, WriteTx, delete, get, post, put
from codimir.model.schemas import Group
from codimir.workspaces.queries import get_named_workspace


@get("/api/groups")
async def list_groups(tx: ReadTx, actor: Actor, query: GroupListQuery) -> Page[Group]:
    """List the groups of your workspaces, by name."""
    return await queries.list_groups(tx, actor, query)


@post("/api/groups", scope="admin")
async def create_group(tx: WriteTx, actor: Actor, data: GroupCreate) -> Created[Group]:
    """Create a group in a workspace that you administer."""
    scope = await get_named_workspace(tx, actor, data.workspace_id)
    group_id = await actions.create_group(tx, actor, scope, data.name, data.description)
    group = (await queries.get_visible_group(tx, actor, group_id)).group
    return Created(group, f"/api/groups/{group.id}")


@get("/api/groups/{group_id:str}")
async def get_group(tx: ReadTx, actor: Actor, group_id: str) -> Data[Group]:
    """Get a group."""
    return Data((await queries.get_visible_group(tx, actor, group_id)).group)


@put("/api/groups/{group_id:str}", scope="admin")
async def update_group(tx: WriteTx, actor: Actor, group_id: str, data: GroupUpdate) -> Data[Group]:
    """Change the fields that are given; an absent field keeps its value, null clears it."""
    found = await queries.get_visible_group(tx, actor, group_id, lock=True)
    await actions.update_group(tx, actor, found, data)
    return Data((await queries.get_visible_group(tx, actor, group_id)).group)


@delete("/api/groups/{group_id:str}", scope="admin")
async def delete_group(tx: WriteTx, actor: Actor, group_id: str) -> None:
    """Delete a group; its tickets stay, without a group."""
    found = await queries.get_visible_group(tx, actor, group_id, lock=True)
    await actions.delete_group(tx, actor, found)


ROUTES = (list_groups, create_group, get_group, update_group, delete_group)
