"""Fetch a picture from another host: in bounded time and size, and never from inside a network."""

import asyncio
from urllib.parse import urljoin

from codimir.kit.libraries import httpcore
from codimir.kit.networks import Networks
from codimir.webhooks.addresses import AddressRefused, usable_url
from codimir.webhooks.connections import CheckedConnections
from codimir.webhooks.sending import failure_of

MAX_BYTES = 10 * 1024 * 1024
TOTAL_SECONDS = 15.0
STEP_SECONDS = 5.0
"""For the connection, and for each piece that is read"""
MAX_REDIRECTS = 3
MAX_CONNECTIONS = 4
REDIRECTS = frozenset({301, 302, 303, 307, 308})
HEADERS = [("accept", "image/webp, image/png, image/jpeg, image/gif"), ("user-agent", "Codimir")]


class NotFetched(Exception):
    """There is no picture at the address, or none that may be fetched; the message says why."""


class PictureFetcher:
    """Fetches pictures."""

    def __init__(self, allowed: Networks) -> None:
        """Prepare; `allowed` are the ranges inside a network from which pictures may be fetched all the same."""
        self._connections = CheckedConnections(allowed, at_once=MAX_CONNECTIONS)

    async def fetch(self, address: str) -> bytes:
        """Return what is at an address. Raises NotFetched."""
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                return await self._follow(address)
        except TimeoutError as error:
            raise NotFetched(f"it did not come within {TOTAL_SECONDS:.0f} seconds") from error
        except (AddressRefused, ValueError) as error:
            raise NotFetched(str(error)) from error
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise NotFetched(str(failure_of(error))) from error

    async def close(self) -> None:
        """Close every connection."""
        await self._connections.close()

    async def _follow(self, address: str) -> bytes:
        """Follow a few redirects: providers of pictures lead to where these are kept. Each address is checked anew."""
        for _ in range(1 + MAX_REDIRECTS):
            content, location = await self._get(usable_url(address))
            if location is None:
                return content
            address = urljoin(address, location)
        raise NotFetched("it leads from one address to the next")

    async def _get(self, url: str) -> tuple[bytes, str | None]:
        limits = dict.fromkeys(("connect", "pool", "read", "write"), STEP_SECONDS)
        async with self._connections.pool.stream(
            "GET", url, headers=HEADERS, extensions={"timeout": limits}
        ) as response:
            location = dict(response.headers).get(b"location")
            if response.status in REDIRECTS and location:
                return b"", location.decode("latin-1")
            if response.status != 200:  # noqa: PLR2004 - OK
                raise NotFetched(f"the answer is {response.status}")
            content = bytearray()
            async for chunk in response.aiter_stream():
                content += chunk
                if len(content) > MAX_BYTES:
                    raise NotFetched(f"it has more than {MAX_BYTES:,} bytes")
            return bytes(content), None
