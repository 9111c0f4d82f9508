"""Make a backup while the server runs: first the database as it is at one moment, then the files that it names."""

import asyncio
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from obstore.exceptions import BaseError

from codimir import __version__
from codimir.attachments.storage import FileStore, open_file_store
from codimir.backups import postgres, sqlite
from codimir.backups.contents import Contents
from codimir.backups.manifest import (
    DATABASES,
    FILES,
    FORMAT,
    BackupError,
    Manifest,
    sha256_of,
    sync,
    write_checksums,
    write_manifest,
)
from codimir.config import Settings
from codimir.http.errors import ApiError, NotFound
from codimir.kit.clock import utc_now

PRIVATE = 0o700


async def make_backup(settings: Settings, folder: Path) -> Manifest:
    """Back up the instance into a new or empty folder, which is whole as soon as it is there under its name.

    What was acknowledged before the call is in it. Raises BackupError, and leaves nothing behind, when it cannot be
    made.
    """
    started_at = utc_now()
    with _unfinished(folder) as unfinished:
        contents = await copy_database(settings, unfinished)
        copied = await _copy_files(settings, contents, unfinished)
        gone = await _gone(settings, copied.incomplete)
        name = DATABASES[_kind(settings)]
        checksums = {**copied.checksums, name: await asyncio.to_thread(sha256_of, unfinished / name)}
        manifest = Manifest(
            format=FORMAT, version=__version__, database=_kind(settings), schema=contents.schema,
            started_at=started_at, finished_at=utc_now(), rows=contents.rows, files=len(copied.checksums),
            bytes=copied.bytes, incomplete=sorted(set(copied.incomplete) - set(gone)), gone=gone,
            checksums=write_checksums(unfinished, sorted(checksums.items())),
        )  # fmt: skip
        write_manifest(unfinished, manifest)
        await asyncio.to_thread(_sync_all, unfinished)
    return manifest


def _kind(settings: Settings) -> Literal["sqlite", "postgresql"]:
    return "postgresql" if settings.database_url else "sqlite"


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """Give a folder beside the wanted one, and its name to it at the end; nothing of it stays when that fails."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise BackupError(f"{folder} exists and is not an empty folder; name a new one for each backup")
    unfinished = folder.with_name(f".{folder.name}.unfinished-{secrets.token_hex(4)}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished.mkdir(PRIVATE)
        yield unfinished
        if folder.exists():
            folder.rmdir()
        unfinished.rename(folder)
        sync(folder.parent)
    except OSError as error:
        raise BackupError(f"{folder} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


async def copy_database(settings: Settings, folder: Path) -> Contents:
    """Copy the database into a folder, and return what is in it."""
    target = folder / DATABASES[_kind(settings)]
    if settings.database_url:
        return await postgres.copy_database(settings.database_url, target)
    await asyncio.to_thread(sqlite.copy_database, settings.sqlite_path, target)
    return await asyncio.to_thread(sqlite.contents_of, target)


class _Copied(NamedTuple):
    """Files that were copied: the checksum of each by its path, how long they are together, and what is not whole."""

    checksums: dict[str, str]
    bytes: int
    incomplete: list[str]


async def _copy_files(settings: Settings, contents: Contents, folder: Path) -> _Copied:
    store = open_file_store(settings)
    checksums: dict[str, str] = {}
    incomplete: list[str] = []
    total = 0
    for file in contents.files:
        try:
            if file.size is None and not await store.has(file.key):
                continue
            digest, size = await _copy_file(store, file.key, folder / FILES / file.key)
        except NotFound:
            size = -1
        except (ApiError, BaseError) as error:
            raise BackupError(f"the file store cannot be read, at {file.key}: {error.__cause__ or error}") from error
        else:
            checksums[f"{FILES}/{file.key}"] = digest
            total += size
        if file.size not in (None, size):
            incomplete.append(file.key)
    return _Copied(checksums, total, incomplete)


async def _copy_file(store: FileStore, key: str, target: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    chunks = await store.open(key)
    target.parent.mkdir(PRIVATE, parents=True, exist_ok=True)
    with target.open("wb") as opened:
        async for chunk in chunks:
            opened.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        opened.flush()
        os.fsync(opened.fileno())
    return digest.hexdigest(), size


async def _gone(settings: Settings, keys: list[str]) -> list[str]:
    """Return which of some files the database names no more."""
    if not keys:
        return []
    if settings.database_url:
        now = await postgres.contents_of(settings.database_url)
    else:
        now = await asyncio.to_thread(sqlite.contents_of, settings.sqlite_path)
    return sorted(set(keys) - {file.key for file in now.files})


def _sync_all(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() or path.parent == folder:
            sync(path)
    sync(folder)
