"""Open the database that the settings name, brought to the newest schema.

Alembic and SQLAlchemy's engines take a fifth of the memory of a server and half a second of its start, so they run in a
process of their own, and only where there is something to migrate.
"""

import asyncio
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from codimir.config import Settings, variables_of
from codimir.database.core import Database, DatabaseError
from codimir.database.sqlite import SqliteDatabase
from codimir.database.sqlite_transactions import BUSY_TIMEOUT_SECONDS
from codimir.kit.clock import Clock, utc_now
from codimir.kit.lazy import lazy_module
from codimir.kit.libraries import asyncpg

if TYPE_CHECKING:
    from codimir.database import postgres
else:
    postgres = lazy_module("codimir.database.postgres")

VERSIONS = Path(__file__).parent / "migrations" / "versions"
REVISION = "SELECT version_num FROM alembic_version"
CONNECT_TIMEOUT_SECONDS = 20
PRIVATE = 0o700
MIGRATING = ("-m", "codimir.database.migrating")


async def migrate(settings: Settings, say: Callable[[str], None] = lambda _: None) -> None:
    """Make the data folder where it is missing, and bring the database to the newest schema.

    `say` is given a line every few seconds. Whoever is cancelled leaves the database as it was.

    Raises DatabaseError when it cannot be done.
    """
    make_data_dir(settings.data_dir)
    revision = await _revision(settings)
    if revision == newest_revision():
        return
    refuse_newer(revision)
    process = await asyncio.create_subprocess_exec(
        sys.executable, *MIGRATING, env={**os.environ, **variables_of(settings)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None  # noqa: S101, PT018 - they are pipes
    try:
        complaint, _ = await asyncio.gather(process.stderr.read(), _pass_on(process.stdout, say))
        await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    if process.returncode:
        reason = (complaint.decode(errors="replace").strip() or "it was stopped").splitlines()[-1]
        raise DatabaseError(f"the database could not be brought to the newest schema: {reason}")


async def _pass_on(lines: asyncio.StreamReader, say: Callable[[str], None]) -> None:
    async for line in lines:
        say(line.decode(errors="replace").rstrip())


async def open_database(settings: Settings, clock: Clock = utc_now) -> Database:
    """Open the database; `migrate` has been run before."""
    if settings.database_url:
        return await postgres.connect(settings.database_url, clock, settings.read_timeout_seconds)
    return SqliteDatabase(settings.sqlite_path, clock, read_timeout=settings.read_timeout_seconds)


def newest_revision() -> str:
    """Name the newest migration; its file is named after it."""
    return max(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*.py"))


def refuse_newer(revision: str | None) -> None:
    """Raise DatabaseError for a schema that this version does not know: a newer one has made it."""
    newest = newest_revision()
    if revision is not None and revision > newest:
        raise DatabaseError(
            f"the database was made by a newer Codimir (schema {revision}; this one knows up to {newest}): "
            "install that version, or restore a backup that was made before"
        )


def make_data_dir(folder: Path) -> None:
    """Make the data folder where it is missing.

    Raises DatabaseError when it cannot be made or written to.
    """
    try:
        folder.mkdir(PRIVATE, parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(f"the data folder {folder} cannot be made: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise DatabaseError(f"the data folder {folder} cannot be written to")


async def _revision(settings: Settings) -> str | None:
    if settings.database_url:
        return await _revision_of_server(settings.database_url)
    return _revision_of_file(settings.sqlite_path) if settings.sqlite_path.exists() else None


def _revision_of_file(path: Path) -> str | None:
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS)) as connection:
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
            found = connection.execute(REVISION).fetchone() if known else None
    except sqlite3.Error as error:
        raise DatabaseError(f"{path} cannot be read: {error}") from error
    return found[0] if found else None


async def _revision_of_server(url: str) -> str | None:
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_TIMEOUT_SECONDS)
    except (*postgres.UNREACHABLE, asyncpg.PostgresError, ValueError) as error:
        raise DatabaseError(f"PostgreSQL cannot be reached: {error or 'no answer in time'}") from error
    try:
        known = await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL")
        found: str | None = await connection.fetchval(REVISION) if known else None
    finally:
        await connection.close()
    return found
