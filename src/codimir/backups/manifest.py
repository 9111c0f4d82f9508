"""What a backup says of itself: what it holds, of which version, and the checksum of each of its files."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

FORMAT = 1
MANIFEST, CHECKSUMS, FILES = "manifest.json", "SHA256SUMS", "files"
DATABASES = {"sqlite": "codimir.db", "postgresql": "codimir.dump"}
"""The file that holds the database, by its kind."""
READ_BYTES = 1024 * 1024


class BackupError(Exception):
    """A backup cannot be made, read or restored; the message says why, in one line."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A backup in numbers. It is written last: a folder without it is no backup."""

    format: int
    version: str
    """Of Codimir."""
    database: Literal["sqlite", "postgresql"]
    schema: str
    """The newest migration of the database."""
    started_at: datetime
    """What was acknowledged before this moment is in the backup."""
    finished_at: datetime
    rows: dict[str, int]
    """By table."""
    files: int
    bytes: int
    """Of the files, without the database."""
    incomplete: list[str]
    """Files that the file store did not have, or not as long as the database says: they were lost before."""
    gone: list[str]
    """Files that were taken out of the trash for good after the database had been copied."""
    checksums: str
    """The SHA-256 of `SHA256SUMS`."""


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a backup."""
    write_synced(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a backup.

    Raises BackupError when there is none that this version understands.
    """
    try:
        content = (folder / MANIFEST).read_bytes()
    except OSError as error:
        reason = f"its {MANIFEST} cannot be read: {error.strerror}"
        raise BackupError(f"{folder} is no finished backup of Codimir; {reason}") from error
    try:
        if (found := msgspec.json.decode(content, type=_Format).format) > FORMAT:
            raise BackupError(f"{folder} was made by a newer Codimir (format {found}; this one knows {FORMAT})")
        return msgspec.json.decode(content, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BackupError(f"{folder} has a {MANIFEST} that is damaged: {error}") from error


class _Format(msgspec.Struct):
    format: int


def write_checksums(folder: Path, checksums: Iterable[tuple[str, str]]) -> str:
    """Write a line for each (file, SHA-256) as `sha256sum --check` reads it; return the SHA-256 of the whole."""
    written = "".join(f"{digest}  {name}\n" for name, digest in checksums).encode()
    write_synced(folder / CHECKSUMS, written)
    return hashlib.sha256(written).hexdigest()


def read_checksums(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each (file, SHA-256), the files by their paths within the backup.

    Raises BackupError when the list is damaged.
    """
    try:
        lines = (folder / CHECKSUMS).read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(f"{folder / CHECKSUMS} cannot be read: {error}") from error
    for line in lines:
        digest, _, name = line.partition("  ")
        if not name or name.startswith("/") or ".." in name.split("/"):
            raise BackupError(f"{folder / CHECKSUMS} is damaged at {line[:100]!r}")
        yield name, digest


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def write_synced(path: Path, content: bytes) -> None:
    """Write a file through to the disk."""
    with path.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def sync(path: Path) -> None:
    """Write what is known of a file or a folder through to the disk."""
    if path.is_dir() and os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
