"""The routes of background jobs."""

from codimir.authorization.actor import Actor
from codimir.config import Settings
from codimir.http.paging import Data, Page
from codimir.http.routing import ReadTx, get
from codimir.jobs import queries
from codimir.jobs.schemas import BackgroundJob, JobListQuery


@get("/api/jobs")
async def list_jobs(tx: ReadTx, actor: Actor, query: JobListQuery, _settings: Settings) -> Page[BackgroundJob]:
    """List the work that goes on in the background, the oldest first.

    A change of many tickets is answered when everybody sees it; what is left is done in portions, each in the batch of
    the change. You see the jobs of the workspaces that you administer, and those that you began.
    """
    return await queries.list_jobs(tx, actor, query)


@get("/api/jobs/{job_id:str}")
async def get_job(tx: ReadTx, actor: Actor, job_id: str, _settings: Settings) -> Data[BackgroundJob]:
    """Get a job that is under way; one that has ended is not found."""
    return Data(await queries.get_visible_job(tx, actor, job_id))


ROUTES = (list_jobs, get_job)
