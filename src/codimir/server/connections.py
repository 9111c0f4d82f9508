"""The connections of a process: how many there are of each address, and which of them give way to new ones."""

import asyncio
from collections import defaultdict, deque
from ipaddress import IPv6Address, ip_network
from typing import Protocol

from codimir.server.limits import Limits

IPV6_PREFIX = 64
"""The part of an IPv6 address that is one customer's: whoever has one address of it has all"""

FOUND_AT_ONCE = 256
"""For how many new connections it is found out at once who gives way to them"""


class Connection(Protocol):
    """What is asked of a connection."""

    address: str
    """Under what it is counted, as `group_of` says"""
    is_proxy: bool
    """Whether many people come through it, so that no bound of one address holds for it"""

    @property
    def is_waiting(self) -> bool:
        """Return whether nothing is lost but a place when it ends."""

    @property
    def waits_since(self) -> float:
        """Return since when it has waited, as `Connections.clock` was then."""

    def look(self, now: float) -> None:
        """End it if its client takes too long; the time is that of `Connections.clock`."""

    def give_way(self) -> None:
        """End it, while its client waits for nothing."""


class Connections:
    """Counts connections and looks after them.

    At a bound the one that has waited longest for a request, of the address with the most, gives way to the new one, so
    that connections which do nothing shut nobody out. Only when all are at work is a new one refused.
    """

    def __init__(self, limits: Limits, loop: asyncio.AbstractEventLoop) -> None:
        self.limits = limits
        self.clock = 0.0
        """How late it is for clients, in seconds: it goes on from look to look and stands still while the event loop is
        held up, which is no fault of theirs; and to read it costs a request nothing"""
        self.lag_seconds = 0.0
        """How long the event loop was held up at the last look"""
        self._loop = loop
        self._open: dict[str, dict[Connection, None]] = defaultdict(dict)
        self._idle: dict[str, deque[Connection]] = {}
        """Who may give way next, of the addresses that have come to a bound"""
        self._idle_somewhere: deque[Connection] = deque()
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return self._count

    def count_waiting(self) -> int:
        """Return how many connections wait for a request."""
        return sum(each.is_waiting for mine in self._open.values() for each in mine)

    def admit(self, connection: Connection) -> bool:
        """Take a new connection, which waits for its first request, unless there are too many that are all at work."""
        mine = connection.address
        is_bounded = not connection.is_proxy
        if is_bounded and len(self._open.get(mine, ())) >= self.limits.connections_of_address:
            if not self._give_way(mine):
                return False
        elif self._count >= self.limits.connections and not self._give_way_somewhere():
            return False
        self._open[mine][connection] = None
        self._count += 1
        if self._timer is None:
            self._look_later()
        return True

    def leave(self, connection: Connection) -> None:
        """Forget a connection; one that was never taken is no error."""
        mine = connection.address
        if connection not in self._open.get(mine, ()):
            return
        del self._open[mine][connection]
        self._count -= 1
        if not self._open[mine]:
            del self._open[mine]
            self._idle.pop(mine, None)

    def _give_way_somewhere(self) -> bool:
        if self._end_first(self._idle_somewhere):
            return True
        for address in sorted(self._open, key=lambda address: len(self._open[address]), reverse=True):
            self._idle_somewhere.extend(self._found_idle(address))
            if len(self._idle_somewhere) >= FOUND_AT_ONCE:
                break
        return self._end_first(self._idle_somewhere)

    def _give_way(self, address: str) -> bool:
        if self._end_first(self._idle.get(address, deque())):
            return True
        self._idle[address] = deque(self._found_idle(address))
        return self._end_first(self._idle[address])

    def _end_first(self, idle: deque[Connection]) -> bool:
        while idle:
            longest = idle.popleft()
            if longest.is_waiting and longest in self._open.get(longest.address, ()):
                self.leave(longest)
                longest.give_way()
                return True
        return False

    def _found_idle(self, address: str) -> list[Connection]:
        """Find those of an address that wait, the longest first; only some, as others may wait longer soon."""
        found = sorted((each for each in self._open[address] if each.is_waiting), key=lambda each: each.waits_since)
        return found[:FOUND_AT_ONCE]

    def _look_later(self) -> None:
        due = self._loop.time() + self.limits.sweep_seconds
        self._timer = self._loop.call_at(due, self._look, due)

    def _look(self, due: float) -> None:
        self.lag_seconds = self._loop.time() - due
        self.clock += self.limits.sweep_seconds
        for connection in [each for mine in self._open.values() for each in mine]:
            connection.look(self.clock)
        self._timer = None
        if self._count:
            self._look_later()


def group_of(address: str) -> str:
    """Name what counts as one address: an IPv4 address, or the network of 64 bits that an IPv6 address is in."""
    if ":" not in address:
        return address
    try:
        parsed = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, IPV6_PREFIX), strict=False))
