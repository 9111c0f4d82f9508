"""Whom the data folder is open to, besides its owner."""

import os
import shlex
import stat
from pathlib import Path

PRIVATE_UMASK = 0o077
"""Of whatever a command makes: files, folders, logs of the database, backups."""
OTHERS, GROUP = 0o005, 0o050
ENTER_AS_OTHERS, ENTER_AS_GROUP = 0o001, 0o011


def warning_about(folder: Path) -> str | None:
    """Return who else can read a folder and the command that prevents it, or None where nobody can."""
    if os.name != "posix" or not folder.is_dir():
        return None
    for who, read, enter in (
        ("every user of this machine", OTHERS, ENTER_AS_OTHERS),
        ("its group", GROUP, ENTER_AS_GROUP),
    ):
        if _mode(folder) & read and all(_mode(parent) & enter for parent in folder.resolve().parents):
            name = shlex.quote(str(folder))
            return f"{who} can read the data in {folder}; prevent it with: chmod -R go= {name}"
    return None


def _mode(folder: Path) -> int:
    return stat.S_IMODE(folder.stat().st_mode)
