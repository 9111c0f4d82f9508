"""The routes of workspaces."""

from codimir.access.actor import Actor
from codimir.database.core import Database, Transaction
from codimir.http.paging import Data, Page, PageQuery
from codimir.http.routing import Created, delete, get, post, put
from codimir.workspaces import actions, queries
from codimir.workspaces.schemas import Workspace, WorkspaceCreate, WorkspaceUpdate


@get("/api/workspaces")
async def list_workspaces(query: PageQuery, actor: Actor, db: Database) -> Page[Workspace]:
    """List the workspaces that you are in, by slug."""
    return await db.read(lambda tx: queries.list_workspaces(tx, actor, query))


@post("/api/workspaces", scope="admin")
async def create_workspace(data: WorkspaceCreate, actor: Actor, db: Database) -> Created[Workspace]:
    """Create a workspace that you own."""
    actions.require_may_create(actor)

    async def unit(tx: Transaction) -> Workspace:
        workspace_id = await actions.create_workspace(tx, actor.id, data.name, data.slug)
        return await queries.get_workspace(tx, workspace_id)

    workspace = await db.write(unit)
    return Created(workspace, f"/api/workspaces/{workspace.id}")


@get("/api/workspaces/{ref:str}")
async def get_workspace(ref: str, actor: Actor, db: Database) -> Data[Workspace]:
    """Get a workspace by its id or its slug."""

    async def unit(tx: Transaction) -> Workspace:
        return (await queries.get_visible_workspace(tx, actor, ref)).workspace

    return Data(await db.read(unit))


@put("/api/workspaces/{ref:str}", scope="admin")
async def update_workspace(ref: str, data: WorkspaceUpdate, actor: Actor, db: Database) -> Data[Workspace]:
    """Change the fields that are given; an absent field keeps its value."""

    async def unit(tx: Transaction) -> Workspace:
        found = await queries.get_visible_workspace(tx, actor, ref, lock=True)
        await actions.update_workspace(tx, actor, found, data)
        return await queries.get_workspace(tx, found.workspace.id)

    return Data(await db.write(unit))


@delete("/api/workspaces/{ref:str}", scope="admin")
async def delete_workspace(ref: str, actor: Actor, db: Database) -> None:
    """Delete a workspace in which nothing is left."""

    async def unit(tx: Transaction) -> None:
        found = await queries.get_visible_workspace(tx, actor, ref, lock=True)
        await actions.delete_workspace(tx, actor, found)

    await db.write(unit)


ROUTES = (list_workspaces, create_workspace, get_workspace, update_workspace, delete_workspace)
