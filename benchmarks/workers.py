"""`python -m benchmarks.workers`: what two processes answer in a second beside one, from the same file.

A list of a hundred tickets, which nobody keeps, is dear enough that who asks takes little of the processors. The figure
means something where two of these are free; how busy they were is said beside it.
"""

import os
import shutil
import statistics
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import dataset, servers
from benchmarks.against import CODIMIR
from benchmarks.cases import COOKIE, Case
from benchmarks.runner import load
from benchmarks.servers import ROOT

MIN_TIMES = 1.7
PAGES = range(1, 41)


def main(
    tickets: Annotated[int, typer.Option(min=200, help="How many tickets the file has.")] = 100_000,
    seconds: Annotated[float, typer.Option(min=0.05, help="How long a server is loaded in a turn.")] = 2.0,
    rounds: Annotated[int, typer.Option(min=1, help="How many turns each server has.")] = 5,
    data_dir: Annotated[Path, typer.Option(help="Where the files are kept for the next run.")] = Path("data-bench"),
) -> None:
    """Measure reads with one worker and with two, in turns."""
    settings = dataset.prepare(data_dir, tickets)
    case = Case("lists", [("GET", f"/api/tickets?limit=100&page={page}", None) for page in PAGES], bytes)
    try:
        with (
            servers.served(ROOT, CODIMIR, settings) as one,
            servers.served(ROOT, CODIMIR, settings, workers=2) as two,
        ):
            for server in (one, two):
                server.ask("GET", "/api/tickets", COOKIE)
            ratios = []
            for _ in range(rounds):
                alone, both = (load(case, server, seconds).result.per_second for server in (one, two))
                ratios.append(both / alone)
    finally:
        shutil.rmtree(settings.data_dir)
    times, busy = statistics.median(ratios), os.getloadavg()[0]
    verdict = "met   " if times >= MIN_TIMES else "MISSED"
    typer.echo(
        f"{verdict}  two workers {times:.2f} times one ({min(ratios):.2f} to {max(ratios):.2f}), load {busy:.1f}"
    )


if __name__ == "__main__":
    typer.run(main)
