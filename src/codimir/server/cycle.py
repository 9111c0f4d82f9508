"""One request and its reply."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from codimir.http.errors import ApiError, InternalError
from codimir.server.refusals import Stopping, error_headers
from codimir.server.request_ids import OF_LOGGED


class Cycle(RequestResponseCycle):
    """Asks the application for the reply to a request; whatever becomes of that, the client gets an answer of ours."""

    status = 0
    """What was answered, where that is noted"""
    began = 0.0
    """When the request had come, in seconds of the event loop, where that is noted"""

    def run_asgi(self, app: Any) -> Coroutine[Any, Any, None]:
        """Answer the request."""
        self._app = app
        return super().run_asgi(self._run)

    def abandon(self) -> None:
        """Tell the application that the client is gone: it is answered something else."""
        self.disconnected = True
        self.message_event.set()

    async def send_500_response(self) -> None:
        """Answer what the application did not; uvicorn has logged why."""
        await self._tell(InternalError(details={"requestId": self.scope["state"]["request_id"]}))

    async def _run(self, scope: Any, receive: Any, send: Any) -> None:
        OF_LOGGED.set(self.scope["state"]["request_id"])
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:  # the time to finish is over
            if self.response_started:
                self.transport.close()
            else:
                await self._tell(Stopping())

    async def _tell(self, error: ApiError) -> None:
        await self.send({"type": "http.response.start", "status": error.status, "headers": error_headers(error)})
        await self.send({"type": "http.response.body", "body": error.body(), "more_body": False})


class NotedCycle(Cycle):
    """A cycle that notes what was answered, for the log and for metrics."""

    async def send(self, message: Any) -> None:
        """Send a part of the reply."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await super().send(message)
