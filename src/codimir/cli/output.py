"""How commands are written down so that they can be pasted."""

import os
import shlex
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit


def same_command(arguments: str, data_dir: Path | None, database_url: str | None) -> str:
    """Write another command for the instance of this one, started in the same way; a password is not repeated."""
    parts = [_program(), arguments]
    if data_dir is not None:
        parts.append(f"--data-dir {shlex.quote(str(data_dir))}")
    if database_url is not None:
        parts.append(f"--database-url {shlex.quote(_without_password(database_url))}")
    return " ".join(parts)


def _program() -> str:
    started = Path(sys.argv[0])
    found = shutil.which("codimir")
    if found is not None and Path(found).samefile(started):
        return "codimir"
    return shlex.quote(min(os.path.relpath(started), str(started.absolute()), key=len))


def _without_password(url: str) -> str:
    password = urlsplit(url).password
    return url.replace(f":{password}@", ":PASSWORD@", 1) if password else url
