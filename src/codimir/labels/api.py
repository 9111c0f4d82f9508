"""The routes of labels."""

from codimir.access.actor import Actor
from codimir.access.permissions import Scope
from codimir.database.core import Database, Transaction
from codimir.http.errors import InvalidInput
from codimir.http.paging import Data, Page
from codimir.http.routing import Created, delete, get, post, put
from codimir.labels import actions, queries
from codimir.labels.schemas import Label, LabelCreate, LabelListQuery, LabelUpdate
from codimir.workspaces.queries import get_named_workspace


@get("/api/labels")
async def list_labels(query: LabelListQuery, actor: Actor, db: Database) -> Page[Label]:
    """List the labels that you see, by name; with `project` those that its tickets can have."""
    return await db.read(lambda tx: queries.list_labels(tx, actor, query))


@post("/api/labels")
async def create_label(data: LabelCreate, actor: Actor, db: Database) -> Created[Label]:
    """Create a label for a project, or for all projects of a workspace, that you administer."""

    async def unit(tx: Transaction) -> Label:
        scope = await _place(tx, actor, data)
        label_id = await actions.create_label(tx, actor, scope, data.name, data.color)
        return (await queries.get_visible_label(tx, actor, label_id)).label

    label = await db.write(unit)
    return Created(label, f"/api/labels/{label.id}")


@get("/api/labels/{label_id:str}")
async def get_label(label_id: str, actor: Actor, db: Database) -> Data[Label]:
    """Get a label."""

    async def unit(tx: Transaction) -> Label:
        return (await queries.get_visible_label(tx, actor, label_id)).label

    return Data(await db.read(unit))


@put("/api/labels/{label_id:str}")
async def update_label(label_id: str, data: LabelUpdate, actor: Actor, db: Database) -> Data[Label]:
    """Change the fields that are given; an absent field keeps its value."""

    async def unit(tx: Transaction) -> Label:
        found = await queries.get_visible_label(tx, actor, label_id, lock=True)
        await actions.update_label(tx, actor, found, data)
        return (await queries.get_visible_label(tx, actor, label_id)).label

    return Data(await db.write(unit))


@delete("/api/labels/{label_id:str}")
async def delete_label(label_id: str, actor: Actor, db: Database) -> None:
    """Delete a label and take it off its tickets."""

    async def unit(tx: Transaction) -> None:
        found = await queries.get_visible_label(tx, actor, label_id, lock=True)
        await actions.delete_label(tx, actor, found)

    await db.write(unit)


async def _place(tx: Transaction, actor: Actor, data: LabelCreate) -> Scope:
    if data.project_id is None:
        return await get_named_workspace(tx, actor, data.workspace_id)
    scope = await queries.project_named(tx, actor, data.project_id, "projectId")
    if data.workspace_id not in (None, scope.workspace_id):
        raise InvalidInput.fields(workspaceId="Must be the workspace of the project")
    return scope


ROUTES = (list_labels, create_label, get_label, update_label, delete_label)
