"""Reading background jobs: those who administer a workspace see its jobs, everybody else the ones that they began."""

from functools import lru_cache

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.database.expressions import AnySelect
from codimir.database.projection import Projection
from codimir.database.statements import Statement, is_any_of
from codimir.http.errors import InvalidInput, NotFound
from codimir.http.paging import Page, Paged, paginate
from codimir.jobs.schemas import BackgroundJob, JobListQuery
from codimir.kit.values import Values
from codimir.model.jobs import background_jobs
from codimir.problems.problem import Problem
from codimir.workspaces.queries import are_visible_workspaces

JOB = Projection(BackgroundJob, background_jobs)
ADMINISTERS = ("OWNER", "ADMIN")


async def list_jobs(tx: Transaction, actor: Actor, query: JobListQuery) -> Page[BackgroundJob]:
    """Return one page of the background jobs that are under way, the oldest first.

    Raises InvalidInput for a workspace that the actor does not see.
    """
    if not await are_visible_workspaces(tx, actor, query.workspace):
        raise InvalidInput.fields(workspace=Problem("invalid_id", kind="workspace"))
    everywhere = actor.is_admin and not query.workspace
    values = _scope(actor) | {"workspaces": list(query.workspace or actor.workspaces)}
    return await paginate(tx, _listed(sees_all=actor.is_admin, everywhere=everywhere), query, **values)


async def get_visible_job(tx: Transaction, actor: Actor, job_id: str) -> BackgroundJob:
    """Find a background job that is under way.

    Raises NotFound when it has ended, or the actor does not see it.
    """
    row = await tx.fetch_one(_found(sees_all=actor.is_admin), **_scope(actor), job=job_id)
    if row is None:
        raise NotFound(Problem("job_not_found"))
    return JOB.make(row)


def _scope(actor: Actor) -> Values:
    administered = [place for place, role in actor.workspaces.items() if role in ADMINISTERS]
    return {"actor_id": actor.id, "administered": administered, "own": list(actor.workspaces)}


def _seen(*, sees_all: bool) -> AnySelect:
    found = sa.select(*JOB.columns)
    if sees_all:
        return found
    mine = (background_jobs.c.actor_id == sa.bindparam("actor_id")) & is_any_of(background_jobs.c.workspace_id, "own")
    return found.where(is_any_of(background_jobs.c.workspace_id, "administered") | mine)


@lru_cache(maxsize=4)
def _listed(*, sees_all: bool, everywhere: bool) -> Paged[BackgroundJob]:
    found = _seen(sees_all=sees_all)
    if not everywhere:
        found = found.where(is_any_of(background_jobs.c.workspace_id, "workspaces"))
    return Paged(JOB, found, background_jobs.c.created_at, background_jobs.c.id)


@lru_cache(maxsize=2)
def _found(*, sees_all: bool) -> Statement:
    return Statement(_seen(sees_all=sees_all).where(background_jobs.c.id == sa.bindparam("job")))
