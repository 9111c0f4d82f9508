"""Connections to receivers, of which none is inside a network, opened when one is first asked for."""

from functools import cached_property
from typing import TYPE_CHECKING

from codimir.kit.lazy import lazy_module
from codimir.kit.libraries import httpcore
from codimir.kit.networks import Networks

if TYPE_CHECKING:
    from codimir.webhooks import network
else:
    network = lazy_module("codimir.webhooks.network")


class CheckedConnections:
    """A pool of connections to addresses that were checked."""

    def __init__(self, allowed: Networks, *, at_once: int, kept_open: int = 0, idle_seconds: float = 0.0) -> None:
        """Prepare; `allowed` are the ranges inside a network that may be reached all the same."""
        self._allowed = allowed
        self._at_once = at_once
        self._kept_open = kept_open
        self._idle_seconds = idle_seconds
        self._network: network.CheckedNetwork | None = None

    @cached_property
    def pool(self) -> "httpcore.AsyncConnectionPool":
        """Return the connections, made at first use: the certificates to trust take memory."""
        self._network = network.CheckedNetwork(self._allowed)
        return httpcore.AsyncConnectionPool(
            ssl_context=network.trusted_authorities(), max_connections=self._at_once,
            max_keepalive_connections=self._kept_open, keepalive_expiry=self._idle_seconds,
            network_backend=self._network,
        )  # fmt: skip

    async def close(self) -> None:
        """Close every connection."""
        if self._network is not None:
            await self.pool.aclose()
            self._network.close()
