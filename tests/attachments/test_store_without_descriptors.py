"""A file store of a process that has no descriptor left for a while."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import asyncio, logging, os, resource, sys
from pathlib import Path
from codimir.attachments.storage import open_file_store
from codimir.config import Settings
from codimir.http.errors import ServiceUnavailable

async def chunks():
    yield b"kept"

async def put(store):
    try:
        return f"kept {len(await store.put(chunks()))}"
    except ServiceUnavailable:
        return "unavailable"

async def main(probes):
    store = open_file_store(Settings(data_dir=Path(sys.argv[2])))
    if probes:
        await store.probe()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    print(await put(store))
    print(await put(store))
    resource.setrlimit(resource.RLIMIT_NOFILE, before)
    print(await put(store))

logging.basicConfig(level="WARNING", format="%(message)s")
asyncio.run(main(sys.argv[1] == "probes"))
"""


def _run(kind: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", SCRIPT, kind, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)  # noqa: S603 - our own script


class TestWithoutDescriptors:
    def test_one_that_was_touched_before_works_again_afterwards(self, tmp_path: Path) -> None:
        done = _run("probes", tmp_path)
        assert done.stdout.splitlines() == ["unavailable", "unavailable", "kept 43"]

    def test_whatever_the_library_raises_is_unavailable_and_logged_once(self, tmp_path: Path) -> None:
        done = _run("untouched", tmp_path)
        assert done.stdout.splitlines()[:2] == ["unavailable", "unavailable"]
        assert done.stderr.count("the file store is not available") == 1
