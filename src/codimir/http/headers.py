"""Headers of a request as the server gave them: whoever looks at three of them need not have all of them decoded."""

from codimir.http.requests import HttpRequest

IF_MATCH = "If-Match"
IDEMPOTENCY_KEY = "Idempotency-Key"
MAX_IDEMPOTENCY_KEY = 255
"""The most characters of an `Idempotency-Key`."""


def headers_of(request: HttpRequest, name: bytes) -> list[str]:
    """Return every value of a header, whose name is written in lower case."""
    return [value.decode("latin-1") for key, value in request.scope["headers"] if key == name]


def header_of(request: HttpRequest, name: bytes) -> str | None:
    """Return the first value of a header, whose name is written in lower case, or None."""
    for key, value in request.scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return None


def takes_gzip(request: HttpRequest) -> bool:
    """Return whether a reply may be compressed by gzip (RFC 9110, 12.5.3): `gzip;q=0` refuses it."""
    for coding in ",".join(headers_of(request, b"accept-encoding")).lower().split(","):
        name, _, weight = coding.replace(" ", "").partition(";q=")
        if name == "gzip":
            return weight.strip("0.") != "" or not weight
    return False
