"""Commands about backups: `codimir backup`, `codimir check`, `codimir restore`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from codimir.backups.checking import Report, check_backup, check_instance
from codimir.backups.last import note_backup
from codimir.backups.making import make_backup
from codimir.backups.restoring import restore_backup
from codimir.cli.refusals import Refused
from codimir.cli.running import DatabaseUrl, DataDir, in_database, settings_of
from codimir.tickets.counters import recount

DAMAGED = 1
"""The exit code when something is damaged or missing; what cannot be done at all ends with 2."""


def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder, or an empty one.", show_default=False)],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Back up the database and the files, while the server goes on.

    Everything that was acknowledged before is in it. The folder appears when it is complete.
    """
    settings = settings_of(data_dir, database_url)
    manifest = asyncio.run(make_backup(settings, folder))
    note_backup(settings, folder, manifest)
    typer.echo(
        f"Backed up {manifest.rows.get('tickets', 0):,} tickets and {manifest.files:,} files "
        f"({manifest.bytes:,} bytes) to {folder}. Check it with: codimir check {folder}"
    )
    _say(Report([], [f"the file store has lost {key}" for key in manifest.incomplete], []))
    if manifest.incomplete:
        raise typer.Exit(DAMAGED)


def check(
    folder: Annotated[
        Path | None, typer.Argument(help="A backup; the instance itself without.", show_default=False)
    ] = None,
    repair_counters: Annotated[  # noqa: FBT002
        bool, typer.Option("--repair-counters", help="Count all tickets of the instance anew before.")
    ] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Check that a backup, or the instance, is whole.

    The exit code is 1 when something is damaged or missing.
    """
    if repair_counters and folder is not None:
        raise Refused("a backup is never changed: restore it, then run --repair-counters on the instance")
    settings = settings_of(data_dir, database_url)
    if repair_counters:
        in_database(settings, recount)
        typer.echo("Counted all tickets anew.")
    report = asyncio.run(check_instance(settings) if folder is None else check_backup(folder))
    _say(report)
    typer.echo("damaged" if report.problems else "ok")
    if report.problems:
        raise typer.Exit(DAMAGED)


def restore(
    folder: Annotated[Path, typer.Argument(help="The backup.", show_default=False)],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Restore a backup into an empty data folder, and on PostgreSQL into an empty database.

    Nothing is restored from a backup that is damaged.
    """
    settings = settings_of(data_dir, database_url)
    _say(asyncio.run(restore_backup(folder, settings)))
    typer.echo(f"Restored to {(settings.database_url and 'PostgreSQL') or settings.data_dir}.")


def _say(report: Report) -> None:
    for fact in report.facts:
        typer.echo(fact)
    for trouble in (*report.warnings, *report.problems):
        typer.echo(f"codimir: {trouble}", err=True)
