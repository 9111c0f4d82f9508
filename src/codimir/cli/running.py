"""What every command shares: its settings, its work in the database, and how it says what is wrong."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from codimir.accounts.openid.claims import group_roles_of
from codimir.authentication.link_addresses import USUAL_ORIGIN, origin_of
from codimir.config import Settings, settings_from
from codimir.database.core import Unit
from codimir.database.opening import migrate, open_database

T = TypeVar("T")

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", envvar="CODIMIR_DATA_DIR", help="Where everything lives; ./data unless it is given."),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        envvar="CODIMIR_DATABASE_URL",
        help="A postgresql:// address; SQLite in the data folder without.",
    ),
]


ADDRESS_FILE = "served-at"
"""In the data folder: the address at which the server answered last, for the links that commands print."""


def settings_of(data_dir: Path | None, database_url: str | None) -> Settings:
    """Put what the command line says over the variables of the environment.

    Raises SettingsError for a value that cannot be used.
    """
    given = {"CODIMIR_DATA_DIR": str(data_dir) if data_dir else "", "CODIMIR_DATABASE_URL": database_url or ""}
    settings = settings_from({**os.environ, **{name: value for name, value in given.items() if value}})
    group_roles_of(settings.oidc_group_roles)
    return settings


def in_database(settings: Settings, unit: Unit[T]) -> T:
    """Run one unit of work in the database, brought to the newest schema, beside a server that may be running."""

    async def work() -> T:
        await migrate(settings, say_on_stderr)
        db = await open_database(settings)
        try:
            return await db.write(unit)
        finally:
            await db.close()

    return asyncio.run(work())


def say_on_stderr(line: str) -> None:
    """Print a line of progress beside what a command prints."""
    typer.echo(line, err=True)


def remember_address(settings: Settings, address: str) -> None:
    """Keep the address at which this instance is served, where the data folder can be written."""
    with suppress(OSError):
        (settings.data_dir / ADDRESS_FILE).write_text(address)


def served_at(settings: Settings) -> str:
    """Return the origin of links: that of the settings, else where the server answered last, else the usual one."""
    if settings.base_url is not None:
        return origin_of(settings.base_url)
    try:
        return (settings.data_dir / ADDRESS_FILE).read_text()
    except OSError:
        return USUAL_ORIGIN
