"""Resolve the names of hosts, and refuse those that lead inside a network."""

import asyncio
import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor

from codimir.kit.networks import Address, Networks
from codimir.webhooks.addresses import refuse_unless_allowed

RESOLVER_THREADS = 8


class Resolver:
    """Resolves names in threads of its own, so that a slow name server holds up nothing but what waits for it."""

    def __init__(self, allowed: Networks) -> None:
        """Prepare; `allowed` are the ranges inside a network to which names may lead all the same."""
        self._allowed = allowed
        self._threads = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="webhook-names")

    async def resolve(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host, all of which may be used.

        Raises AddressRefused when one of them may not, and OSError when the name leads nowhere.
        """
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, _addresses, host, port)
        except UnicodeError as error:
            raise OSError(f"{host} is no name") from error
        refuse_unless_allowed(host, found, self._allowed)
        return [str(address) for address in found]

    def close(self) -> None:
        """Let the threads end; whoever still waits for a name is cancelled or answered."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _addresses(host: str, port: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(entry[4][0]) for entry in found))
