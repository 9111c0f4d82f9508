"""What a request says besides who sends it: path, query and body."""

from typing import Any

from codimir.http.errors import InvalidInput, UnsupportedMediaType
from codimir.http.replies import JSON
from codimir.http.requests import HttpRequest
from codimir.http.validation import Query, parse_body, parse_query
from codimir.problems.problem import Problem

MERGE_PATCH, MERGING = "application/merge-patch+json", frozenset({"PUT", "PATCH"})
"""What a body may be called too (RFC 7396) where a write merges: what is left out stays, `null` clears."""
NOT_UTF8 = "\ufffd"
"""What the server puts into a path where it is not UTF-8; no id and no key has it."""


async def path_value(name: str, request: HttpRequest) -> str:
    """Return what stands in the path under a name.

    Raises InvalidInput where it is not UTF-8.
    """
    value = str(request.scope["path_params"][name])
    if "\0" in value or NOT_UTF8 in value:
        raise InvalidInput.fields(**{name: Problem("path_not_utf8")})
    return value


async def query_value(shape: type[Query], request: HttpRequest) -> Query:
    """Parse the query parameters.

    Raises InvalidInput.
    """
    return parse_query(shape, request.scope["query_string"])


async def body_value(shape: type[Any], request: HttpRequest) -> Any:
    """Parse the body.

    Raises InvalidInput, and UnsupportedMediaType for what is not JSON.
    """
    content_type = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if content_type != JSON and not (content_type == MERGE_PATCH and request.method in MERGING):
        raise UnsupportedMediaType
    return parse_body(shape, await request.body())
