"""Time travel beside the present: a list of a project with 10,000 tickets and 100,000 events, at moments before.

Run it with `python -m benchmarks.as_of`.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer

from codimir.authorization.actor import Actor
from codimir.config import Settings
from codimir.database.core import Database, Transaction
from codimir.database.opening import migrate, open_database
from codimir.model.enums import PRIORITIES, STATUSES
from codimir.projects.actions import create_project
from codimir.tickets.changing.creating import create_tickets
from codimir.tickets.changing.updating import update_ticket
from codimir.tickets.history.as_of import list_tickets_as_of
from codimir.tickets.listing.pages import list_tickets
from codimir.tickets.queries import get_visible_ticket
from codimir.tickets.schemas import TicketCreate, TicketListQuery, TicketUpdate
from codimir.users.actions import create_user, settle_user
from codimir.workspaces.queries import find_oldest_workspace

CHANGES = 9
MAX_TIMES = 20
AT_A_TIME = 100


def main(
    tickets: Annotated[int, typer.Option(min=100)] = 10_000,
    rounds: Annotated[int, typer.Option(min=1)] = 50,
) -> None:
    """Measure lists as of moments in turns with the same list now."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_compare(Path(folder), tickets, rounds))


async def _compare(folder: Path, count: int, rounds: int) -> None:
    settings = Settings(data_dir=folder)
    await migrate(settings)
    db = await open_database(settings)
    actor, project_id, moments = await _make(db, count)
    for query in (TicketListQuery(project=(project_id,)), TicketListQuery(project=(project_id,), status=("todo",))):
        await _compare_query(db, actor, query, moments, rounds)
    await db.close()


async def _compare_query(
    db: Database, actor: Actor, query: TicketListQuery, moments: dict[float, datetime], rounds: int
) -> None:
    now = await _median(db, rounds, lambda tx: list_tickets(tx, actor, query))
    typer.echo(f"{', '.join(query.status) or 'every status'}, now   {now * 1000:8.2f} ms")
    for share, moment in moments.items():
        then = await _median(db, rounds, lambda tx, m=moment: list_tickets_as_of(tx, actor, query, m))
        verdict = "met" if then <= MAX_TIMES * now else "MISSED"
        typer.echo(f"after {share:3.0%} of all   {then * 1000:8.2f} ms   {then / now:5.1f} times now, {verdict}")


async def _make(db: Database, count: int) -> tuple[Actor, str, dict[float, datetime]]:
    rng, moments = Random(1), {}
    user_id = await db.write(lambda tx: create_user(tx, "ada@example.com", "Ada", "EDITOR"))
    await db.write(lambda tx: settle_user(tx, user_id, "EDITOR"))
    workspace_id, _ = await db.read(find_oldest_workspace) or ("", "")
    actor = Actor(user_id, "Ada", "EDITOR", {workspace_id: "OWNER"})
    project_id = await db.write(lambda tx: create_project(tx, actor, workspace_id, "Everything", "ALL"))
    ids: list[str] = []
    for _ in range(0, count, AT_A_TIME):
        ids += await db.write(lambda tx: _create(tx, actor, project_id, rng))
    for change in range(CHANGES):
        for start in range(0, count, AT_A_TIME):
            await db.write(lambda tx, part=ids[start : start + AT_A_TIME]: _update(tx, actor, part, rng))
        moments[(change + 2) / (CHANGES + 1)] = datetime.now(UTC)
    return actor, project_id, {share: moment for share, moment in moments.items() if share in (0.2, 0.5, 0.9, 1)}


async def _create(tx: Transaction, actor: Actor, project_id: str, rng: Random) -> list[str]:
    new = [TicketCreate(title=f"Ticket {rng.random()}", project_id=project_id) for _ in range(AT_A_TIME)]
    return await create_tickets(tx, actor, new)


async def _update(tx: Transaction, actor: Actor, ids: list[str], rng: Random) -> None:
    for ticket_id in ids:
        found = await get_visible_ticket(tx, actor, ticket_id)
        update = TicketUpdate(status=rng.choice(STATUSES), priority=rng.choice(PRIORITIES))
        await update_ticket(tx, actor, found, update)


async def _median(db: Database, rounds: int, unit: Callable[[Transaction], Awaitable[Any]]) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        await db.read(unit)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    typer.run(main)
