"""What the server refuses before the application hears of it, as whole replies."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import ClassVar

from codimir.http.errors import ApiError, InvalidInput, ServiceUnavailable
from codimir.http.replies import NOSNIFF

Headers = Sequence[tuple[bytes, bytes]]


class RequestTimeout(ApiError):
    """The header or the body came too slowly."""

    status: ClassVar[int] = 408
    code: ClassVar[str] = "REQUEST_TIMEOUT"
    message = "The request took too long to arrive; send it again"


class UriTooLong(ApiError):
    """The address is longer than the server takes."""

    status: ClassVar[int] = 414
    code: ClassVar[str] = "URI_TOO_LONG"
    message = "The address is too long"


class HeaderTooLarge(ApiError):
    """The header has too many bytes or lines."""

    status: ClassVar[int] = 431
    code: ClassVar[str] = "HEADER_TOO_LARGE"
    message = "The header of the request is too large"


class Stopping(ServiceUnavailable):
    """The server stops, and the request was not done by then."""

    message = "The server is being stopped; look whether it was done before you send the request again"


def malformed() -> InvalidInput:
    """Make the refusal of what is no HTTP."""
    return InvalidInput(details={"request": ["This is no HTTP/1.1 request that can be read"]})


def error_headers(error: ApiError) -> list[tuple[bytes, bytes]]:
    """Give the headers of the reply that tells an error, after which the connection ends."""
    headers = [(name.encode(), value.encode()) for name, value in error.headers.items()]
    return [
        *headers, (b"content-type", b"application/json"), NOSNIFF, (b"content-length", b"%d" % len(error.body())),
        (b"connection", b"close"),
    ]  # fmt: skip


def whole_reply(error: ApiError, defaults: Headers) -> bytes:
    """Write the reply that tells an error, status line and all."""
    lines = [b"HTTP/1.1 %d %b" % (error.status, HTTPStatus(error.status).phrase.encode())]
    lines += [b"%b: %b" % header for header in (*defaults, *error_headers(error))]
    return b"\r\n".join(lines) + b"\r\n\r\n" + error.body()
