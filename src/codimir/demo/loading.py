"""Write the demo workspace, in portions small enough for others to write between them."""

from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import count, islice
from random import Random
from typing import Any

import sqlalchemy as sa

from codimir.database.core import Database, Transaction, UniqueViolation
from codimir.database.statements import Statement, insert_into
from codimir.demo.company import SLUG, Company, Plan, Row, found_company
from codimir.demo.lives import Life, creation_times, live
from codimir.model.comments import comments
from codimir.model.events import events
from codimir.model.projects import projects
from codimir.model.tickets import past_tickets, ticket_labels, tickets
from codimir.model.timelogs import time_logs
from codimir.model.workspaces import workspaces
from codimir.tickets.history.rebuild import rebuild_versions
from codimir.tickets.search.index import index_tickets

PORTION = 200
"""Tickets that are written at once; with all that hangs on them they are about 1,700 rows."""
PORTION_OF_EVENTS = 2_000


class DemoExists(Exception):
    """The demo was loaded into this instance before, or somebody in it has the address of one of its people."""


async def load_demo(db: Database, plan: Plan, progress: Callable[[int], None] = lambda _: None) -> None:
    """Load the demo; `progress` is told of every portion of tickets that is durable.

    The same plan makes the same rows. A ticket appears at once with all its comments; its events appear in order of
    time, so those of its later life come with the portions of later tickets. What was loaded stays when it is
    interrupted. Raises DemoExists.
    """
    if await db.read(lambda tx: tx.fetch_value(_DEMO, slug=SLUG)) is not None:
        raise DemoExists(f'the workspace "{SLUG}" exists already')
    rng = Random(plan.seed)  # noqa: S311 - a story, not a secret
    company = found_company(rng, plan)
    try:
        await db.write(lambda tx: _write_company(tx, company))
    except UniqueViolation as error:
        raise DemoExists("somebody has the address of one of its people") from error
    await _load_tickets(db, rng, company, plan, progress)


class _Timeline:
    """Events that have not been written yet, by their time."""

    def __init__(self) -> None:
        self._heap: list[tuple[Any, int, Row]] = []
        self._turn = count()

    def add(self, rows: Sequence[Row]) -> None:
        for row in rows:
            heappush(self._heap, (row["created_at"], next(self._turn), row))

    def until(self, moment: Any) -> list[Row]:
        rows = []
        while self._heap and self._heap[0][0] <= moment:
            rows.append(heappop(self._heap)[2])
        return rows

    def rest(self) -> Iterator[Row]:
        while self._heap:
            yield heappop(self._heap)[2]


async def _load_tickets(
    db: Database, rng: Random, company: Company, plan: Plan, progress: Callable[[int], None]
) -> None:
    timeline = _Timeline()
    moments = creation_times(rng, plan)
    for start in range(0, len(moments), PORTION):
        portion = moments[start : start + PORTION]
        lives = [live(rng, company, created) for created in portion]
        for life in lives:
            timeline.add(life.events)
        await _write_portion(db, company, lives, timeline.until(portion[-1]))
        progress(len(lives))
    rest = timeline.rest()
    while rows := list(islice(rest, PORTION_OF_EVENTS)):
        await _write_portion(db, company, [], rows)


async def _write_portion(db: Database, company: Company, lives: list[Life], happened: list[Row]) -> None:
    async def unit(tx: Transaction) -> None:
        await _give_keys(tx, lives)
        await _write_lives(tx, lives)
        await _write_events(tx, company.id, happened)

    await db.write(unit)


async def _write_company(tx: Transaction, company: Company) -> None:
    for table, rows in company.rows:
        await tx.execute_many(insert_into(table), rows)
    await _write_events(tx, company.id, company.events)


async def _give_keys(tx: Transaction, lives: list[Life]) -> None:
    """Take the next numbers of each project, as a ticket that is created does."""
    by_project: dict[str, list[Life]] = {}
    for life in lives:
        by_project.setdefault(life.team.project_id, []).append(life)
    for project_id, its_lives in by_project.items():
        last = await tx.fetch_value(_NEXT_NUMBERS, project=project_id, more=len(its_lives))
        for number, life in enumerate(its_lives, last - len(its_lives) + 1):
            key = f"{life.team.project.key}-{number}"
            life.ticket.update(number=number, key=key)
            life.events[0]["changes"]["key"] = (None, key)


async def _write_lives(tx: Transaction, lives: list[Life]) -> None:
    labelled = [
        {"workspace_id": life.ticket["workspace_id"], "ticket_id": life.ticket["id"], "label_id": label_id}
        for life in lives
        for label_id in life.labels
    ]
    await tx.execute_many(insert_into(tickets), [life.ticket for life in lives])
    await tx.execute_many(insert_into(ticket_labels), labelled)
    past = [row for life in lives for row in rebuild_versions(life.ticket, life.labels, life.events)]
    await tx.execute_many(insert_into(past_tickets), past)
    await tx.execute_many(insert_into(comments), [row for life in lives for row in life.comments])
    await tx.execute_many(insert_into(time_logs), [row for life in lives for row in life.time_logs])
    await index_tickets(tx, [life.ticket["id"] for life in lives])


async def _write_events(tx: Transaction, workspace_id: str, happened: list[Row]) -> None:
    """Append events under the next versions of the workspace."""
    if happened:
        last = await tx.fetch_value(_NEXT_VERSIONS, workspace=workspace_id, more=len(happened))
        first = last - len(happened) + 1
        rows = [{**row, "version": version, "from_project_id": None} for version, row in enumerate(happened, first)]
        await tx.execute_many(insert_into(events), rows)


_DEMO = Statement(sa.select(workspaces.c.id).where(workspaces.c.slug == sa.bindparam("slug")))
_NEXT_NUMBERS = Statement(
    sa.update(projects)
    .where(projects.c.id == sa.bindparam("project"))
    .values(ticket_counter=projects.c.ticket_counter + sa.bindparam("more", type_=sa.Integer()))
    .returning(projects.c.ticket_counter)
)
_NEXT_VERSIONS = Statement(
    sa.update(workspaces)
    .where(workspaces.c.id == sa.bindparam("workspace"))
    .values(version=workspaces.c.version + sa.bindparam("more", type_=sa.BigInteger()))
    .returning(workspaces.c.version)
)
