"""Beginning a background job, going on with it, and ending it."""

from datetime import datetime

import sqlalchemy as sa

from codimir.authorization.permissions import Scope
from codimir.database.core import Transaction
from codimir.database.projection import Projection
from codimir.database.statements import Statement, insert_into, update_by_id
from codimir.jobs.schemas import Job, JobKind
from codimir.kit.ids import new_id
from codimir.model.jobs import background_jobs

DONE_AT_ONCE = 50
"""A change of up to so many tickets is done as a whole when it is answered; the rest of a larger one is a job."""


async def begin_job(
    tx: Transaction,
    actor_id: str,
    kind: JobKind,
    scope: Scope,
    subject_id: str,
    total: int,
    moment: datetime | None = None,
) -> None:
    """Leave work on so many tickets to the background; its events belong to the batch of this unit."""
    await tx.execute(
        insert_into(background_jobs), id=new_id("job"), workspace_id=scope.workspace_id, kind=kind,
        subject_id=subject_id, project_id=scope.project_id, actor_id=actor_id, batch_id=tx.batch_id, position=0,
        moment=moment, done=0, total=total, created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip


async def is_any_job_waiting(tx: Transaction) -> bool:
    """Return whether there is a background job, whoever works on it."""
    return await tx.fetch_value(_ANY) is not None


async def take_job(tx: Transaction) -> Job | None:
    """Return the oldest job that no other process works on just now, for as long as this unit runs."""
    row = await tx.fetch_one(_NEXT)
    return None if row is None else _JOB.make(row)


async def go_on(tx: Transaction, job: Job, done: int, position: int) -> None:
    """Note how far a job has come."""
    changed = update_by_id(background_jobs, frozenset({"done", "position", "updated_at"}))
    await tx.execute(changed, row_id=job.id, done=job.done + done, position=position, updated_at=tx.now)


async def end_job(tx: Transaction, job: Job) -> None:
    """Forget a job, for all of it is done."""
    await tx.execute(_END, job=job.id)


async def has_job(tx: Transaction, subject_id: str, kind: JobKind) -> bool:
    """Return whether work of a kind on a thing is under way."""
    return await tx.fetch_value(_OF_SUBJECT, subject=subject_id, kind=kind) is not None


async def cancel_jobs(tx: Transaction, subject_id: str, kind: JobKind) -> None:
    """End the work of a kind on a thing where it is; whoever does a portion of it just now is waited for."""
    await tx.execute(_CANCEL, subject=subject_id, kind=kind)


_of_subject = (background_jobs.c.subject_id == sa.bindparam("subject")) & (
    background_jobs.c.kind == sa.bindparam("kind")
)
_OF_SUBJECT = Statement(sa.select(background_jobs.c.id).where(_of_subject).limit(sa.literal_column("1")))
_CANCEL = Statement(sa.delete(background_jobs).where(_of_subject))
_ANY = Statement(sa.select(background_jobs.c.id).limit(sa.literal_column("1")))
_JOB = Projection(Job, background_jobs)
_NEXT = Statement(
    sa.select(*_JOB.columns)
    .order_by(background_jobs.c.created_at, background_jobs.c.id)
    .limit(sa.literal_column("1"))
    .with_for_update(skip_locked=True)
)
_END = Statement(sa.delete(background_jobs).where(background_jobs.c.id == sa.bindparam("job")))
