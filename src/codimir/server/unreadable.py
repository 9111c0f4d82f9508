"""What is wrong with a request that could not be read."""

import logging

import httptools

from codimir.http.errors import ApiError
from codimir.server.refusals import malformed

log = logging.getLogger("codimir")


def reason_of(error: httptools.HttpParserCallbackError) -> ApiError:
    """Return what was wrong with a request, as a method of the protocol raised it."""
    cause = error.__context__
    if isinstance(cause, ApiError):
        return cause
    if not isinstance(cause, httptools.HttpParserError):
        log.error("a request could not be read", exc_info=cause)
    return malformed()
