"""Connections to receivers: to nothing but the address that was checked; loaded when the first one is made."""

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any

import certifi
import httpcore

from codimir.kit.networks import Networks
from codimir.problems.problem import Problem
from codimir.webhooks.addresses import AddressRefused
from codimir.webhooks.resolver import Resolver

SOCKET_OPTIONS = Iterable[Any] | None


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Connections whose address was checked after its name was resolved, so that no second answer can differ."""

    def __init__(self, allowed: Networks) -> None:
        self._resolver = Resolver(allowed)
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - its name is httpcore's
        local_address: str | None = None,
        socket_options: SOCKET_OPTIONS = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a host that answers."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in await self._resolved(host, port, timeout):
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        """Refuse: there is no receiver on a socket of this machine."""
        raise AddressRefused(Problem("socket_of_this_machine"))

    def close(self) -> None:
        """Let go of the threads that resolve names."""
        self._resolver.close()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    async def _resolved(self, host: str, port: int, seconds: float | None) -> list[str]:
        try:
            async with asyncio.timeout(seconds):
                return await self._resolver.resolve(host, port)
        except TimeoutError as error:
            raise NotResolved(f"the name {host} was not resolved in time") from error
        except OSError as error:
            raise NotResolved(f"the name {host} leads nowhere") from error


class NotResolved(httpcore.ConnectError):
    """A name has no address, or none was found in time."""


def trusted_authorities() -> ssl.SSLContext:
    """Return a context that trusts the authorities of the system, or of `SSL_CERT_FILE`, and of Mozilla's list."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
