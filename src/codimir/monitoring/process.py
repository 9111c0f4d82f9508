"""What this process takes of its machine, where the system tells (Linux): None where it does not."""

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import resource

OF_ITSELF = Path("/proc/self")


def memory_bytes() -> int | None:
    """Return how much memory the process holds now, in bytes."""
    try:
        pages = int((OF_ITSELF / "statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def open_descriptors() -> int | None:
    """Return how many files and sockets the process has open."""
    try:
        return sum(1 for _ in (OF_ITSELF / "fd").iterdir())
    except OSError:
        return None


def descriptor_limit() -> int | None:
    """Return how many files and sockets the process may have open; None where there is no bound."""
    if sys.platform == "win32":
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft
