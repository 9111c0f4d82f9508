"""Memory that the threads of a server take."""

import platform
import subprocess
import sys

import pytest

THREADS = """
import ctypes, threading
from codimir.server.config import share_one_arena

{before}
barrier = threading.Barrier(5)

def work():
    kept = bytearray(100_000)
    barrier.wait()

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
barrier.wait()
for thread in threads:
    thread.join()
ctypes.CDLL(None).malloc_stats()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is another one")
@pytest.mark.parametrize(("before", "is_one"), [("share_one_arena()", True), ("", False)])
def test_threads_share_one_arena(before: str, *, is_one: bool) -> None:
    command = [sys.executable, "-c", THREADS.format(before=before)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    assert (done.stderr.count("Arena ") == 1) is is_one
