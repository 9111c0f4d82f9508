"""Check an instance, or a backup: what is damaged, missing or left over."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from codimir.attachments.storage import StoredObject, open_file_store
from codimir.backups import postgres, sqlite
from codimir.backups.contents import Contents, StoredFile
from codimir.backups.manifest import (
    CHECKSUMS,
    DATABASES,
    FILES,
    MANIFEST,
    BackupError,
    Manifest,
    read_checksums,
    read_manifest,
    sha256_of,
)
from codimir.config import Settings
from codimir.database.opening import newest_revision, open_database
from codimir.http.errors import ApiError
from codimir.kit.clock import utc_now
from codimir.tickets.counters import find_wrong_counters

UNFINISHED_FOR = timedelta(days=1)
"""So long a file may be without a row: it is being uploaded. After that the server sweeps it away."""
MAX_NAMED = 50


class Report(NamedTuple):
    """What a check found, each in a line."""

    facts: list[str]
    warnings: list[str]
    """What cannot be mended by another backup or a restore."""
    problems: list[str]


async def check_instance(settings: Settings) -> Report:
    """Check the database and the files of an instance, beside a server that may be running.

    Raises BackupError when there is none.
    """
    contents = await _contents_of(settings)
    problems = [] if settings.database_url else await asyncio.to_thread(sqlite.problems_of, settings.sqlite_path)
    if not problems:  # what cannot be read cannot be counted either
        problems = await _wrong_counters(settings, contents.schema)
    stored = await _stored(settings)
    lost = [file for file in contents.files if not _is_whole(file, stored)]
    if lost:  # perhaps taken out of the trash for good since the database was read
        named = {file.key for file in (await _contents_of(settings)).files}
        lost = [file for file in lost if file.key in named]
    problems += [f"{file.key} is missing from the file store, or not whole" for file in lost]
    left = set(stored) - {file.key for file in contents.files}
    old = [stored[key] for key in left if stored[key].modified_at < utc_now() - UNFINISHED_FOR]
    facts = [*_facts(contents), f"{len(old):,} files without a row, {sum(file.size for file in old):,} bytes"]
    return Report(facts, [], _shortened(problems))


async def _wrong_counters(settings: Settings, schema: str) -> list[str]:
    """Name the counters of tickets that are wrong, in a database of this version."""
    if schema != newest_revision():
        return []
    db = await open_database(settings)
    try:
        return [f"{problem} (mend it with --repair-counters)" for problem in await db.read(find_wrong_counters)]
    finally:
        await db.close()


async def _stored(settings: Settings) -> dict[str, StoredObject]:
    try:
        return {file.key: file async for file in open_file_store(settings).list()}
    except ApiError as error:
        raise BackupError(f"the file store cannot be read: {error.__cause__ or error}") from error


def _is_whole(file: StoredFile, stored: dict[str, StoredObject]) -> bool:
    found = stored.get(file.key)
    return file.size is None or (found is not None and found.size == file.size)


async def check_backup(folder: Path) -> Report:
    """Check that a backup is whole, byte by byte, and that it could be restored.

    Raises BackupError when it is no backup.
    """
    manifest = read_manifest(folder)
    return await asyncio.to_thread(_check_backup, folder, manifest)


def _check_backup(folder: Path, manifest: Manifest) -> Report:
    problems = []
    if sha256_of(folder / CHECKSUMS) != manifest.checksums:
        problems.append(f"{CHECKSUMS} is not the one of this backup")
    checksums = dict(read_checksums(folder))
    problems += [problem for name, digest in checksums.items() if (problem := _problem_of(folder / name, name, digest))]
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    problems += [f"{name} does not belong to the backup" for name in sorted(there - {*checksums, CHECKSUMS, MANIFEST})]
    database = DATABASES[manifest.database]
    if database not in checksums:
        problems.append(f"there is no {database}")
    elif manifest.database == "sqlite" and not problems:
        problems += _problems_of_database(folder / database, manifest, checksums)
    warnings = [f"{key} was lost before the backup was made" for key in manifest.incomplete]
    return Report(_facts_of(manifest), _shortened(warnings), _shortened(problems))


def _problem_of(path: Path, name: str, digest: str) -> str | None:
    try:
        return None if sha256_of(path) == digest else f"{name} is damaged: its checksum is another one"
    except OSError as error:
        return f"{name} cannot be read: {error.strerror}"


def _problems_of_database(path: Path, manifest: Manifest, checksums: Iterable[str]) -> list[str]:
    """Check a copy without a write to it: not even a log beside it may appear in a backup."""
    contents = sqlite.contents_of(path, is_fixed=True)
    excused = {*manifest.incomplete, *manifest.gone}
    lost = [file.key for file in contents.files if file.size is not None and f"{FILES}/{file.key}" not in checksums]
    counted = {name: count for name, count in contents.rows.items() if manifest.rows.get(name) != count}
    return [
        *sqlite.problems_of(path, is_fixed=True),
        *(f"{name} has {count:,} rows in place of {manifest.rows.get(name):,}" for name, count in counted.items()),
        *(f"{key} is missing" for key in lost if key not in excused),
    ]


async def _contents_of(settings: Settings) -> Contents:
    if settings.database_url:
        return await postgres.contents_of(settings.database_url)
    if not settings.sqlite_path.exists():
        raise BackupError(f"there is no database at {settings.sqlite_path}")
    return await asyncio.to_thread(sqlite.contents_of, settings.sqlite_path)


def _facts(contents: Contents) -> list[str]:
    rows = contents.rows
    return [
        f"schema {contents.schema}",
        ", ".join(f"{rows.get(name, 0):,} {name}" for name in ("users", "projects", "tickets", "comments")),
        f"{len(contents.files):,} files named by rows",
    ]


def _facts_of(manifest: Manifest) -> list[str]:
    contents = Contents(manifest.schema, manifest.rows, [])
    return [
        f"of {manifest.started_at:%Y-%m-%d %H:%M:%S} UTC, by Codimir {manifest.version}, {manifest.database}",
        *_facts(contents)[:2],
        f"{manifest.files:,} files, {manifest.bytes:,} bytes",
    ]


def _shortened(problems: list[str]) -> list[str]:
    more = len(problems) - MAX_NAMED
    return [*problems[:MAX_NAMED], f"and {more:,} more"] if more > 0 else problems
