"""What the server refuses before the application hears of it, as whole replies."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import ClassVar

from codimir.http.errors import ApiError, InvalidInput, ServiceUnavailable
from codimir.http.replies import NOSNIFF
from codimir.problems.problem import Problem

Headers = Sequence[tuple[bytes, bytes]]


class RequestTimeout(ApiError):
    """The header or the body came too slowly."""

    status: ClassVar[int] = 408
    code: ClassVar[str] = "REQUEST_TIMEOUT"
    problem = Problem("request_too_slow")


class UriTooLong(ApiError):
    """The address is longer than the server takes."""

    status: ClassVar[int] = 414
    code: ClassVar[str] = "URI_TOO_LONG"
    problem = Problem("uri_too_long")


class HeaderTooLarge(ApiError):
    """The header has too many bytes or lines."""

    status: ClassVar[int] = 431
    code: ClassVar[str] = "HEADER_TOO_LARGE"
    problem = Problem("header_too_large")


class Stopping(ServiceUnavailable):
    """The server stops, and the request was not done by then."""

    problem = Problem("server_stopping")


def malformed() -> InvalidInput:
    """Build the refusal of what is no HTTP."""
    return InvalidInput.fields(request=Problem("request_malformed"))


def error_headers(error: ApiError) -> list[tuple[bytes, bytes]]:
    """Return the headers of the reply that tells an error, after which the connection ends."""
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
