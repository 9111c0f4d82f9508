"""The routes of projects. One project answers under `/api/project/…` as documented, and under `/api/projects/…` too."""

from codimir.authorization.actor import Actor
from codimir.http.paging import Data, Page
from codimir.http.routing import AnyRoute, Created, LongReadTx, ReadTx, WriteTx, delete, get, post, put
from codimir.kit.values import ReadOnlyValues
from codimir.problems.problem import Problems
from codimir.projects import actions, queries, search, statistics
from codimir.projects.paths import in_both_numbers
from codimir.projects.schemas import Project, ProjectCreate, ProjectListQuery, ProjectSearchQuery, ProjectUpdate
from codimir.projects.statistics import ProjectStats
from codimir.tickets.schemas import PeriodQuery


async def _wrong_references(tx: ReadTx, actor: Actor, given: ReadOnlyValues) -> Problems:
    _, problems = await actions.check_new(tx, actor, given)
    return problems


@get("/api/projects")
async def list_projects(tx: ReadTx, actor: Actor, query: ProjectListQuery) -> Page[Project]:
    """List the projects that you see, filtered and sorted."""
    return await queries.list_projects(tx, actor, query)


@post("/api/projects", validate_references=_wrong_references)
async def create_project(tx: WriteTx, actor: Actor, data: ProjectCreate) -> Created[Project]:
    """Create a project that you own."""
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
    project = await queries.get_project(tx, project_id)
    return Created(project, f"/api/project/{project.id}")


@get("/api/project/search")
async def search_projects(tx: LongReadTx, actor: Actor, query: ProjectSearchQuery) -> Data[list[Project]]:
    """Find projects by their key and the words in their name and description, the best match first."""
    return Data(await search.search_projects(tx, actor, query))


@get("/api/project/{ref:str}")
async def get_project(tx: ReadTx, actor: Actor, ref: str) -> Data[Project]:
    """Get a project by its id or its key; a key that it had before finds it too."""
    found = await queries.get_visible_project(tx, actor, ref)
    return Data(await queries.get_project(tx, found.project.id))


@get("/api/project/{ref:str}/stats")
async def get_project_statistics(tx: LongReadTx, actor: Actor, ref: str, query: PeriodQuery) -> Data[ProjectStats]:
    """Count the tickets of a project, what moved in the period that ends now, and its members."""
    found = await queries.get_visible_project(tx, actor, ref)
    return Data(await statistics.get_project_statistics(tx, actor, found, query.period))


@put("/api/project/{ref:str}")
async def update_project(tx: WriteTx, actor: Actor, ref: str, data: ProjectUpdate) -> Data[Project]:
    """Change the fields that are given; an absent field keeps its value, null clears it.

    A new key is given to its tickets too, and the old keys keep finding them. In an archived project nothing is changed
    until it is active again.
    """
    found = await queries.get_visible_project(tx, actor, ref, lock=True)
    await actions.update_project(tx, actor, found, data)
    return Data(await queries.get_project(tx, found.project.id))


@delete("/api/project/{ref:str}")
async def delete_project(tx: WriteTx, actor: Actor, ref: str) -> None:
    """Move a project to the trash, and its tickets with it."""
    found = await queries.get_visible_project(tx, actor, ref, lock=True)
    await actions.delete_project(tx, actor, found)


ROUTES: tuple[AnyRoute, ...] = (
    list_projects,
    create_project,
    *in_both_numbers(search_projects, get_project, get_project_statistics, update_project, delete_project),
)
