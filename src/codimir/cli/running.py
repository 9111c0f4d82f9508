"""What every command shares: its settings, its work in the database, and how it says what is wrong."""

import asyncio
import os
from pathlib import Path
from typing import Annotated, TypeVar

import typer

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


class Refused(Exception):
    """A command cannot do what it was asked; the message says why in one line."""


def settings_of(data_dir: Path | None, database_url: str | None) -> Settings:
    """Put what the command line says over the variables of the environment.

    Raises SettingsError for a value that cannot be used.
    """
    given = {"CODIMIR_DATA_DIR": str(data_dir) if data_dir else "", "CODIMIR_DATABASE_URL": database_url or ""}
    return settings_from({**os.environ, **{name: value for name, value in given.items() if value}})


def in_database(settings: Settings, unit: Unit[T]) -> T:
    """Run one unit of work in the database, brought to the newest schema, beside a server that may be running."""

    async def work() -> T:
        await migrate(settings)
        db = await open_database(settings)
        try:
            return await db.write(unit)
        finally:
            await db.close()

    return asyncio.run(work())
