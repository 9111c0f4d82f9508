"""Send one request to one receiver, in bounded time and memory, to nothing but the address that was checked."""

import asyncio
import logging
import os
import socket
import ssl
import time
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from codimir.kit.lazy import lazy_module
from codimir.kit.libraries import httpcore
from codimir.kit.networks import Networks
from codimir.kit.outages import Outage
from codimir.problems.problem import Problem
from codimir.webhooks.addresses import AddressRefused, host_of
from codimir.webhooks.connections import CheckedConnections

if TYPE_CHECKING:
    from codimir.webhooks import network
else:
    network = lazy_module("codimir.webhooks.network")

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
        self._connections = CheckedConnections(
            allowed, at_once=MAX_CONNECTIONS, kept_open=IDLE_CONNECTIONS, idle_seconds=IDLE_SECONDS
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
        except (AddressRefused, network.NotResolved) as error:
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
        await self._connections.close()

    async def _exchange(self, outcome: Outcome, body: bytes) -> None:
        limits = {"connect": CONNECT_SECONDS, "pool": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS}
        async with self._connections.pool.stream(
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


async def _read(response: "httpcore.Response", outcome: Outcome, kept: bytearray) -> None:
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
