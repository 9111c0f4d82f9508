"""Every error that a route may answer, and the one place that says how they look.

ApiError
├── InvalidInput          400 VALIDATION_ERROR
├── Unauthorized          401 UNAUTHORIZED
├── Forbidden             403 FORBIDDEN
├── NotFound              404 NOT_FOUND
├── MethodNotAllowed      405 METHOD_NOT_ALLOWED
├── Conflict              409 CONFLICT
├── PreconditionFailed    412 PRECONDITION_FAILED
├── PayloadTooLarge       413 PAYLOAD_TOO_LARGE
├── UnsupportedMediaType  415 UNSUPPORTED_MEDIA_TYPE
├── IdempotencyKeyReused  422 IDEMPOTENCY_KEY_REUSED
├── RateLimited           429 RATE_LIMITED
│   └── TooManyReadsAtOnce
├── InternalError         500 INTERNAL_ERROR
└── ServiceUnavailable    503 UNAVAILABLE
    ├── MaybeSaved
    └── TookTooLongToRead
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, Self

import msgspec

from codimir.kit.values import ReadOnlyValues, Values
from codimir.problems.problem import Problem

Details = ReadOnlyValues


class ApiError(Exception):
    """An answer that says what is wrong and what to do; `code` is the kind of error, `problem` what is wrong."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "INTERNAL_ERROR"
    problem: Problem = Problem("internal_error")

    def __init__(
        self,
        problem: Problem | None = None,
        *,
        details: Details | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.problem = problem or self.problem
        self.details = details
        self.headers = headers or {}
        super().__init__(self.problem)

    @classmethod
    def about(cls, *fields: str) -> Self:
        """Return the error with its problem in the details of these fields too."""
        return cls(details={field: [cls.problem] for field in fields})

    @property
    def message(self) -> str:
        """Return the problem in English."""
        return str(self.problem)

    def body(self, translate: Callable[[Problem], str] = str) -> bytes:
        """Write the reply's body: `{"error": {"code", "message", "details"?}}`, in English if nothing translates it."""
        error: Values = {"code": self.code, "message": self.problem}
        if self.details:
            error["details"] = self.details
        return msgspec.json.encode({"error": error}, enc_hook=partial(_encode, translate))


def _encode(translate: Callable[[Problem], str], value: Any) -> str:
    if isinstance(value, Problem):
        return translate(value)
    raise NotImplementedError(type(value).__name__)


class InvalidInput(ApiError):
    """The body, the path or the query is wrong; `details` maps every wrong field to what is wrong with it."""

    status = 400
    code = "VALIDATION_ERROR"
    problem = Problem("invalid_input")
    good_values: ReadOnlyValues = {}
    """The fields of the body that are right by themselves, by their names in the Struct."""

    @classmethod
    def fields(cls, **problems: Problem) -> "InvalidInput":
        """Name wrong fields, each with one thing that is wrong with it."""
        return cls(details={name: [problem] for name, problem in problems.items()})


class Unauthorized(ApiError):
    """There is no valid session or token."""

    status = 401
    code = "UNAUTHORIZED"
    problem = Problem("unauthorized")


class Forbidden(ApiError):
    """It can be seen, but this may not be done to it."""

    status = 403
    code = "FORBIDDEN"
    problem = Problem("forbidden")


class NotFound(ApiError):
    """It does not exist, or whoever asks may not see it: nobody can tell which."""

    status = 404
    code = "NOT_FOUND"
    problem = Problem("not_found")


class MethodNotAllowed(ApiError):
    """The path exists, but not for this method."""

    status = 405
    code = "METHOD_NOT_ALLOWED"
    problem = Problem("method_not_allowed")


class Conflict(ApiError):
    """It collides with what is there."""

    status = 409
    code = "CONFLICT"
    problem = Problem("conflict")


class PreconditionFailed(ApiError):
    """It was changed since it was read; `details` says of each field what it was, what it is now and who did that."""

    status = 412
    code = "PRECONDITION_FAILED"
    problem = Problem("precondition_failed")


class PayloadTooLarge(ApiError):
    """The body is larger than this route takes."""

    status = 413
    code = "PAYLOAD_TOO_LARGE"
    problem = Problem("payload_too_large")


class UnsupportedMediaType(ApiError):
    """The body is of a kind that this route does not take."""

    status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"
    problem = Problem("unsupported_media_type")


class RangeNotSatisfiable(ApiError):
    """The part that was asked for lies behind the end of the file; `Content-Range` says how long that is."""

    status = 416
    code = "RANGE_NOT_SATISFIABLE"
    problem = Problem("range_not_satisfiable")


class IdempotencyKeyReused(ApiError):
    """The key of the request was sent before with another body."""

    status = 422
    code = "IDEMPOTENCY_KEY_REUSED"
    problem = Problem("idempotency_key_reused")


class RateLimited(ApiError):
    """Too many tries; `Retry-After` says when to come back."""

    status = 429
    code = "RATE_LIMITED"
    problem = Problem("rate_limited")


class InternalError(ApiError):
    """A defect of ours; the log has everything under the request id."""

    problem = Problem("internal_error_logged")


class ServiceUnavailable(ApiError):
    """The database is busy or away; nothing was changed."""

    status = 503
    code = "UNAVAILABLE"
    problem = Problem("database_busy")

    def __init__(self, problem: Problem | None = None) -> None:
        super().__init__(problem, headers={"retry-after": "2"})


class MaybeSaved(ServiceUnavailable):
    """The connection to the database broke while a change was saved: it may have happened."""

    problem = Problem("outcome_unknown")


class TookTooLongToRead(ServiceUnavailable):
    """What was asked for takes longer to find than a read may take."""

    problem = Problem("read_took_too_long")


class TooManyReadsAtOnce(RateLimited):
    """So many long reads of one person wait for each other that no more may."""

    problem = Problem("too_many_reads_at_once")

    def __init__(self) -> None:
        super().__init__(headers={"retry-after": "1"})
