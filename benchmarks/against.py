"""`python -m benchmarks.against REV`: what the hot paths do beside an earlier build, on the same data, in one run.

Both builds are served by their own `codimir serve`, each on its own copy of one file that the earlier build made, so
that both can open it. The earlier build lives in a worktree with an environment of its own, which are made once.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from benchmarks import dataset, servers
from benchmarks.cases import CONNECTIONS, LISTED, Case, Disagreement, check, creates, ids_in, numbers_in, searches
from benchmarks.runner import Failed, Line, measure
from benchmarks.servers import ROOT, Server
from codimir.config import Settings

STDERR = 2
"""What the other build says on its way goes there; standard output is for the result."""
PAGES, LIMITS = range(1, 41), range(20, 25)
PREPARE = """
import pathlib, shutil, sys
from benchmarks import dataset
copy = dataset.prepare(pathlib.Path(sys.argv[1]), {count})
shutil.rmtree(copy.data_dir)
"""
CODIMIR = Path(sys.executable).with_name("codimir")


class EarlierBuild:
    """Another revision, set up in a worktree."""

    def __init__(self, folder: Path, revision: str) -> None:
        self.commit = _git("rev-parse", "--verify", f"{revision}^{{commit}}")
        self.folder = (folder / f"against-{self.commit[:12]}").resolve()
        self.tree = self.folder / "tree"
        self.codimir = self.tree / ".venv" / "bin" / "codimir"

    def set_up(self) -> None:
        """Check it out and install what it needs, unless that was done before."""
        if not self.tree.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            _git("worktree", "prune")
            _git("worktree", "add", "--detach", "--quiet", str(self.tree), self.commit)
        subprocess.run(["make", "setup"], cwd=self.tree, check=True, stdout=STDERR)  # noqa: S607

    def copy_of_file(self, count: int) -> Settings:
        """Return a fresh copy of its file with so many tickets; the file is made when it is not there yet."""
        if not (self.folder / f"tickets-{count}").exists():
            code = PREPARE.format(count=count)
            python = self.codimir.with_name("python")
            environment = {**os.environ, "PYTHONPATH": str(self.tree / "src")}
            command = [str(python), "-c", code, str(self.folder)]
            subprocess.run(command, cwd=self.tree, env=environment, check=True, stdout=STDERR)  # noqa: S603
        copy = Settings(data_dir=Path(tempfile.mkdtemp(prefix="run-", dir=self.folder)))
        shutil.copy(self.folder / f"tickets-{count}" / "codimir.db", copy.sqlite_path)
        return copy


def main(
    revision: Annotated[str, typer.Argument(help="The earlier build: a commit, a tag or a branch.")],
    tickets: Annotated[int, typer.Option(min=200, help="How many tickets the file has.")] = 100_000,
    seconds: Annotated[float, typer.Option(min=0.05, help="How long a server is loaded in a turn.")] = 2.0,
    rounds: Annotated[int, typer.Option(min=1, help="How many turns each server has in each case.")] = 5,
    json: Annotated[bool, typer.Option("--json", help="Print the ratios as JSON.")] = False,  # noqa: FBT002
    data_dir: Annotated[Path, typer.Option(help="Where builds and files are kept for the next run.")] = Path(
        "data-bench"
    ),
) -> None:
    """Measure this build and an earlier one in turns, one worker each, with SQLite."""
    try:
        build = EarlierBuild(data_dir, revision)
        build.set_up()
        lines = compare(build, tickets, seconds, rounds, lambda line: typer.echo(line, err=True))
    except (Disagreement, Failed, subprocess.CalledProcessError) as error:
        typer.echo(f"Cannot be compared: {error}", err=True)
        raise typer.Exit(1) from None
    if json:
        typer.echo(msgspec.json.format(msgspec.json.encode(as_json(build.commit, tickets, lines))).decode())
    else:
        typer.echo(f"{tickets:,} tickets, {CONNECTIONS} connections, beside {build.commit[:12]}")
        typer.echo("\n".join(table(lines)))


def compare(
    build: EarlierBuild, tickets: int, seconds: float, rounds: int, say: Callable[[str], None]
) -> dict[str, Line]:
    """Measure every case on both builds in turns.

    Raises Disagreement when they find different tickets, and Failed when one of them fails.
    """
    theirs, ours = build.copy_of_file(tickets), build.copy_of_file(tickets)
    try:
        with (
            servers.served(ROOT, CODIMIR, ours) as new,
            servers.served(ROOT, CODIMIR, ours, keeps_replies=True) as keeping,
            servers.served(build.tree, build.codimir, theirs) as old,
        ):
            _wait_for_jobs(new, ours)
            lines = {}
            for case in cases_of(dataset.sample(ours)):
                say(f"{case.name} …")
                mine = keeping if case.is_repeated else new
                check(case, mine, old)
                lines[case.name] = measure(case, mine, old, seconds, rounds)
            return lines
    finally:
        for settings in (ours, theirs):
            shutil.rmtree(settings.data_dir)


def cases_of(sample: dataset.Sample) -> list[Case]:
    """Build the cases for the member of the file; those that write come last."""
    all_pages = [f"/api/tickets?page={page}&limit={limit}" for page in PAGES for limit in LIMITS]
    of_projects = [
        f"/api/tickets?project={project}&status={status}" for project in sample.project_ids for status in LISTED
    ]
    one_by_one = [f"/api/tickets/{ticket_id}" for ticket_id in sample.ticket_ids]
    again = _gets(["/api/tickets"])
    found = [f"/api/tickets/search?q={words}" for words in searches(sample)]
    return [
        Case("list of all", _gets(all_pages), ids_in),
        Case("list of a project", _gets(of_projects), ids_in),
        Case("repeated list", _gets(["/api/tickets"]), ids_in, is_repeated=True),
        Case("one ticket", _gets(one_by_one), _title),
        Case("search", _gets(found), _answered),
        Case("statistics", _gets(["/api/tickets/stats"]), numbers_in, patience=2),
        Case("create", creates(sample), _answered),
        Case("repeated list, a write a second", again, _answered, is_repeated=True, beside=creates(sample)),
    ]


def table(lines: dict[str, Line]) -> list[str]:
    """Write a line for each case."""
    head = ("ours/s", "theirs/s", "ours/theirs", "least", "most", "by cpu time")
    rows = [f"{'':32}" + "".join(f"{name:>13}" for name in head)]
    for name, line in lines.items():
        figures = (
            f"{line.ours.per_second:,.0f}", f"{line.floor.per_second:,.0f}", f"{line.ratio:.3f}",
            f"{min(line.ratios):.3f}", f"{max(line.ratios):.3f}", f"{line.processor_ratio:.3f}",
        )  # fmt: skip
        rows.append(f"{name:32}" + "".join(f"{figure:>13}" for figure in figures))
    return rows


def as_json(commit: str, tickets: int, lines: dict[str, Line]) -> dict[str, Any]:
    """Return what was measured: for each case ours ÷ theirs by requests per second, its spread, and by CPU time."""
    return {
        "against": commit,
        "tickets": tickets,
        "cases": {name: round(line.ratio, 4) for name, line in lines.items()},
        "spread": {name: [round(min(line.ratios), 4), round(max(line.ratios), 4)] for name, line in lines.items()},
        "processor": {name: round(line.processor_ratio, 4) for name, line in lines.items()},
    }


def _wait_for_jobs(server: Server, settings: Settings) -> None:
    """Wait until this build has migrated its file, and done in the background what it does once with an earlier one."""
    server.ask("GET", "/healthz", "")
    with closing(sqlite3.connect(settings.sqlite_path)) as connection:
        while connection.execute("SELECT count(*) FROM background_jobs").fetchone() != (0,):
            time.sleep(1)


def _gets(paths: list[str]) -> list[tuple[str, str, None]]:
    return [("GET", path, None) for path in paths]


def _title(reply: bytes) -> Any:
    return msgspec.json.decode(reply)["data"]["title"]


def _answered(reply: bytes) -> Any:
    return "data" in msgspec.json.decode(reply)


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603, S607
    return done.stdout.strip()


if __name__ == "__main__":
    typer.run(main)
