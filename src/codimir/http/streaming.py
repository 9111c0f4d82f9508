"""Replies that are sent piece by piece as they come into being."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from typing import Any, ClassVar

from litestar import Response
from litestar.types import ASGIApp, Receive, Scope, Send

NOSNIFF = {"x-content-type-options": "nosniff"}
SECONDS_TO_TAKE_A_PIECE = 30
"""How long a client may take no byte at all before it is left alone."""


class Streamed(Response[bytes]):
    """A body whose next piece is made when the client has taken the one before.

    It ends with its pieces, or when the client goes away or stands still for too long. Nothing is made for HEAD.
    """

    kind: ClassVar[str] = "application/octet-stream"
    """The media type"""

    def __init__(self, pieces: AsyncGenerator[bytes, None], headers: Mapping[str, str] | None = None) -> None:
        self.pieces = pieces
        self.headers = {"content-type": self.kind, "cache-control": "no-store", **NOSNIFF, **(headers or {})}

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIApp:  # type: ignore[override]
        """Return what Litestar calls to send it."""
        return self._send

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        encoded = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": encoded})
        if scope["method"] == "HEAD":  # type: ignore[typeddict-item]
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        sending = asyncio.ensure_future(self._send_pieces(send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            if not sending.done():
                sending.cancel()
            await asyncio.wait({sending, leaving})
        if not sending.cancelled():
            sending.result()

    async def _send_pieces(self, send: Send) -> None:
        with suppress(TimeoutError):
            async with aclosing(self.pieces) as pieces:
                async for piece in pieces:
                    async with asyncio.timeout(SECONDS_TO_TAKE_A_PIECE):
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
            async with asyncio.timeout(SECONDS_TO_TAKE_A_PIECE):
                await send({"type": "http.response.body", "body": b"", "more_body": False})


def is_streamed(returns: Any) -> bool:
    """Return whether what a route returns is sent piece by piece."""
    return isinstance(returns, type) and issubclass(returns, Streamed)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
