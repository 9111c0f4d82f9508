"""How many tickets a second a batch creates beside single creates by HTTP: `python -m benchmarks.batches`.

Both write to the same file in turns: sixteen connections that create a ticket each, and units of `create_tickets` in a
process of their own, as an import runs them.
"""

import asyncio
import shutil
import statistics
import time
from itertools import count
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from benchmarks import dataset, servers
from benchmarks.cases import CONNECTIONS, Case, creates, ids_in
from benchmarks.dataset import MEMBER, Sample
from benchmarks.runner import load
from benchmarks.servers import Server
from codimir.authorization.actor import Actor
from codimir.config import Settings
from codimir.database.core import Database, Transaction
from codimir.database.opening import open_database
from codimir.tickets.changing.creating import create_tickets
from codimir.tickets.schemas import TicketCreate
from codimir.workspaces.queries import find_oldest_workspace

TARGET = 10.0
SIZES = (10, 100, 1_000)


class Line(msgspec.Struct, frozen=True):
    """What came of a size of batches: medians over the rounds."""

    size: int
    per_second: float
    processor_ms: float
    """For one ticket"""
    ratio: float
    """How many times as many tickets a second as single creates in the same round"""
    processor_ratio: float
    """How many times less processors work for one, which says more where other things run as well"""


class Report(msgspec.Struct, frozen=True):
    """What came of a run."""

    single_per_second: float
    single_processor_ms: float
    lines: list[Line]


def main(
    tickets: Annotated[int, typer.Option(min=200, help="How many tickets the file has.")] = 100_000,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long a turn takes.")] = 2.0,
    rounds: Annotated[int, typer.Option(min=1, help="How many turns each has.")] = 5,
    data_dir: Annotated[Path, typer.Option(help="Where the files are kept for the next run.")] = Path("data-bench"),
) -> None:
    """Measure how many tickets a second batches of some sizes create beside single creates by HTTP."""
    settings = dataset.prepare(data_dir, tickets, lambda line: typer.echo(line, err=True))
    try:
        typer.echo("\n".join(table(measure(settings, seconds, rounds))))
    finally:
        shutil.rmtree(settings.data_dir)


def measure(settings: Settings, seconds: float, rounds: int) -> Report:
    """Create tickets one by one and in batches of each size, in turns."""
    sample = dataset.sample(settings)
    case = Case("create", creates(sample), ids_in)
    with servers.ours(settings) as server:
        turns = [_round(settings, sample, case, server, seconds) for _ in range(rounds)]
    singles = [single for single, _ in turns]
    return Report(
        statistics.median(single[0] for single in singles),
        statistics.median(single[1] for single in singles),
        [
            Line(
                size,
                statistics.median(batches[at][0] for _, batches in turns),
                statistics.median(batches[at][1] for _, batches in turns),
                statistics.median(batches[at][0] / single[0] for single, batches in turns),
                statistics.median(single[1] / batches[at][1] for single, batches in turns),
            )
            for at, size in enumerate(SIZES)
        ],
    )


def table(report: Report) -> list[str]:
    """Write a line for the single creates, and one for each size of batches."""
    single = f"{CONNECTIONS} connections, each creates one"
    lines = [f"{'':38}{'tickets/s':>10}{'times':>8}{'cpu ms':>8}{'times':>8}"]
    lines.append(f"{single:38}{report.single_per_second:>10,.0f}{'':8}{report.single_processor_ms:>8.3f}")
    for line in report.lines:
        name = f"batches of {line.size:,}"
        lines.append(
            f"{name:38}{line.per_second:>10,.0f}{line.ratio:>8.1f}{line.processor_ms:>8.3f}{line.processor_ratio:>8.1f}"
        )
    best = max(line.ratio for line in report.lines)
    lines.append(f"{'met' if best >= TARGET else 'MISSED'}: {best:.1f} times, target {TARGET:g}")
    return lines


Figures = tuple[float, float]
"""Tickets a second, and milliseconds of processor time for one"""


def _round(
    settings: Settings, sample: Sample, case: Case, server: Server, seconds: float
) -> tuple[Figures, list[Figures]]:
    turn = load(case, server, seconds)
    return (turn.result.per_second, turn.processor_ms), asyncio.run(_in_batches(settings, sample, seconds))


async def _in_batches(settings: Settings, sample: Sample, seconds: float) -> list[Figures]:
    db = await open_database(settings)
    try:
        actor = await db.read(_member)
        await _create_for(db, actor, sample, SIZES[0], seconds / 4)
        return [await _create_for(db, actor, sample, size, seconds) for size in SIZES]
    finally:
        await db.close()


async def _member(tx: Transaction) -> Actor:
    workspace_id, _ = await find_oldest_workspace(tx) or ("", "")
    return Actor(str(await tx.fetch_value(MEMBER)), "Bench Member", "EDITOR", {workspace_id: "MEMBER"})


async def _create_for(db: Database, actor: Actor, sample: Sample, size: int, seconds: float) -> Figures:
    bodies = [msgspec.json.decode(body or b"", type=TicketCreate) for _, _, body in creates(sample)]
    began, worked = time.perf_counter(), time.process_time()
    for batches in count(1):  # noqa: B007 - it is read behind the loop
        some = [bodies[number % len(bodies)] for number in range(size)]
        await db.write(lambda tx, some=some: create_tickets(tx, actor, some))
        if (took := time.perf_counter() - began) >= seconds:
            break
    created = batches * size
    return created / took, 1000 * (time.process_time() - worked) / created


if __name__ == "__main__":
    typer.run(main)
