"""The routes of workspaces."""

from codimir.authorization.actor import Actor
from codimir.http.paging import Data, Page, PageQuery
from codimir.http.routing import Created, ReadTx, WriteTx, delete, get, post, put
from codimir.model.schemas import Workspace
from codimir.workspaces import actions, queries
from codimir.workspaces.schemas import WorkspaceCreate, WorkspaceUpdate


@get("/api/workspaces")
async def list_workspaces(tx: ReadTx, actor: Actor, query: PageQuery) -> Page[Workspace]:
    """List the workspaces that you are in, by slug."""
    return await queries.list_workspaces(tx, actor, query)


@post("/api/workspaces", scope="admin")
async def create_workspace(tx: WriteTx, actor: Actor, data: WorkspaceCreate) -> Created[Workspace]:
    """Create a workspace that you own."""
    actions.require_may_create(actor)
    workspace_id = await actions.create_workspace(tx, actor.id, data.name, data.slug)
    workspace = await queries.get_workspace(tx, workspace_id)
    return Created(workspace, f"/api/workspaces/{workspace.id}")


@get("/api/workspaces/{ref:str}")
async def get_workspace(tx: ReadTx, actor: Actor, ref: str) -> Data[Workspace]:
    """Get a workspace by its id or its slug."""
    return Data((await queries.get_visible_workspace(tx, actor, ref)).workspace)


@put("/api/workspaces/{ref:str}", scope="admin")
async def update_workspace(tx: WriteTx, actor: Actor, ref: str, data: WorkspaceUpdate) -> Data[Workspace]:
    """Change the fields that are given; an absent field keeps its value."""
    found = await queries.get_visible_workspace(tx, actor, ref, lock=True)
    await actions.update_workspace(tx, actor, found, data)
    return Data(await queries.get_workspace(tx, found.workspace.id))


@delete("/api/workspaces/{ref:str}", scope="admin")
async def delete_workspace(tx: WriteTx, actor: Actor, ref: str) -> None:
    """Delete a workspace in which nothing is left."""
    found = await queries.get_visible_workspace(tx, actor, ref, lock=True)
    await actions.delete_workspace(tx, actor, found)


ROUTES = (list_workspaces, create_workspace, get_workspace, update_workspace, delete_workspace)
