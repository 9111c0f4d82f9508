"""`codimir demo`: fill an instance with a believable workspace to look at."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from codimir.authentication.link_addresses import sign_in_url
from codimir.cli.output import same_command
from codimir.cli.running import DatabaseUrl, DataDir, say_on_stderr, served_at, settings_of
from codimir.config import Settings
from codimir.database.opening import migrate, open_database
from codimir.demo.company import DEMO_EMAIL, Plan, Visibility
from codimir.demo.entering import admit_administrators, make_owner_link, usual_end
from codimir.demo.loading import DemoExists, load_demo

MAX_PEOPLE, MAX_PROJECTS = 5_000, 500
EARLIEST_YEAR = 1980
"""Ids count milliseconds since 1970, and the story is told for longer than a year."""


def _late_enough(moment: datetime | None) -> datetime | None:
    if moment is not None and moment.year < EARLIEST_YEAR:
        raise typer.BadParameter(f"the story cannot end before {EARLIEST_YEAR}")
    return moment


def demo(
    tickets: Annotated[int, typer.Option(min=1, help="How many tickets.")] = 1_000,
    projects: Annotated[int, typer.Option(min=1, max=MAX_PROJECTS, help="How many projects.")] = 20,
    people: Annotated[int, typer.Option(min=1, max=MAX_PEOPLE, help="How many people.")] = 200,
    visibility: Annotated[Visibility, typer.Option(help="Who sees the projects; mixed: half are private.")] = "mixed",
    ends: Annotated[
        datetime | None,
        typer.Option(
            help="When its story ends, in UTC; the same moment makes the same rows.",
            show_default="an hour ago",
            callback=_late_enough,
        ),
    ] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make a workspace to look at, with people, projects and tickets.

    The server may go on serving meanwhile.
    """
    plan = Plan(tickets, projects, people, visibility, ends=ends.replace(tzinfo=UTC) if ends else usual_end())
    settings = settings_of(data_dir, database_url)
    try:
        token = asyncio.run(_load(settings, plan))
    except DemoExists as error:
        typer.echo(f"codimir: the demo cannot be loaded here: {error}", err=True)
        raise typer.Exit(2) from None
    session = same_command(f"session {DEMO_EMAIL}", data_dir, database_url)
    typer.echo(
        f"Made the workspace Demo with {tickets:,} tickets. While the server runs, open this link to look at it as its"
        f" owner:\n\n  {sign_in_url(served_at(settings), token)}\n\n"
        f"It is good once, for an hour. Programs get a session with: {session}"
    )


async def _load(settings: Settings, plan: Plan) -> str:
    """Load the demo and return the token of a link that signs in as its owner."""
    await migrate(settings, say_on_stderr)
    db = await open_database(settings)
    bar = _bar()
    task = bar.add_task("Tickets", total=plan.tickets)

    def advance(written: int) -> None:
        bar.start()
        bar.advance(task, written)

    try:
        await load_demo(db, plan, advance)
        await db.write(admit_administrators)
        return await db.write(make_owner_link)
    finally:
        if bar.live.is_started:
            bar.stop()
        await db.close()


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True))
