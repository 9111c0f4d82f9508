"""The routes of labels."""

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope
from codimir.database.core import Transaction
from codimir.http.errors import InvalidInput
from codimir.http.paging import Data, Page
from codimir.http.routing import Created, ReadTx, WriteTx, delete, get, post, put
from codimir.labels import actions, queries
from codimir.labels.schemas import LabelCreate, LabelListQuery, LabelUpdate
from codimir.model.schemas import Label
from codimir.problems.problem import Problem
from codimir.workspaces.queries import get_named_workspace


@get("/api/labels")
async def list_labels(tx: ReadTx, actor: Actor, query: LabelListQuery) -> Page[Label]:
    """List the labels that you see, by name; with `project` those that its tickets can have."""
    return await queries.list_labels(tx, actor, query)


@post("/api/labels")
async def create_label(tx: WriteTx, actor: Actor, data: LabelCreate) -> Created[Label]:
    """Create a label for a project, or for all projects of a workspace, that you administer."""
    scope = await _place(tx, actor, data)
    label_id = await actions.create_label(tx, actor, scope, data.name, data.color)
    label = (await queries.get_visible_label(tx, actor, label_id)).label
    return Created(label, f"/api/labels/{label.id}")


@get("/api/labels/{label_id:str}")
async def get_label(tx: ReadTx, actor: Actor, label_id: str) -> Data[Label]:
    """Get a label."""
    return Data((await queries.get_visible_label(tx, actor, label_id)).label)


@put("/api/labels/{label_id:str}")
async def update_label(tx: WriteTx, actor: Actor, label_id: str, data: LabelUpdate) -> Data[Label]:
    """Change the fields that are given; an absent field keeps its value."""
    found = await queries.get_visible_label(tx, actor, label_id, lock=True)
    await actions.update_label(tx, actor, found, data)
    return Data((await queries.get_visible_label(tx, actor, label_id)).label)


@delete("/api/labels/{label_id:str}")
async def delete_label(tx: WriteTx, actor: Actor, label_id: str) -> None:
    """Delete a label and take it off its tickets."""
    found = await queries.get_visible_label(tx, actor, label_id, lock=True)
    await actions.delete_label(tx, actor, found)


async def _place(tx: Transaction, actor: Actor, data: LabelCreate) -> Scope:
    if data.project_id is None:
        return await get_named_workspace(tx, actor, data.workspace_id)
    scope = await queries.project_named(tx, actor, data.project_id, "projectId")
    if data.workspace_id not in (None, scope.workspace_id):
        raise InvalidInput.fields(workspaceId=Problem("workspace_of_other_project"))
    return scope


ROUTES = (list_labels, create_label, get_label, update_label, delete_label)
