"""`python -m benchmarks.growth`: what a request costs with ten thousand, a hundred thousand and 1.2 million tickets.

One `codimir serve` for a file of each size, one worker each, loaded in turns. The cost of a request is the processor
time of the server for one reply; beside it stands the median latency at 16 connections. `--save` writes the figures to
`benchmarks/results/VERSION.json`.
"""

import shutil
import sqlite3
import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from pathlib import Path
from time import perf_counter
from typing import Annotated

import msgspec
import typer

from benchmarks import dataset, servers
from benchmarks.against import CODIMIR
from benchmarks.cases import COOKIE, DEEP_PAGE, Case, creates, searches
from benchmarks.runner import Failed, Turn, load, median_of
from benchmarks.servers import ROOT, Server
from codimir import __version__
from codimir.config import Settings

SIZES = (10_000, 100_000, 1_200_000)
RESULTS = ROOT / "benchmarks" / "results"
DEEP, SHOWN = f"list, page {DEEP_PAGE}", 5
"""So few on a page that the smallest file has that many pages for the member"""
STARTS = 3
MAX_MEMORY_MB = 160
MAX_START = 1.3
"""How much longer the first reply after a start may take with the largest file than with the one before it"""
MAX_COST: Mapping[str, float] = {
    "list, page 1": 1.3, DEEP: 2.0, "list of a project": 1.3, "one ticket": 1.15, "search": 3.0,
    "statistics": 1.5, "board": 1.5, "create": 1.3,
}  # fmt: skip
"""How many times the cost in the smallest file a request may cost in the largest"""


class Figures(msgspec.Struct, frozen=True, rename="camel"):
    """What a case costs in a file."""

    processor_ms: float
    p50_ms: float
    p99_ms: float
    per_second: float


class Growth(msgspec.Struct, frozen=True, rename="camel"):
    """What was measured with files of some sizes."""

    version: str
    sizes: list[int]
    cases: dict[str, list[Figures]]
    """For each size in their order"""
    started_ms: list[float]
    """From the start of the process to its first reply"""
    memory_mb: list[float | None]
    """After all cases (RSS)"""


def main(
    sizes: Annotated[list[int] | None, typer.Option("--tickets", min=200, help="The sizes of the files.")] = None,
    seconds: Annotated[float, typer.Option(min=0.05, help="How long a server is loaded in a turn.")] = 1.0,
    rounds: Annotated[int, typer.Option(min=1, help="How many turns each server has in each case.")] = 5,
    data_dir: Annotated[Path, typer.Option(help="Where the files are kept for the next run.")] = Path("data-bench"),
    *,
    save: Annotated[bool, typer.Option("--save", help="Keep the figures under benchmarks/results.")] = False,
) -> None:
    """Measure how the cost of a request grows with the number of tickets."""
    try:
        growth = measure(data_dir, sizes or SIZES, seconds, rounds, lambda line: typer.echo(line, err=True))
    except Failed as error:
        typer.echo(f"Cannot be measured: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo("\n".join(table(growth)))
    typer.echo("\n".join(verdicts(growth)))
    if save:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{__version__}.json").write_bytes(msgspec.json.format(msgspec.json.encode(growth)) + b"\n")


def measure(folder: Path, sizes: Sequence[int], seconds: float, rounds: int, say: Callable[[str], None]) -> Growth:
    """Load a server for each size in turns. Raises Failed when one of them answers with an error."""
    files = [dataset.prepare(folder, size, say) for size in sizes]
    try:
        say("starts …")
        started = [statistics.median(_ms_to_first_reply(settings) for _ in range(STARTS)) for settings in files]
        with ExitStack() as running:
            pairs = [(running.enter_context(_serve(settings)), settings) for settings in files]
            cases = _measure_cases(pairs, seconds, rounds, say)
            return Growth(__version__, list(sizes), cases, started, [server.memory_mb() for server, _ in pairs])
    finally:
        for settings in files:
            shutil.rmtree(settings.data_dir)


def _measure_cases(
    files: Sequence[tuple[Server, Settings]], seconds: float, rounds: int, say: Callable[[str], None]
) -> dict[str, list[Figures]]:
    by_file = [cases_of(dataset.sample(settings), _key_of_largest(settings)) for _, settings in files]
    measured = {}
    for cases in zip(*by_file, strict=True):
        say(f"{cases[0].name} …")
        turns: list[list[Turn]] = [[] for _ in files]
        for turn in range(rounds):
            for at in sorted(range(len(files)), reverse=bool(turn % 2)):
                turns[at].append(load(cases[at], files[at][0], seconds))
                _wait_until_idle(files[at][0])
        measured[cases[0].name] = [_figures(each) for each in turns]
    return measured


def _wait_until_idle(server: Server) -> None:
    """Wait for the searches that the end of a turn has left behind: those of one person are done in their order."""
    server.ask("GET", "/api/tickets/search?q=idle", COOKIE)


def cases_of(sample: dataset.Sample, key: str) -> list[Case]:
    """Build the cases for the member of a file; the one that writes comes last."""
    of_projects = [f"/api/tickets?project={project}&status=in_progress" for project in sample.project_ids]
    found = [f"/api/tickets/search?q={words}" for words in searches(sample)]
    asked = {
        "list, page 1": ["/api/tickets"],
        DEEP: [f"/api/tickets?page={DEEP_PAGE}&limit={SHOWN}"],
        "list of a project": of_projects,
        "one ticket": [f"/api/tickets/{ticket_id}" for ticket_id in sample.ticket_ids],
        "search": found,
        "statistics": ["/api/tickets/stats"],
        "board": [f"/projects/{key}/board"],
    }
    cases = [Case(name, [("GET", path, None) for path in paths], bytes) for name, paths in asked.items()]
    return [*cases, Case("create", creates(sample), bytes)]


def table(growth: Growth) -> list[str]:
    """Write a line for each case: its cost in each file, and how many times that of the first."""
    names = [f"{size:,}" for size in growth.sizes]
    head = [*(f"{name}: cpu ms" for name in names), "times", *(f"{name}: p50 ms" for name in names)]
    lines = [f"{'':20}" + "".join(f"{name:>20}" for name in head)]
    for name, figures in growth.cases.items():
        costs, times = [each.processor_ms for each in figures], figures[-1].processor_ms / figures[0].processor_ms
        shown = [*(f"{cost:.3f}" for cost in costs), f"{times:.2f}", *(f"{each.p50_ms:.2f}" for each in figures)]
        lines.append(f"{name:20}" + "".join(f"{figure:>20}" for figure in shown))
    return lines


def verdicts(growth: Growth) -> list[str]:
    """Say of every target whether it is met."""
    lines = []
    for name, figures in growth.cases.items():
        times = figures[-1].processor_ms / figures[0].processor_ms
        lines.append(_verdict(f"{name}: {times:.2f} times the cost", MAX_COST[name], times))
    if len(growth.sizes) > 1:
        times = growth.started_ms[-1] / growth.started_ms[-2]
        lines.append(_verdict(f"first reply {growth.started_ms[-1]:.0f} ms, {times:.2f} times", MAX_START, times))
    memory = growth.memory_mb[-1]
    if memory is not None:
        lines.append(_verdict(f"memory: {memory:.0f} MB", MAX_MEMORY_MB, memory))
    return lines


def _verdict(text: str, most: float, measured: float) -> str:
    return f"{'met   ' if measured <= most else 'MISSED'}  {text}, at most {most:g}"


def _figures(turns: Sequence[Turn]) -> Figures:
    result = median_of([turn.result for turn in turns])
    return Figures(
        statistics.median(turn.processor_ms for turn in turns), result.p50_ms, result.p99_ms, result.per_second
    )


def _ms_to_first_reply(settings: Settings) -> float:
    began = perf_counter()
    with _serve(settings) as server:
        server.ask("GET", "/api/tickets", COOKIE)
        return 1000 * (perf_counter() - began)


def _serve(settings: Settings) -> AbstractContextManager[Server]:
    return servers.served(ROOT, CODIMIR, settings)


def _key_of_largest(settings: Settings) -> str:
    with closing(sqlite3.connect(settings.sqlite_path)) as connection:
        [key] = connection.execute("SELECT key FROM projects ORDER BY ticket_counter DESC, id LIMIT 1").fetchone()
    return str(key)


if __name__ == "__main__":
    typer.run(main)
