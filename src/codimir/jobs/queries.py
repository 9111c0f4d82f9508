"""Reading background jobs: those who administer a workspace see its jobs, everybody else the ones that they began."""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from codimir.access.actor import Actor
from codimir.database.core import Transaction
from codimir.database.statements import Row, Statement, columns_of, is_any_of
from codimir.http.errors import InvalidInput, NotFound
from codimir.http.paging import Page
from codimir.jobs.schemas import BackgroundJob, JobListQuery
from codimir.jobs.tables import background_jobs
from codimir.workspaces.queries import are_visible_workspaces

ADMINISTERS = ("OWNER", "ADMIN")


async def list_jobs(tx: Transaction, actor: Actor, query: JobListQuery) -> Page[BackgroundJob]:
    """Give one page of the background jobs that are under way, the oldest first.

    Raises InvalidInput for a workspace that the actor does not see.
    """
    if not await are_visible_workspaces(tx, actor, query.workspace):
        raise InvalidInput.fields(workspace="Invalid workspace ID")
    everywhere = actor.is_admin and not query.workspace
    values = _scope(actor) | {"workspaces": list(query.workspace or actor.workspaces)}
    total = await tx.value(_count(sees_all=actor.is_admin, everywhere=everywhere), **values)
    rows: list[Row] = []
    if total > query.offset:
        page = _page(sees_all=actor.is_admin, everywhere=everywhere)
        rows = await tx.all(page, **values, limit=query.limit, offset=query.offset)
    return query.of([BackgroundJob(*row) for row in rows], total)


async def get_visible_job(tx: Transaction, actor: Actor, job_id: str) -> BackgroundJob:
    """Find a background job that is under way.

    Raises NotFound when it has ended, or the actor does not see it.
    """
    row = await tx.one(_found(sees_all=actor.is_admin), **_scope(actor), job=job_id)
    if row is None:
        raise NotFound("Job not found: it has ended, or never was")
    return BackgroundJob(*row)


def _scope(actor: Actor) -> dict[str, Any]:
    administered = [place for place, role in actor.workspaces.items() if role in ADMINISTERS]
    return {"actor_id": actor.id, "administered": administered, "own": list(actor.workspaces)}


def _seen(*columns: Any, sees_all: bool) -> "sa.Select[Any]":
    found = sa.select(*columns).select_from(background_jobs)
    if sees_all:
        return found
    mine = (background_jobs.c.actor_id == sa.bindparam("actor_id")) & is_any_of(background_jobs.c.workspace_id, "own")
    return found.where(is_any_of(background_jobs.c.workspace_id, "administered") | mine)


def _listed(*columns: Any, sees_all: bool, everywhere: bool) -> "sa.Select[Any]":
    found = _seen(*columns, sees_all=sees_all)
    return found if everywhere else found.where(is_any_of(background_jobs.c.workspace_id, "workspaces"))


@lru_cache(maxsize=4)
def _count(*, sees_all: bool, everywhere: bool) -> Statement:
    return Statement(_listed(sa.func.count(), sees_all=sees_all, everywhere=everywhere))


@lru_cache(maxsize=4)
def _page(*, sees_all: bool, everywhere: bool) -> Statement:
    limit, offset = sa.bindparam("limit", type_=sa.Integer()), sa.bindparam("offset", type_=sa.BigInteger())
    found = _listed(*columns_of(background_jobs, BackgroundJob), sees_all=sees_all, everywhere=everywhere)
    return Statement(found.order_by(background_jobs.c.created_at, background_jobs.c.id).limit(limit).offset(offset))


@lru_cache(maxsize=2)
def _found(*, sees_all: bool) -> Statement:
    found = _seen(*columns_of(background_jobs, BackgroundJob), sees_all=sees_all)
    return Statement(found.where(background_jobs.c.id == sa.bindparam("job")))
