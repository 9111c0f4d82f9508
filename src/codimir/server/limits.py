"""How much of the server one connection, one address, and all of them together may take."""

import logging
import sys

import msgspec

from codimir.config import MIN_CONNECTIONS

if sys.platform != "win32":
    import resource

log = logging.getLogger("codimir")

MAX_CONNECTIONS = 4096
"""How many connections a process takes where nothing else is said and the descriptors suffice."""
DESCRIPTORS_KEPT = 64
"""What is kept for the database, the log and what else a process has open."""
DESCRIPTORS_FOR_EACH = 2
"""What a connection may need: its own, and that of the file which it sends or receives."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a process of the server takes from clients."""

    connections: int = MAX_CONNECTIONS
    header_bytes: int = 32 * 1024
    """The request line and all header lines together; the longest unfinished framing within a body too"""
    header_lines: int = 100
    url_bytes: int = 16 * 1024
    waiting_requests: int = 64
    """How many requests may be sent ahead on a connection, before the first of them is answered"""
    first_byte_seconds: float = 10.0
    """How long a new connection may say nothing"""
    header_seconds: float = 10.0
    """How long a header may take from its first byte on"""
    body_seconds: float = 10.0
    """Over which time the rate of a body is measured"""
    body_bytes_per_second: int = 1000
    stalled_seconds: float = 30.0
    """How long a client may take nothing of a reply that is under way"""
    linger_seconds: float = 2.0
    """How long bytes of a refused request are thrown away, so that the refusal is read before the connection ends"""

    @property
    def connections_of_address(self) -> int:
        """How many connections one address may have: half of all, so that some are left for others."""
        return max(1, self.connections // 2)

    @property
    def sweep_seconds(self) -> float:
        """How often the connections are looked at."""
        shortest = min(self.first_byte_seconds, self.header_seconds, self.body_seconds, self.stalled_seconds)
        return min(1.0, shortest / 4, self.linger_seconds / 2)


def raise_descriptor_limit() -> int | None:
    """Let this process open as many files and sockets as the system allows; return how many, or None for no bound."""
    if sys.platform == "win32":
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (ValueError, OSError) as error:  # macOS names a hard limit that it does not grant
            log.info("the limit of open files stays at %d: %s", soft, error)
        else:
            log.info("the limit of open files was raised from %d to %d", soft, hard)
            soft = hard
    return None if soft == resource.RLIM_INFINITY else soft


def connections_within(descriptors: int | None, wanted: int | None) -> int:
    """Return how many connections a process takes: what is wanted, as far as its descriptors suffice."""
    asked = wanted or MAX_CONNECTIONS
    if descriptors is None:
        return asked
    possible = max(MIN_CONNECTIONS, (descriptors - DESCRIPTORS_KEPT) // DESCRIPTORS_FOR_EACH)
    if possible < asked:
        log.warning(
            "%d connections are taken at most, not %d: the system lets a process open %d files (ulimit -n)",
            possible, asked, descriptors,
        )  # fmt: skip
    return min(asked, possible)
