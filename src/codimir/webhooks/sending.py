"""Send one request to one receiver, in bounded time and memory, to nothing but the address that was checked."""

import asyncio
import logging
import os
import socket
import ssl
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import certifi
import httpcore
import msgspec

from codimir.kit.networks import Networks
from codimir.kit.outages import Outage
from codimir.problems.problem import Problem
from codimir.webhooks.addresses import AddressRefused, host_of
from codimir.webhooks.resolver import Resolver

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
TOTAL_SECONDS = 15.0
MAX_CONNECTIONS = 128
IDLE_CONNECTIONS = 32
IDLE_SECONDS = 5.0
MAX_READ = 64 * 1024
"""Of a longer reply the rest is not read, and its connection is not used again."""
MAX_KEPT = 4 * 1024
MAX_HEADERS = 50
MAX_HEADER_LENGTH = 1_000
GONE = 410
NOT_ALLOWED = Problem("host_not_allowed")
"""What people are told of an address inside a network and of a name that does not exist, so that nobody can ask with
webhooks which names there are inside, and where they lead."""
MAX_HOSTS_NOTED = 100
SOCKET_OPTIONS = Iterable[Any] | None


log = logging.getLogger("codimir.webhooks")


class Outcome(msgspec.Struct, kw_only=True):
    """How one attempt went."""

    attempted_at: datetime
    url: str
    request_headers: dict[str, str]
    duration_ms: int = 0
    error: Problem | None = None
    status: int | None = None
    headers: dict[str, str] = {}
    body: str = ""

    @property
    def is_delivered(self) -> bool:
        """Return whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - the class of success

    @property
    def is_gone(self) -> bool:
        """Return whether the receiver wants nothing any more."""
        return self.status == GONE


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


class Refusals:
    """Says in the log why hosts are refused, each once and then every ten minutes; people are told NOT_ALLOWED only."""

    def __init__(self) -> None:
        self._hosts: dict[str, Outage] = {}

    def note(self, host: str, error: Exception) -> None:
        """Note that nothing was sent to a host."""
        if host not in self._hosts and len(self._hosts) >= MAX_HOSTS_NOTED:
            del self._hosts[next(iter(self._hosts))]
        self._hosts.setdefault(host, Outage(f"nothing is sent to {host!r}", log)).failed(error)


class Sender:
    """Sends requests; connections that receivers keep open serve again."""

    def __init__(self, allowed: Networks) -> None:
        self._network = CheckedNetwork(allowed)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trusted_authorities(),
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=IDLE_CONNECTIONS,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=self._network,
        )
        self._refusals = Refusals()

    async def post(self, url: str, headers: dict[str, str], body: bytes, now: datetime) -> Outcome:
        """Send a body and say how it went; whatever the receiver does, this ends in time."""
        outcome = Outcome(attempted_at=now, url=url, request_headers=headers)
        started = time.monotonic()
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                await self._exchange(outcome, body)
        except TimeoutError:
            outcome.error = Problem("exchange_too_slow", seconds=round(TOTAL_SECONDS))
        except (AddressRefused, NotResolved) as error:
            self._refusals.note(host_of(url), error)
            outcome.error = NOT_ALLOWED
            return outcome  # how long it took would tell whether there is such a name inside the network
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            outcome.error = failure_of(error)
        outcome.duration_ms = round((time.monotonic() - started) * 1000)
        if outcome.error is None and not outcome.is_delivered:
            outcome.error = _unwelcome(outcome)
        return outcome

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.aclose()
        self._network.close()

    async def _exchange(self, outcome: Outcome, body: bytes) -> None:
        limits = {"connect": CONNECT_SECONDS, "pool": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS}
        async with self._pool.stream(
            "POST",
            outcome.url,
            headers=[*outcome.request_headers.items()],
            content=body,
            extensions={"timeout": limits},
        ) as response:
            outcome.status = response.status
            outcome.headers = _kept_headers(response.headers)
            kept = bytearray()
            try:
                await _read(response, outcome, kept)
            finally:
                outcome.body = _text(kept)


async def _read(response: httpcore.Response, outcome: Outcome, kept: bytearray) -> None:
    read = 0
    async for chunk in response.aiter_stream():
        read += len(chunk)
        kept += chunk[: MAX_KEPT - len(kept)]
        if read > MAX_READ:
            outcome.error = Problem("reply_too_long", limit=MAX_READ // 1024)
            return


def failure_of(error: BaseException) -> Problem:
    """Return why there is no reply."""
    cause = _first_cause(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Problem("certificate_invalid", reason=cause.verify_message)
    if isinstance(cause, ssl.SSLError):
        return Problem("no_secure_connection", reason=cause.reason or str(cause))
    if isinstance(error, httpcore.PoolTimeout):
        return Problem("too_many_under_way")
    if isinstance(error, httpcore.ConnectTimeout):
        return Problem("no_connection_in_time", seconds=round(CONNECT_SECONDS))
    if isinstance(error, httpcore.TimeoutException):
        return Problem("nothing_came", seconds=round(READ_SECONDS))
    if isinstance(error, httpcore.ConnectError):
        return Problem("no_connection", reason=_reason(cause))
    if isinstance(error, httpcore.ProtocolError):
        return Problem("reply_not_http", reason=str(error))
    return Problem("connection_lost_because", reason=str(error)) if str(error) else Problem("connection_lost")


def _reason(cause: BaseException) -> Problem | str:
    if isinstance(cause, socket.gaierror):
        return Problem("name_leads_nowhere")
    return os.strerror(cause.errno) if isinstance(cause, OSError) and cause.errno else str(cause)


def _first_cause(error: BaseException) -> BaseException:
    while (before := error.__cause__ or error.__context__) is not None:  # the pool hides the cause, but keeps it
        error = before
    return error


def _unwelcome(outcome: Outcome) -> Problem:
    status = outcome.status or 0
    if 300 <= status < 400:  # noqa: PLR2004 - the class of redirects
        return Problem("receiver_redirects", status=status)
    return Problem("receiver_answered", status=status)


def _kept_headers(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    kept = headers[:MAX_HEADERS]
    return {name.decode("latin-1").lower(): value.decode("latin-1")[:MAX_HEADER_LENGTH] for name, value in kept}


def _text(raw: bytearray) -> str:
    return raw.decode(errors="replace").replace("\0", "\ufffd")


def trusted_authorities() -> ssl.SSLContext:
    """Return a context that trusts the authorities of the system, or of `SSL_CERT_FILE`, and of Mozilla's list."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
