"""What a header says, and whether it says too much."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import httptools

from codimir.server.limits import Limits
from codimir.server.refusals import HeaderTooLarge, UriTooLong

ROUND_A_LINE = len(": \r\n")


def check_size(url: bytes, headers: Sequence[tuple[bytes, bytes]], limits: Limits) -> None:
    """Check a header that has come whole.

    Raises UriTooLong or HeaderTooLarge.
    """
    if len(url) > limits.url_bytes:
        raise UriTooLong
    size = len(url) + sum(len(name) + len(value) + ROUND_A_LINE for name, value in headers)
    if size > limits.header_bytes or len(headers) > limits.header_lines:
        raise HeaderTooLarge


def describe(scope: Any, url: bytes, parser: httptools.HttpRequestParser, root_path: str) -> None:
    """Say in a scope of ASGI what is asked for, as uvicorn does.

    Raises HttpParserInvalidURLError for an address that is none.
    """
    parsed = httptools.parse_url(url)
    raw_path = parsed.path or b"/"  # of http://host alone
    path = raw_path.decode("ascii")
    scope["method"] = parser.get_method().decode("ascii")
    scope["http_version"] = parser.get_http_version()
    scope["path"] = root_path + (unquote(path) if "%" in path else path)
    scope["raw_path"] = root_path.encode("ascii") + raw_path
    scope["query_string"] = parsed.query or b""
