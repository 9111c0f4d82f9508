"""The routes of groups."""

from codimir.access.actor import Actor
from codimir.database.core import Database, Transaction
from codimir.groups import actions, queries
from codimir.groups.schemas import Group, GroupCreate, GroupListQuery, GroupUpdate
from codimir.http.paging import Data, Page
from codimir.http.routing import Created, delete, get, post, put
from codimir.workspaces.queries import get_named_workspace


@get("/api/groups")
async def list_groups(query: GroupListQuery, actor: Actor, db: Database) -> Page[Group]:
    """List the groups of your workspaces, by name."""
    return await db.read(lambda tx: queries.list_groups(tx, actor, query))


@post("/api/groups", scope="admin")
async def create_group(data: GroupCreate, actor: Actor, db: Database) -> Created[Group]:
    """Create a group in a workspace that you administer."""

    async def unit(tx: Transaction) -> Group:
        scope = await get_named_workspace(tx, actor, data.workspace_id)
        group_id = await actions.create_group(tx, actor, scope, data.name, data.description)
        return (await queries.get_visible_group(tx, actor, group_id)).group

    group = await db.write(unit)
    return Created(group, f"/api/groups/{group.id}")


@get("/api/groups/{group_id:str}")
async def get_group(group_id: str, actor: Actor, db: Database) -> Data[Group]:
    """Get a group."""

    async def unit(tx: Transaction) -> Group:
        return (await queries.get_visible_group(tx, actor, group_id)).group

    return Data(await db.read(unit))


@put("/api/groups/{group_id:str}", scope="admin")
async def update_group(group_id: str, data: GroupUpdate, actor: Actor, db: Database) -> Data[Group]:
    """Change the fields that are given; an absent field keeps its value, null clears it."""

    async def unit(tx: Transaction) -> Group:
        found = await queries.get_visible_group(tx, actor, group_id, lock=True)
        await actions.update_group(tx, actor, found, data)
        return (await queries.get_visible_group(tx, actor, group_id)).group

    return Data(await db.write(unit))


@delete("/api/groups/{group_id:str}", scope="admin")
async def delete_group(group_id: str, actor: Actor, db: Database) -> None:
    """Delete a group; its tickets stay, without a group."""

    async def unit(tx: Transaction) -> None:
        found = await queries.get_visible_group(tx, actor, group_id, lock=True)
        await actions.delete_group(tx, actor, found)

    await db.write(unit)


ROUTES = (list_groups, create_group, get_group, update_group, delete_group)
