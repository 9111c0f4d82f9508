"""The connections of a process: how many there are of each address, and which of them give way to new ones."""

import asyncio
from collections import defaultdict
from ipaddress import IPv6Address, ip_network
from typing import Protocol

from codimir.server.limits import Limits

IPV6_PREFIX = 64
"""The part of an IPv6 address that is one customer's: whoever has one address of it has all"""


class Connection(Protocol):
    """What is asked of a connection."""

    address: str
    """Under what it is counted, as `group_of` says"""
    is_proxy: bool
    """Whether many people come through it, so that no bound of one address holds for it"""

    def look(self, now: float) -> None:
        """End it if its client takes too long, at a time that `Connections.now` said."""

    def give_way(self) -> None:
        """End it, while its client waits for nothing."""


class Connections:
    """Counts connections and looks after them.

    At a bound the one that has waited longest for a request, of the address with the most of them, gives way to the new
    one, so that connections which do nothing shut nobody out. Only when all are at work is a new one refused.
    """

    def __init__(self, limits: Limits, loop: asyncio.AbstractEventLoop) -> None:
        self.limits = limits
        self.lag_seconds = 0.0
        """How late the last look was: how long the event loop was held up"""
        self._loop = loop
        self._held_up_seconds = 0.0
        self._open: dict[str, set[Connection]] = defaultdict(set)
        self._waiting: dict[str, dict[Connection, None]] = defaultdict(dict)
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Say how late it is for clients, in seconds: what the event loop was held up is no fault of theirs."""
        return self._loop.time() - self._held_up_seconds

    def __len__(self) -> int:
        return self._count

    def count_waiting(self) -> int:
        """Say how many connections wait for a request."""
        return sum(len(each) for each in self._waiting.values())

    def admit(self, connection: Connection) -> bool:
        """Take a new connection, which waits for its first request, unless there are too many that are all at work."""
        mine = connection.address
        is_bounded = not connection.is_proxy
        if is_bounded and len(self._open.get(mine, ())) >= self.limits.connections_of_address:
            if not self._give_way(mine):
                return False
        elif self._count >= self.limits.connections and not self._give_way(self._most_waiting()):
            return False
        self._open[mine].add(connection)
        self._count += 1
        self.wait(connection)
        if self._timer is None:
            self._look_later()
        return True

    def leave(self, connection: Connection) -> None:
        """Forget a connection; one that was never taken is no error."""
        mine = connection.address
        if connection not in self._open.get(mine, ()):
            return
        self._open[mine].remove(connection)
        self._count -= 1
        self.work(connection)
        if not self._open[mine]:
            del self._open[mine]
            self._waiting.pop(mine, None)

    def wait(self, connection: Connection) -> None:
        """Note that a connection waits for a request from now on."""
        self._waiting[connection.address][connection] = None

    def work(self, connection: Connection) -> None:
        """Note that a connection has a request."""
        self._waiting[connection.address].pop(connection, None)

    def _most_waiting(self) -> str:
        return max(self._waiting, key=lambda address: len(self._waiting[address]), default="")

    def _give_way(self, address: str) -> bool:
        longest = next(iter(self._waiting.get(address, ())), None)
        if longest is None:
            return False
        self.leave(longest)
        longest.give_way()
        return True

    def _look_later(self) -> None:
        due = self._loop.time() + self.limits.sweep_seconds
        self._timer = self._loop.call_at(due, self._look, due)

    def _look(self, due: float) -> None:
        self.lag_seconds = self._loop.time() - due
        self._held_up_seconds += self.lag_seconds
        now = self.now()
        for connection in [each for mine in self._open.values() for each in mine]:
            connection.look(now)
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
