"""A name for each request: in its reply as `X-Request-Id`, and in every line that it causes in the log."""

import itertools
import logging
import re
import secrets
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

HEADER = b"x-request-id"
GIVEN = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:-]{7,63}\Z")
"""What an id may look like that a proxy gives"""
OF_LOGGED: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The request that the running task answers"""

_process = secrets.token_hex(6)
_numbers = itertools.count(1)


def new_request_id() -> str:
    """Build an id that no other request has, of this process or of another."""
    return f"{_process}-{next(_numbers):06x}"


def given_request_id(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return the id that a proxy has given to a request, if it is well formed and the only one."""
    given = [value for name, value in headers if name == HEADER]
    return given[0].decode() if len(given) == 1 and GIVEN.match(given[0]) else None


class RequestIdFilter(logging.Filter):
    """Writes the id of the request before what it causes to be logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Note the id; every line passes."""
        noted: Any = record
        request_id = OF_LOGGED.get()
        noted.request = "" if request_id is None else f"[{request_id}] "
        return True
