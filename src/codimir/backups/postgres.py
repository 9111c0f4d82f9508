"""A PostgreSQL database, dumped by PostgreSQL's own tools, and looked through in the snapshot that they see."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg

from codimir.backups.contents import Contents, StoredFile, file_of_picture
from codimir.backups.manifest import BackupError

CONNECT_TIMEOUT_SECONDS = 20
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
_ATTACHMENTS = "SELECT storage_key, size FROM attachments ORDER BY storage_key"
_PICTURES = "SELECT DISTINCT image FROM users WHERE image IS NOT NULL ORDER BY image"


async def copy_database(url: str, target: Path) -> Contents:
    """Dump a database as it is at this moment, and return what the dump holds.

    Raises BackupError without `pg_dump`, or one that is older than the server.
    """
    async with _connected(url) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
        await _run("pg_dump", url, "--format=custom", f"--snapshot={snapshot}", f"--file={target}", *_OWNERLESS)
        return await _contents(connection)


async def contents_of(url: str) -> Contents:
    """Count the rows of a database and name its files, as they are at one moment."""
    async with _connected(url) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        return await _contents(connection)


async def refuse_unless_empty(url: str) -> None:
    """Raise BackupError when there are tables in a database, or nothing to restore it with."""
    _refuse_without("pg_restore")
    async with _connected(url) as connection:
        if await connection.fetch(_TABLES):
            raise BackupError("the database is not empty; make a new one with createdb and name that")


async def restore_database(dump: Path, url: str) -> None:
    """Restore a dump into an empty database, all of it or nothing."""
    await _run("pg_restore", url, "--exit-on-error", "--single-transaction", *_OWNERLESS, str(dump))


_OWNERLESS = ("--no-owner", "--no-privileges")


async def _contents(connection: Any) -> Contents:
    tables = [row[0] for row in await connection.fetch(_TABLES)]
    if "alembic_version" not in tables:
        raise BackupError("this is no database of Codimir")
    schema = await connection.fetchval("SELECT version_num FROM alembic_version")
    rows = {name: await connection.fetchval(f'SELECT count(*) FROM "{name}"') for name in tables}
    attached = [StoredFile(row[0], row[1]) for row in await connection.fetch(_ATTACHMENTS)]
    pictures = {file for row in await connection.fetch(_PICTURES) if (file := file_of_picture(row[0]))}
    return Contents(schema, rows, [*attached, *sorted(pictures)])


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Any]:
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_TIMEOUT_SECONDS)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise BackupError(f"PostgreSQL cannot be reached: {error or 'no answer in time'}") from error
    try:
        yield connection
    except asyncpg.PostgresError as error:
        raise BackupError(f"PostgreSQL: {error}") from error
    finally:
        await connection.close()


async def _run(tool: str, url: str, *arguments: str) -> None:
    """Run a tool of PostgreSQL on a database; its password is not among the arguments, which everybody can read."""
    _refuse_without(tool)
    parts = urlsplit(url)
    password = parts.password
    address = url.replace(f":{password}@", "@", 1) if password else url
    environment = {**os.environ, **({"PGPASSWORD": unquote(password)} if password else {})}
    process = await asyncio.create_subprocess_exec(
        tool, f"--dbname={address}", *arguments, env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, complaint = await process.communicate()
    if process.returncode:
        raise BackupError(complaint.decode(errors="replace").strip() or f"{tool} was stopped")


def _refuse_without(tool: str) -> None:
    if shutil.which(tool) is None:
        raise BackupError(
            f"{tool} is not on the PATH: install the PostgreSQL client of the server's version, or back up the "
            "database with pg_dump elsewhere and then copy the files"
        )
