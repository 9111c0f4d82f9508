"""The routes of projects. One project answers under `/api/project/…` as documented, and under `/api/projects/…` too."""

from collections.abc import Mapping
from typing import Any

from codimir.access.actor import Actor
from codimir.database.core import Database, Transaction
from codimir.http.paging import Data, Page
from codimir.http.routing import Created, delete, get, post, put
from codimir.http.validation import Problems
from codimir.projects import actions, queries, search, statistics
from codimir.projects.paths import in_both_numbers
from codimir.projects.schemas import Project, ProjectCreate, ProjectListQuery, ProjectSearchQuery, ProjectUpdate
from codimir.projects.statistics import ProjectStats
from codimir.tickets.schemas import PeriodQuery


async def _wrong_references(request_values: Mapping[str, Any], actor: Actor, db: Database) -> Problems:
    async def unit(tx: Transaction) -> Problems:
        _, problems = await actions.check_new(tx, actor, request_values)
        return problems

    return await db.read(unit)


@get("/api/projects")
async def list_projects(query: ProjectListQuery, actor: Actor, db: Database) -> Page[Project]:
    """List the projects that you see, filtered and sorted."""
    return await db.read(lambda tx: queries.list_projects(tx, actor, query))


@post("/api/projects", also_check=_wrong_references)
async def create_project(data: ProjectCreate, actor: Actor, db: Database) -> Created[Project]:
    """Create a project that you own."""

    async def unit(tx: Transaction) -> Project:
        project_id = await actions.create_project(
            tx,
            actor,
            data.workspace_id,
            data.name,
            data.key,
            data.description,
            data.visibility,
            data.join_policy,
        )
        return await queries.get_project(tx, project_id)

    project = await db.write(unit)
    return Created(project, f"/api/project/{project.id}")


@get("/api/project/search")
async def search_projects(query: ProjectSearchQuery, actor: Actor, db: Database) -> Data[list[Project]]:
    """Find projects by their key and the words in their name and description, the best match first."""
    return Data(await db.read_long(lambda tx: search.search_projects(tx, actor, query)))


@get("/api/project/{ref:str}")
async def get_project(ref: str, actor: Actor, db: Database) -> Data[Project]:
    """Get a project by its id or its key; a key that it had before finds it too."""

    async def unit(tx: Transaction) -> Project:
        found = await queries.get_visible_project(tx, actor, ref)
        return await queries.get_project(tx, found.project.id)

    return Data(await db.read(unit))


@get("/api/project/{ref:str}/stats")
async def get_project_statistics(ref: str, query: PeriodQuery, actor: Actor, db: Database) -> Data[ProjectStats]:
    """Count the tickets of a project, what moved in the period that ends now, and its members."""

    async def unit(tx: Transaction) -> ProjectStats:
        found = await queries.get_visible_project(tx, actor, ref)
        return await statistics.get_project_statistics(tx, actor, found, query.period)

    return Data(await db.read_long(unit))


@put("/api/project/{ref:str}")
async def update_project(ref: str, data: ProjectUpdate, actor: Actor, db: Database) -> Data[Project]:
    """Change the fields that are given; an absent field keeps its value, null clears it.

    A new key is given to its tickets too, and the old keys keep finding them. In an archived project nothing is changed
    until it is active again.
    """

    async def unit(tx: Transaction) -> Project:
        found = await queries.get_visible_project(tx, actor, ref, lock=True)
        await actions.update_project(tx, actor, found, data)
        return await queries.get_project(tx, found.project.id)

    return Data(await db.write(unit))


@delete("/api/project/{ref:str}")
async def delete_project(ref: str, actor: Actor, db: Database) -> None:
    """Move a project to the trash, and its tickets with it."""

    async def unit(tx: Transaction) -> None:
        found = await queries.get_visible_project(tx, actor, ref, lock=True)
        await actions.delete_project(tx, actor, found)

    await db.write(unit)


ROUTES = (
    list_projects,
    create_project,
    *in_both_numbers(search_projects, get_project, get_project_statistics, update_project, delete_project),
)
