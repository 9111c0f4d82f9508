"""The last backup that our own command made, noted in the data folder for those who run the instance."""

import os
from datetime import datetime
from pathlib import Path

import msgspec

from codimir.backups.manifest import Manifest
from codimir.config import Settings

NOTE = "last-backup.json"
PRIVATE = 0o600


class LastBackup(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """When and where a backup was made; nobody knows whether it is still there."""

    finished_at: datetime
    folder: str
    files: int
    incomplete: int
    """How many files the file store had lost before"""


def note_backup(settings: Settings, folder: Path, manifest: Manifest) -> None:
    """Write down that a backup was made; where that cannot be written the backup is none the worse."""
    made = LastBackup(
        finished_at=manifest.finished_at, folder=str(folder.absolute()), files=manifest.files,
        incomplete=len(manifest.incomplete),
    )  # fmt: skip
    part = settings.data_dir / f"{NOTE}.part"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.encode(made))
        part.chmod(PRIVATE)
        os.replace(part, settings.data_dir / NOTE)  # noqa: PTH105 - it replaces a file on every system
    except OSError:
        part.unlink(missing_ok=True)


def last_backup(settings: Settings) -> LastBackup | None:
    """Return the last backup that is noted, or None."""
    try:
        return msgspec.json.decode((settings.data_dir / NOTE).read_bytes(), type=LastBackup)
    except (OSError, msgspec.MsgspecError):
        return None
