"""The routes of workspaces."""

from codimir.access.actor import Actor
from codimir.database.core import Database
from codimir.http.paging import Page, PageQuery
from codimir.http.routing import get
from codimir.workspaces import queries
from codimir.workspaces.schemas import Workspace


@get("/api/workspaces")
async def list_workspaces(query: PageQuery, actor: Actor, db: Database) -> Page[Workspace]:
    """List the workspaces that you are in, by slug."""
    return await db.read(lambda tx: queries.list_workspaces(tx, actor, query))


ROUTES = (list_workspaces,)
