"""Restore a backup into an empty instance, after every byte of it has been checked."""

import asyncio
import shutil
from pathlib import Path

from codimir.attachments.storage import open_file_store
from codimir.backups import postgres
from codimir.backups.checking import Report, check_backup
from codimir.backups.manifest import (
    DATABASES,
    FILES,
    BackupError,
    Manifest,
    read_checksums,
    read_manifest,
    sync,
)
from codimir.config import Settings
from codimir.database.opening import make_data_dir, refuse_newer
from codimir.http.errors import ApiError

NOT_OURS = {"lost+found"}
"""What an empty volume has in it."""


async def restore_backup(folder: Path, settings: Settings) -> Report:
    """Restore a backup; the database comes last, so what breaks off half-way is no instance. Return what it holds.

    Raises BackupError when it is damaged, of a newer Codimir or of another kind of database, or when there is an
    instance already.
    """
    manifest = read_manifest(folder)
    await _refuse(folder, manifest, settings)
    report = await check_backup(folder)
    if report.problems:
        raise BackupError(f"{folder} is damaged and nothing was restored: {'; '.join(report.problems)}")
    make_data_dir(settings.data_dir)
    database = folder / DATABASES[manifest.database]
    try:
        await _restore_files(folder, settings)
        if settings.database_url:
            await postgres.restore_database(database, settings.database_url)
        else:
            await asyncio.to_thread(_copy_database, database, settings.sqlite_path)
    except (OSError, ApiError) as error:
        reason = error.__cause__ or error
        raise BackupError(f"the restore broke off, empty {settings.data_dir} before the next: {reason}") from error
    return report


async def _refuse(folder: Path, manifest: Manifest, settings: Settings) -> None:
    wanted = "postgresql" if settings.database_url else "sqlite"
    if manifest.database != wanted:
        raise BackupError(f"{folder} is a backup of {manifest.database}, and the settings name {wanted}")
    refuse_newer(manifest.schema)
    if settings.database_url:
        await postgres.refuse_unless_empty(settings.database_url)
    if settings.data_dir.exists() and {path.name for path in settings.data_dir.iterdir()} - NOT_OURS:
        raise BackupError(f"the data folder {settings.data_dir} is not empty; a backup is restored into a new one")


async def _restore_files(folder: Path, settings: Settings) -> None:
    store = open_file_store(settings)
    for name, _ in read_checksums(folder):
        if name.startswith(f"{FILES}/"):
            await store.put_file(name.removeprefix(f"{FILES}/"), folder / name)


def _copy_database(source: Path, target: Path) -> None:
    unfinished = target.with_name(f"{target.name}.unfinished")
    shutil.copyfile(source, unfinished)
    sync(unfinished)
    unfinished.rename(target)
    sync(target.parent)
