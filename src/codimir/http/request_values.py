"""What a request says besides who sends it: path, query and body."""

from functools import lru_cache
from typing import Any

from codimir.http.errors import InvalidInput, UnsupportedMediaType
from codimir.http.replies import JSON
from codimir.http.requests import HttpRequest
from codimir.http.validation import Query, parse_body, parse_query
from codimir.problems.problem import Problem

MERGE_PATCH, MERGING = "application/merge-patch+json", frozenset({"PUT", "PATCH"})
"""What a body may be called too (RFC 7396) where a write merges: what is left out stays, `null` clears."""
MAX_REMEMBERED_QUERY_BYTES, MAX_REMEMBERED_QUERIES = 256, 1_024
"""Pages and programs ask the same few questions again and again; parsing one takes longer than looking it up."""
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
    """Parse the query parameters; requests that ask the same share what is returned, so it is not to be changed.

    Raises InvalidInput.
    """
    raw: bytes = request.scope["query_string"]
    parse = parse_query if len(raw) > MAX_REMEMBERED_QUERY_BYTES else _remembered_query
    parsed: Query = parse(shape, raw)
    return parsed


@lru_cache(maxsize=MAX_REMEMBERED_QUERIES)
def _remembered_query(shape: type[Any], raw: bytes) -> Any:
    return parse_query(shape, raw)


async def body_value(shape: type[Any], request: HttpRequest) -> Any:
    """Parse the body.

    Raises InvalidInput, and UnsupportedMediaType for what is not JSON.
    """
    content_type = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if content_type != JSON and not (content_type == MERGE_PATCH and request.method in MERGING):
        raise UnsupportedMediaType
    return parse_body(shape, await request.body())
