"""The real NextAuth, from the npm registry, run by node."""

import fcntl
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "npm"
PATIENCE_SECONDS = 300


def install() -> None:
    """Install the locked packages where they are not, once for all workers of the tests."""
    if not (shutil.which("node") and shutil.which("npm")):
        if os.environ.get("CI"):
            raise AssertionError("CI has no node or no npm; .ci/run installs them")
        pytest.skip("node or npm is not installed (on Debian and Ubuntu: apt install nodejs npm)")
    with (FOLDER / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        installed, wanted = FOLDER / "node_modules" / ".package-lock.json", FOLDER / "package-lock.json"
        if not installed.exists() or installed.stat().st_mtime < wanted.stat().st_mtime:
            run("npm", "ci", "--ignore-scripts")


def node(script: str, *arguments: str) -> Any:
    """Run a script and give the JSON that it prints."""
    return json.loads(run("node", script, *arguments))


def run(*command: str) -> str:
    """Run a command in the folder of the packages and give what it prints."""
    done = subprocess.run(  # noqa: S603 - our own command
        command, cwd=FOLDER, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
