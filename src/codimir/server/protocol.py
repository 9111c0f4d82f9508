"""HTTP/1.1 on one connection: uvicorn's protocol, with a bound on everything that a client can send or leave undone.

uvicorn bounds neither headers nor time, and keeps what it was told (docs/decisions/0041-server-limits.md).
"""

import asyncio
import logging
from typing import Any

import httptools
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from codimir.http.errors import ApiError, ServiceUnavailable
from codimir.kit.values import Values
from codimir.server.config import ServerConfig
from codimir.server.connections import Connections, group_of
from codimir.server.cycle import Cycle, NotedCycle
from codimir.server.refusals import HeaderTooLarge, RequestTimeout, UriTooLong, malformed, whole_reply
from codimir.server.request_ids import given_request_id, new_request_id
from codimir.server.requests import check_size, describe
from codimir.server.unreadable import reason_of
from codimir.server.unsent import unsent_bytes

log = logging.getLogger("codimir")


FIRST, NEXT, HEADER, BODY, NOTHING = range(5)
"""What comes next on a connection: its first byte; another request, after one that has come whole; more of a header;
more of a body; or nothing that counts, until the connection ends. They are numbers, as an enumeration takes longer."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    config: ServerConfig
    cycle: Cycle

    def __init__(
        self,
        config: ServerConfig,
        server_state: ServerState,
        app_state: Values,
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.limits = config.limits
        self.peers = _connections_of(server_state, config, self.loop)
        self.address, self.is_proxy = "", False
        self._reading = FIRST
        self._since = self.peers.clock
        self._framing_bytes = 0
        """What has come of the header, or since the last byte of the body"""
        self._body_bytes = 0
        self._answering: Cycle | None = None
        self._last_words: bytes | None = None
        self._unsent, self._unsent_since = 0, 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, or refuse the connection if there are too many."""
        super().connection_made(transport)
        host = self.client[0] if self.client else ""
        self.address, self.is_proxy = group_of(host), host in self.config.proxies
        if not self.peers.admit(self):
            self._reading = NOTHING
            transport.write(self._written(ServiceUnavailable()))
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self.peers.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        if self._reading == NOTHING:
            return
        if self._reading <= NEXT:
            self._begin_header()
        self._framing_bytes += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._reading = NOTHING  # what follows would be of another protocol, which is not spoken here
        except httptools.HttpParserCallbackError as error:
            self._refuse(reason_of(error))
        except httptools.HttpParserError:
            self._refuse(malformed())
        else:
            if self._framing_bytes > self.limits.header_bytes and HEADER <= self._reading <= BODY:
                self._refuse(self._too_large())

    def on_message_begin(self) -> None:
        """Begin with a request, which may be one of several that came together."""
        super().on_message_begin()
        if self._reading != HEADER:
            self._begin_header()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a line of the header; one after the body is thrown away, or it would pass for one before it."""
        if self._reading == HEADER:
            name = name.lower()
            if name == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Begin to answer a request, or line it up behind those that came before it on this connection."""
        if self._framing_bytes > self.limits.url_bytes or len(self.headers) > self.limits.header_lines:
            check_size(self.url, self.headers, self.limits)
        describe(self.scope, self.url, self.parser, self.root_path)
        self._begin_body()
        self.cycle = self._new_cycle()
        if self._answering is None:
            self._start_asgi_task(self.cycle, self.app)
        elif len(self.pipeline) < self.limits.waiting_requests:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))
        else:
            raise ServiceUnavailable

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._framing_bytes = 0
        self._body_bytes += len(body)
        cycle = self.cycle
        if cycle.response_complete:
            return
        cycle.body += body
        if len(cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        cycle.message_event.set()

    def on_message_complete(self) -> None:
        """Note that a request has come whole."""
        self._reading = NEXT
        self._since = self.peers.clock
        cycle = self.cycle
        if not cycle.response_complete:
            cycle.more_body = False
            cycle.message_event.set()

    def on_response_complete(self) -> None:
        """Go on with the next request, or wait for one."""
        self.server_state.total_requests += 1
        if self.config.notes and self._answering is not None:
            self._note(self._answering)
        self._answering = None
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._last_words is not None:
            self._say(self._last_words)
        elif self._reading == NEXT:
            self._since = self.peers.clock

    @property
    def is_waiting(self) -> bool:
        """Return whether nothing is lost but a place when this connection ends."""
        return (
            self._answering is None
            and self._reading not in (BODY, NOTHING)
            and not self.transport.get_write_buffer_size()
        )

    @property
    def waits_since(self) -> float:
        """Return since when it has waited for what comes next."""
        return self._since

    def look(self, now: float) -> None:
        """End the connection if its client takes too long with what it sends or with what it is sent."""
        self._look_at_sending(now)
        took, limits = now - self._since, self.limits
        if self._reading == BODY:
            self._look_at_body(now)
        elif self._reading == HEADER:
            if self.flow.read_paused:
                self._since = now
            elif took > limits.header_seconds:
                self._refuse(RequestTimeout())
        elif self._answering is None and took > self._patience_seconds():
            self.transport.close()

    def give_way(self) -> None:
        """Leave the place to another connection; the client of this one waits for nothing."""
        self._reading = NOTHING
        self.transport.close()

    def _begin_header(self) -> None:
        self._reading = HEADER
        self._since = self.peers.clock
        self._framing_bytes = 0

    def _begin_body(self) -> None:
        self._reading = BODY
        self._since = self.peers.clock
        self._framing_bytes = self._body_bytes = 0

    def _too_large(self) -> ApiError:
        """Return what is too large of a header that has not come whole."""
        return HeaderTooLarge() if self._reading == BODY or self.headers else UriTooLong()

    def _new_cycle(self) -> Cycle:
        request_id = (given_request_id(self.headers) if self.is_proxy else None) or new_request_id()
        state, parser = self.scope["state"], self.parser
        state["request_id"], state["connections"] = request_id, self.peers
        return (NotedCycle if self.config.notes else Cycle)(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=[*self.server_state.default_headers, (b"x-request-id", request_id.encode())],
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=parser.should_keep_alive()
            and self.scope["http_version"] != "1.0"
            and not parser.should_upgrade(),
            on_response=self.on_response_complete,
        )

    def _note(self, cycle: Cycle) -> None:
        """Hand on what was answered, to the log and to metrics."""
        for note in self.config.notes:
            note(cycle.scope, cycle.status, self.loop.time() - cycle.began)

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self._answering = cycle
        if self.config.notes:
            cycle.began = self.loop.time()
        super()._start_asgi_task(cycle, app)

    def _patience_seconds(self) -> float:
        """Return how long a client may do nothing now."""
        if self._reading == FIRST:
            return self.limits.first_byte_seconds
        if self._reading == NOTHING:
            return self.limits.linger_seconds
        return self.config.timeout_keep_alive

    def _look_at_body(self, now: float) -> None:
        if self.flow.read_paused or self.cycle.waiting_for_100_continue:
            self._since, self._body_bytes = now, 0  # it is we who take our time
        elif now - self._since > self.limits.body_seconds:
            if self._body_bytes < self.limits.body_bytes_per_second * self.limits.body_seconds:
                self._refuse(RequestTimeout())
            self._since, self._body_bytes = now, 0

    def _look_at_sending(self, now: float) -> None:
        unsent = unsent_bytes(self.transport)
        if unsent != self._unsent or not unsent:
            self._unsent, self._unsent_since = unsent, now
        elif now - self._unsent_since > self.limits.stalled_seconds:
            self.transport.abort()

    def _refuse(self, error: ApiError) -> None:
        """Answer an error in its turn, and end the connection; what comes meanwhile is thrown away."""
        faulty = self.cycle if self._reading == BODY else None
        self._reading, self._since = NOTHING, self.peers.clock
        if faulty is not None and self.pipeline and self.pipeline[0][0] is faulty:
            self.pipeline.popleft()
        reply = self._written(error)
        if faulty is not None and faulty.response_complete:
            self.transport.close()  # it has its answer already
        elif self._answering is None:
            self._say(reply)
        elif self._answering is not faulty:
            self._last_words = reply
        elif faulty.response_started:
            self.transport.abort()
        else:
            faulty.abandon()
            self._answering = None
            self._say(reply)

    def _say(self, reply: bytes) -> None:
        self._reading, self._since = NOTHING, self.peers.clock
        self.flow.resume_reading()
        self.transport.write(reply)
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _written(self, error: ApiError) -> bytes:
        return whole_reply(error, [*self.server_state.default_headers, (b"x-request-id", new_request_id().encode())])


def _connections_of(state: ServerState, config: ServerConfig, loop: asyncio.AbstractEventLoop) -> Connections:
    """Return what all connections of a server share."""
    shared: Any = state
    if not hasattr(shared, "codimir_connections"):
        shared.codimir_connections = Connections(config.limits, loop)
    connections: Connections = shared.codimir_connections
    return connections
