"""Say how an operation of the API document can fail: from what its route takes, and from the code that it reaches."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from codimir.database.core import Database
from codimir.http.errors import (
    ApiError,
    Conflict,
    Forbidden,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    RateLimited,
    ServiceUnavailable,
    Unauthorized,
    UnsupportedMediaType,
)
from codimir.http.openapi_schemas import Schema
from codimir.http.paging import Reply
from codimir.http.routing import AnyRoute, takes_actor
from codimir.http.signatures import LongReadTx, find_database_parameter
from codimir.kit.call_graph import find_called_functions, find_reachable_subclasses

FROM_THE_SIGNATURE: frozenset[int] = frozenset(
    error.status
    for error in (
        ApiError,
        IdempotencyKeyReused,
        InvalidInput,
        NotFound,
        PayloadTooLarge,
        PreconditionFailed,
        ServiceUnavailable,
        Unauthorized,
        UnsupportedMediaType,
    )
)
"""Statuses that what a route takes tells better than its code: it names some of them only to catch them."""
WITH_RETRY_AFTER = (RateLimited, ServiceUnavailable)
READS_LONG = Database.read_long.__name__


class ChangedBy(Reply):
    """Who changed a field; of who is gone only what is known."""

    id: str
    name: str
    email: str | msgspec.UnsetType = msgspec.UNSET
    image: str | None | msgspec.UnsetType = msgspec.UNSET


class FieldChange(Reply):
    """What a field is now and who changed it last, and after `If-Match` also what it was when it was read."""

    was: Any = msgspec.UNSET
    now: Any = msgspec.UNSET
    changed_by: ChangedBy | None | msgspec.UnsetType = msgspec.UNSET
    changed_at: datetime | msgspec.UnsetType = msgspec.UNSET
    event_id: str | msgspec.UnsetType = msgspec.UNSET


class ErrorBody(Reply):
    """What is wrong: a code for programs, a message for people, and every wrong field."""

    code: str
    message: str
    details: dict[str, list[str] | str | FieldChange] | msgspec.UnsetType = msgspec.UNSET


class ErrorReply(Reply):
    """What every route answers when it fails."""

    error: ErrorBody


def documented_errors() -> list[type[ApiError]]:
    """Return the errors that have a status of their own, which others refine."""
    return [error for error in ApiError.__subclasses__() if error.__module__ == ApiError.__module__]


def failures(route: AnyRoute, method: str, headers: Sequence[str]) -> Schema:
    """Return the responses of a method of a route when it fails; `headers` names those of `HEADERS` that it takes."""
    errors = {*_from_signature(route, headers), *_from_code(route, method)}
    return {
        str(error.status): {"$ref": f"#/components/responses/{error.__name__}"}
        for error in sorted(errors, key=lambda error: error.status)
    }


def _from_signature(route: AnyRoute, headers: Sequence[str]) -> Iterable[type[ApiError]]:
    sends = route.body is not None or route.takes_files
    if sends or route.query is not None or route.path_names or "IfMatch" in headers:
        yield InvalidInput
    if takes_actor(route):
        yield Unauthorized
    if route.path_names:
        yield NotFound
    if "IfMatch" in headers:
        yield PreconditionFailed
    if "IdempotencyKey" in headers:
        yield from (Conflict, IdempotencyKeyReused)
    if sends:
        yield from (PayloadTooLarge, UnsupportedMediaType)
    if takes_actor(route) and _reads_long(route):
        yield RateLimited  # too many reads of the same person wait for each other
    if takes_actor(route) or find_database_parameter(route.provided):
        yield ServiceUnavailable


def _reads_long(route: AnyRoute) -> bool:
    """Return whether a route does a long read, itself or by what it calls."""
    function: Any = route.function
    does = [function, *find_called_functions(function)]
    return LongReadTx in route.provided.values() or any(READS_LONG in each.__code__.co_names for each in does)


def _from_code(route: AnyRoute, method: str) -> Iterable[type[ApiError]]:
    """Return the errors that the code of a route can raise, and that of the permissions of who asks."""
    if takes_actor(route) and (method != "GET" or route.scope):
        yield Forbidden  # of another site, or of a token that lacks the scope
    raised = find_reachable_subclasses([route.function, *route.provided.values()], ApiError)
    for error in documented_errors():
        if error.status not in FROM_THE_SIGNATURE and any(issubclass(each, error) for each in raised):
            yield error
