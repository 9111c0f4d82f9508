"""Do background jobs: the oldest first, a portion in each unit of work, until none is left.

A unit locks the row of its job, so several processes take turns at it and never do the same twice. Whatever ends a
process between two portions, the next one is taken up by whoever looks for jobs next.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import NamedTuple

from codimir.database.core import Database, DatabaseError, Transaction
from codimir.events.recording import record
from codimir.events.types import JobFinished
from codimir.groups.actions import erase_group
from codimir.jobs.actions import end_job, go_on, is_any_job_waiting, take_job
from codimir.jobs.schemas import Job, JobKind
from codimir.kit.background import keep_doing
from codimir.kit.outages import Outage
from codimir.labels.actions import erase_label
from codimir.projects.trashing import restore_tickets, trash_tickets
from codimir.revisions.versions import end_every_tag
from codimir.tickets.changing.detaching import take_group_off, take_label_off
from codimir.tickets.changing.rekeying import rekey_tickets
from codimir.tickets.search.index import reindex_tickets

log = logging.getLogger("codimir")

TICKETS_AT_A_TIME = 5
SECONDS_OF_A_PORTION = 0.008
"""A portion ends after the tickets during which this is over."""
SECONDS_TO_COLLECT = 0.05
"""Where much is committed at once, jobs are looked for so often and no more."""
MAX_REST = 60.0
"""After so many seconds jobs are looked for, whether something was committed or not."""


class Progress(NamedTuple):
    """How far a step came."""

    done: int
    position: int


Step = Callable[[Transaction, Job, int, int], Awaitable[Progress]]
"""Change so many of a job's tickets at most, from a position on; fewer say that none is left."""
End = Callable[[Transaction, Job, int], Awaitable[None]]
"""Do what is left when a job has changed all its tickets, so many in all."""


async def keep_running_jobs(db: Database) -> None:
    """Do background jobs whenever there are some, until this is cancelled."""
    async with db.watch(SECONDS_TO_COLLECT) as watch:

        async def turn() -> float:
            await run_jobs(db)
            return MAX_REST

        await keep_doing(turn, Outage("background jobs wait", log, (DatabaseError,)), rest=watch.wait)


async def run_jobs(db: Database) -> None:
    """Do every background job that no other process works on just now; nothing is written where there is none."""
    while await db.read(is_any_job_waiting) and await db.write(do_a_portion):
        pass


async def do_a_portion(tx: Transaction) -> bool:
    """Do a portion of the oldest job; say whether there was one."""
    job = await take_job(tx)
    if job is None:
        return False
    tx.batch_id = job.batch_id
    step, end = _WORK[job.kind]
    done, position, ends_at = 0, job.position, monotonic() + SECONDS_OF_A_PORTION
    while True:
        came = await step(tx, job, position, TICKETS_AT_A_TIME)
        done, position = done + came.done, came.position
        if came.done < TICKETS_AT_A_TIME:
            await end(tx, job, job.done + done)
            await end_job(tx, job)
            return True
        if monotonic() >= ends_at:
            await go_on(tx, job, done, position)
            return True


async def _take_label_off(tx: Transaction, job: Job, position: int, limit: int) -> Progress:
    return Progress(await take_label_off(tx, job.actor_id, job.subject_id, limit), position)


async def _erase_label(tx: Transaction, job: Job, _done: int) -> None:
    await erase_label(tx, job.subject_id)


async def _take_group_off(tx: Transaction, job: Job, position: int, limit: int) -> Progress:
    return Progress(await take_group_off(tx, job.actor_id, job.subject_id, limit), position)


async def _erase_group(tx: Transaction, job: Job, _done: int) -> None:
    await erase_group(tx, job.subject_id)


async def _rekey(tx: Transaction, job: Job, position: int, limit: int) -> Progress:
    return Progress(*await rekey_tickets(tx, job.subject_id, position, limit))


async def _trash(tx: Transaction, job: Job, position: int, limit: int) -> Progress:
    return Progress(await trash_tickets(tx, job.subject_id, limit), position)


async def _restore(tx: Transaction, job: Job, position: int, limit: int) -> Progress:
    moment = job.moment or tx.now
    return Progress(await restore_tickets(tx, job.subject_id, moment, limit, job.created_at), position)


async def _reindex(tx: Transaction, job: Job, position: int, limit: int) -> Progress:
    return Progress(*await reindex_tickets(tx, job.workspace_id, position, limit))


async def _end_reindexing(tx: Transaction, _job: Job, _done: int) -> None:
    """Let searches be answered anew; no event tells it, for nobody asked for it."""
    await end_every_tag(tx)


async def _tell(tx: Transaction, job: Job, done: int) -> None:
    finished = JobFinished(
        workspace_id=job.workspace_id, project_id=job.project_id, subject_id=job.subject_id,
        changes={"kind": (job.kind, None), "tickets": (0, done)},
    )  # fmt: skip
    await record(tx, job.actor_id, finished)


_WORK: Mapping[JobKind, tuple[Step, End]] = {
    "label.deletion": (_take_label_off, _erase_label),
    "group.deletion": (_take_group_off, _erase_group),
    "project.key_change": (_rekey, _tell),
    "project.trashing": (_trash, _tell),
    "project.restoring": (_restore, _tell),
    "search.reindexing": (_reindex, _end_reindexing),
}
