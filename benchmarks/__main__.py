"""`python -m benchmarks`: what the hot paths do beside a floor that is written by hand."""

import math
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from benchmarks.cases import CONNECTIONS, REPEATED, SESSION, Disagreement
from benchmarks.load import Result
from benchmarks.runner import Failed, Line, Report, compare

MAX_P99_PER_P50 = 3.0
MAX_DEEP_PER_FIRST = 3.0
MAX_MEMORY_MB = 150
MIN_REPEATED_PER_SESSION = 0.7


def main(
    tickets: Annotated[int, typer.Option(min=200, help="How many tickets the file has.")] = 100_000,
    seconds: Annotated[float, typer.Option(min=0.05, help="How long a server is loaded in a turn.")] = 2.0,
    rounds: Annotated[int, typer.Option(min=1, help="How many turns each server has in each case.")] = 3,
    loop: Annotated[Literal["uvloop", "asyncio"], typer.Option(help="The event loop of both servers.")] = "uvloop",
    data_dir: Annotated[Path, typer.Option(help="Where the files are kept for the next run.")] = Path("data-bench"),
) -> None:
    """Measure the hot paths on one worker with SQLite, in turns with a floor that is written by hand."""
    try:
        report = compare(data_dir, tickets, seconds, rounds, loop, lambda line: typer.echo(line, err=True))
    except (Disagreement, Failed) as error:
        typer.echo(f"Cannot be compared: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{tickets:,} tickets, one worker on {loop}, {CONNECTIONS} connections, Python {sys.version.split()[0]}")
    typer.echo("\n".join(table(report)))
    typer.echo("\n".join(verdicts(report)))


def table(report: Report) -> list[str]:
    """Write a line for each case."""
    head = ("", "ours/s", "p50 ms", "p99 ms", "p99/p50", "floor/s", "p50 ms", "p99 ms", "ours/floor")
    head += ("cpu ms", "floor's", "floor/ours")
    lines = [f"{head[0]:38}" + "".join(f"{name:>10}" for name in head[1:])]
    for line in report.lines:
        ours, floor = line.ours, line.floor
        figures = (
            f"{ours.per_second:,.0f}", f"{ours.p50_ms:.2f}", f"{ours.p99_ms:.2f}", f"{_tail(line):.1f}",
            f"{floor.per_second:,.0f}", f"{floor.p50_ms:.2f}", f"{floor.p99_ms:.2f}", f"{line.ratio:.2f}",
            f"{line.ours_processor_ms:.3f}", f"{line.floor_processor_ms:.3f}", f"{line.processor_ratio:.2f}",
        )  # fmt: skip
        lines.append(f"{line.case.name:38}" + "".join(f"{figure:>10}" for figure in figures))
    return lines


def verdicts(report: Report) -> list[str]:
    """Say of every target whether it is met."""
    lines = [
        _verdict(
            f"{line.case.name}: {line.ratio:.2f} of the floor, {line.processor_ratio:.2f} by processor time",
            line.case.target,
            met=line.ratio >= line.case.target,
        )
        for line in report.lines
        if line.case.target is not None
    ]
    worst = max((line for line in report.lines if line.case.max_tail is None), key=_tail)
    tail = f"p99 / p50 of reads: at most {_tail(worst):.1f} ({worst.case.name})"
    lines.append(_verdict(tail, MAX_P99_PER_P50, met=_tail(worst) <= MAX_P99_PER_P50))
    lines += [
        _verdict(
            f"p99 / p50 of {line.case.name}: {_tail(line):.1f}, of the floor {_tail_of(line.floor):.1f}",
            line.case.max_tail,
            met=_tail(line) <= line.case.max_tail,
        )
        for line in report.lines
        if line.case.max_tail is not None
    ]
    first, deep = (line.ours.p50_ms for line in report.lines if line.case.page is not None)
    lines.append(
        _verdict(
            f"deep page / first page: {deep / first:.1f}", MAX_DEEP_PER_FIRST, met=deep <= first * MAX_DEEP_PER_FIRST
        )
    )
    rates = {line.case.name: line.ours.per_second for line in report.lines}
    repeated = rates[REPEATED] / rates[SESSION]
    text = f"a list that was kept / a fixed reply with the session looked up: {repeated:.2f}"
    lines.append(_verdict(text, MIN_REPEATED_PER_SESSION, met=repeated >= MIN_REPEATED_PER_SESSION))
    if report.memory_mb is not None:
        memory = report.memory_mb
        lines.append(_verdict(f"memory of our server: {memory:.0f} MB", MAX_MEMORY_MB, met=memory < MAX_MEMORY_MB))
    return lines


def _verdict(text: str, target: float, *, met: bool) -> str:
    return f"{'met   ' if met else 'MISSED'}  {text}, target {target:g}"


def _tail(line: Line) -> float:
    return _tail_of(line.ours)


def _tail_of(result: Result) -> float:
    return result.p99_ms / result.p50_ms if result.p50_ms else math.nan


if __name__ == "__main__":
    typer.run(main)
