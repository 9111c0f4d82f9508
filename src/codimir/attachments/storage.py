"""Where the bytes of files are: a folder, or a bucket that an address names."""

import asyncio
import logging
import os
import secrets
import stat
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from codimir.config import Settings, SettingsError
from codimir.http.errors import NotFound, ServiceUnavailable
from codimir.kit.outages import Outage
from codimir.problems.problem import Problem

log = logging.getLogger("codimir")

PARTS_IN_FLIGHT = 2
"""How many parts of 5 MB a bucket is given at once: what an upload takes of memory."""
READ_BYTES = 256 * 1024
SECONDS_TO_PROBE = 10
PANICS = "pyo3_runtime"
"""The module of the errors by which a library of Rust says that it gave up; they are no `Exception`."""


class StoredObject(NamedTuple):
    """A file as the store lists it."""

    key: str
    size: int
    modified_at: datetime


class FileStore:
    """Keeps files under random keys. Raises ServiceUnavailable when it cannot be reached or has no room."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._reaching = _Reaching()

    async def put(self, chunks: AsyncGenerator[bytes, None]) -> str:
        """Keep a file as its bytes come and give its key; when they end with an error, nothing is kept."""
        key = secrets.token_hex(20)
        key = f"{key[:2]}/{key}"
        with self._reaching:
            async with aclosing(chunks):
                await obstore.put_async(self._store, key, chunks, max_concurrency=PARTS_IN_FLIGHT)
            if isinstance(self._store, LocalStore):
                await asyncio.to_thread(_sync, Path(str(self._store.prefix), key))
        return key

    async def put_at(self, key: str, content: bytes) -> None:
        """Keep some bytes under a key, in the place of what is there."""
        with self._reaching:
            await obstore.put_async(self._store, key, content)
            if isinstance(self._store, LocalStore):
                await asyncio.to_thread(_sync, Path(str(self._store.prefix), key))

    async def read(self, key: str) -> bytes:
        """Return all bytes of a small file.

        Raises NotFound when there is none under this key.
        """
        try:
            with self._reaching:
                found = await obstore.get_async(self._store, key)
                return bytes(await found.bytes_async())
        except FileNotFoundError as error:
            raise NotFound(Problem("resource_not_found", kind="File")) from error

    async def has(self, key: str) -> bool:
        """Return whether there is a file under a key."""
        try:
            with self._reaching:
                await obstore.head_async(self._store, key)
        except FileNotFoundError:
            return False
        return True

    async def open(self, key: str, part: tuple[int, int] | None = None) -> AsyncIterator[bytes]:
        """Read a file, or its bytes from the first number up to but not including the second, piece by piece.

        Raises NotFound when its bytes are gone.
        """
        try:
            with self._reaching:
                found = await obstore.get_async(self._store, key, options={"range": part} if part else None)
        except FileNotFoundError as error:
            log.error("the bytes of %s are missing from the file store", key)  # noqa: TRY400 - no defect of ours
            raise NotFound(Problem("file_bytes_missing")) from error
        return (bytes(piece) async for piece in found.stream(min_chunk_size=READ_BYTES))

    async def delete(self, key: str) -> None:
        """Let go of a file; one that is gone already is no error."""
        with suppress(FileNotFoundError), self._reaching:
            await obstore.delete_async(self._store, key)

    async def delete_part(self, key: str) -> None:
        """Let go of a part of an upload in a folder, which the library neither lists nor deletes."""
        with self._reaching:
            if isinstance(self._store, LocalStore):
                await asyncio.to_thread(Path(str(self._store.prefix), key).unlink, missing_ok=True)

    async def put_file(self, key: str, path: Path) -> None:
        """Keep a copy of a file under a key, in the place of what is there."""
        with self._reaching:
            await obstore.put_async(self._store, key, path, max_concurrency=PARTS_IN_FLIGHT)
            if isinstance(self._store, LocalStore):
                await asyncio.to_thread(_sync, Path(str(self._store.prefix), key))

    async def list(self) -> AsyncIterator[StoredObject]:
        """Yield everything that is stored; of a folder also the parts of uploads that are under way, or broke off."""
        with self._reaching:
            if isinstance(self._store, LocalStore):
                for found in await asyncio.to_thread(_walk, Path(str(self._store.prefix))):
                    yield found
                return
            async for batch in obstore.list(self._store):
                for each in batch:
                    yield StoredObject(each["path"], each["size"], each["last_modified"])

    async def probe(self) -> None:
        """Put an empty file and delete it.

        A server does so when it starts: the library starts its threads at its first use and, when it lacks a descriptor
        for them then, never tries again in this process.
        """
        key = _key_of_probe()
        with self._reaching:
            async with asyncio.timeout(SECONDS_TO_PROBE):
                await obstore.put_async(self._store, key, b"")
                await obstore.delete_async(self._store, key)

    def probe_folder(self) -> None:
        """Put an empty file into a folder and delete it, in the thread of who asks.

        A process that ends right after `probe` can be aborted: the threads of the library (obstore 0.12) still hold
        something of Python then. Here they are not used.
        """
        key = _key_of_probe()
        with self._reaching:
            obstore.put(self._store, key, b"")
            obstore.delete(self._store, key)


def _key_of_probe() -> str:
    return f".probe-{secrets.token_hex(20)}"


class _Reaching:
    """Turns what a store fails with into ServiceUnavailable, and logs once that it fails."""

    def __init__(self) -> None:
        self._outage = Outage("the file store is not available", log)

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None:
            self._outage.recovered()
        elif _is_failure(error):
            self._outage.failed(error)
            raise ServiceUnavailable from error


def _is_failure(error: BaseException) -> bool:
    if isinstance(error, FileNotFoundError):
        return False
    return isinstance(error, (BaseError, OSError)) or type(error).__module__ == PANICS


def open_file_store(settings: Settings) -> FileStore:
    """Open the store that the settings name.

    Raises SettingsError when it cannot be used.
    """
    url = settings.files_url
    if _is_folder(url):
        return FileStore(_folder(Path(url or settings.files_dir)))
    try:
        return FileStore(from_url(str(url)))
    except (BaseError, ValueError) as error:
        raise SettingsError(f"CODIMIR_FILES_URL cannot be used: {error}") from error


def check_file_store(settings: Settings) -> None:
    """Check that files can be kept, before a server says that it is ready.

    Raises SettingsError for a folder that takes none. A bucket that cannot be reached is logged: it may come back.
    """
    store, url = open_file_store(settings), settings.files_url
    if not _is_folder(url):
        with suppress(ServiceUnavailable):
            asyncio.run(store.probe())
        return
    try:
        store.probe_folder()
    except ServiceUnavailable as error:
        reason = str(error.__cause__).partition("\n")[0]
        raise SettingsError(f"the folder {url or settings.files_dir} takes no files: {reason}") from error


def _is_folder(url: str | None) -> bool:
    return url is None or "://" not in url


def _folder(path: Path) -> LocalStore:
    try:
        return LocalStore(path, mkdir=True)
    except (BaseError, OSError) as error:
        raise SettingsError(f"the folder {path} cannot be used for files: {error}") from error


def _walk(folder: Path) -> list[StoredObject]:
    found = []
    for path in folder.rglob("*"):
        try:
            status = path.stat(follow_symlinks=False)
        except FileNotFoundError:  # it went while others were looked at
            continue
        if stat.S_ISREG(status.st_mode):
            modified_at = datetime.fromtimestamp(status.st_mtime, UTC)
            found.append(StoredObject(path.relative_to(folder).as_posix(), status.st_size, modified_at))
    return found


def _sync(path: Path) -> None:
    """Write a file, and the folders that name it, through to the disk: it survives a power cut like its row."""
    for each in (path, path.parent, path.parent.parent):
        if each == path or os.name == "posix":
            descriptor = os.open(each, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
