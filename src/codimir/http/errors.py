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

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

Details = Mapping[str, Any]


class ApiError(Exception):
    """An answer that says what is wrong and what to do."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "INTERNAL_ERROR"
    message: str = "Something went wrong"

    def __init__(
        self, message: str | None = None, *, details: Details | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        self.message = message or self.message
        self.details = details
        self.headers = headers or {}
        super().__init__(self.message)

    def body(self) -> bytes:
        """Write the reply's body: `{"error": {"code", "message", "details"?}}`."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.details:
            error["details"] = self.details
        return msgspec.json.encode({"error": error})


class InvalidInput(ApiError):
    """The body, the path or the query is wrong; `details` maps every wrong field to what is wrong with it."""

    status = 400
    code = "VALIDATION_ERROR"
    message = "Invalid input data"
    good_values: Mapping[str, Any] = {}
    """The fields of the body that are right by themselves, by their names in the Struct."""

    @classmethod
    def fields(cls, **problems: str) -> "InvalidInput":
        """Name wrong fields, each with one thing that is wrong with it."""
        return cls(details={name: [problem] for name, problem in problems.items()})


class Unauthorized(ApiError):
    """There is no valid session or token."""

    status = 401
    code = "UNAUTHORIZED"
    message = "Authentication required"


class Forbidden(ApiError):
    """It can be seen, but this may not be done to it."""

    status = 403
    code = "FORBIDDEN"
    message = "Insufficient permissions"


class NotFound(ApiError):
    """It does not exist, or whoever asks may not see it: nobody can tell which."""

    status = 404
    code = "NOT_FOUND"
    message = "Not found"


class MethodNotAllowed(ApiError):
    """The path exists, but not for this method."""

    status = 405
    code = "METHOD_NOT_ALLOWED"
    message = "Method not allowed"


class Conflict(ApiError):
    """It collides with what is there."""

    status = 409
    code = "CONFLICT"
    message = "This collides with something that exists"


class PreconditionFailed(ApiError):
    """It was changed since it was read; `details` says of each field what it was, what it is now and who did that."""

    status = 412
    code = "PRECONDITION_FAILED"
    message = "It was changed in the meantime"


class PayloadTooLarge(ApiError):
    """The body is larger than this route takes."""

    status = 413
    code = "PAYLOAD_TOO_LARGE"
    message = "The body is too large"


class UnsupportedMediaType(ApiError):
    """The body is of a kind that this route does not take."""

    status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"
    message = "Send JSON with the header Content-Type: application/json"


class RangeNotSatisfiable(ApiError):
    """The part that was asked for lies behind the end of the file; `Content-Range` says how long that is."""

    status = 416
    code = "RANGE_NOT_SATISFIABLE"
    message = "The file has no such bytes"


class IdempotencyKeyReused(ApiError):
    """The key of the request was sent before with another body."""

    status = 422
    code = "IDEMPOTENCY_KEY_REUSED"
    message = "This Idempotency-Key was sent with another body; use a new key for a new request"


class RateLimited(ApiError):
    """Too many tries; `Retry-After` says when to come back."""

    status = 429
    code = "RATE_LIMITED"
    message = "Too many requests"


class InternalError(ApiError):
    """A defect of ours; the log has everything under the request id."""

    message = "Something went wrong on our side; the log of the server has it under this request id"


class ServiceUnavailable(ApiError):
    """The database is busy or away; nothing was changed."""

    status = 503
    code = "UNAVAILABLE"
    message = "The server is busy; nothing was changed, try again"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message, headers={"retry-after": "2"})


class MaybeSaved(ServiceUnavailable):
    """The connection to the database broke while a change was saved: it may have happened."""

    message = (
        "The connection to the database broke while this was saved, and it may have been: look before you try again, "
        "or send an Idempotency-Key with each try"
    )


class TookTooLongToRead(ServiceUnavailable):
    """What was asked for takes longer to find than a read may take."""

    message = (
        "This took too long and was stopped; ask for less, such as other words, a narrower filter, an earlier page"
    )


class TooManyReadsAtOnce(RateLimited):
    """So many long reads of one person wait for each other that no more may."""

    message = "Too many of your searches and reports wait for each other; wait for an answer before the next one"

    def __init__(self) -> None:
        super().__init__(headers={"retry-after": "1"})
