"""Turn whatever went wrong into a reply."""

import logging
import secrets
from typing import Any

from litestar import Response
from litestar.exceptions import HTTPException, MethodNotAllowedException

from codimir.database.core import OutcomeUnknown, TookTooLong, Unavailable, UniqueViolation
from codimir.http.errors import (
    ApiError,
    Conflict,
    InternalError,
    InvalidInput,
    MaybeSaved,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    ServiceUnavailable,
    TookTooLongToRead,
    UnsupportedMediaType,
)
from codimir.http.requests import HttpRequest
from codimir.http.shown_paths import shown_path
from codimir.kit.outages import Outage
from codimir.problems.problem import Problem

log = logging.getLogger("codimir")
CLIENT_WENT_AWAY = "client disconnected prematurely"
"""What Litestar says, as an error of the server, when half a body came; nobody reads the answer."""
MAX_PATH_SHOWN_LENGTH = 200
BY_STATUS: dict[int, type[ApiError]] = {
    404: NotFound,
    405: MethodNotAllowed,
    413: PayloadTooLarge,
    415: UnsupportedMediaType,
}


def database_outage() -> Outage:
    """Return what an application meets of its database being away; what it meets no more for ten minutes is over."""
    return Outage("the database is not available", log)


class ErrorReply(Response[bytes]):
    """The reply to an error, as JSON in English; the error is for who answers it in another form."""

    def __init__(self, error: ApiError) -> None:
        headers = {"x-content-type-options": "nosniff", **error.headers}
        super().__init__(error.body(), status_code=error.status, media_type="application/json", headers=headers)
        self.error = error


def render_api_error(_request: HttpRequest, error: ApiError) -> ErrorReply:
    """Answer an error of ours."""
    return ErrorReply(error)


def render_http_exception(request: HttpRequest, error: HTTPException) -> ErrorReply:
    """Answer an error that Litestar found: no such path, wrong method, body too large, a broken upload."""
    if error.status_code >= 500 and error.detail != CLIENT_WENT_AWAY:  # noqa: PLR2004 - the line that HTTP draws
        return render_defect(request, error)
    kind = BY_STATUS.get(error.status_code, InvalidInput)
    headers = {"allow": _in_order(error)} if isinstance(error, MethodNotAllowedException) else {}
    path = request.scope["path"][:MAX_PATH_SHOWN_LENGTH]
    problem = Problem("path_not_found", path=path) if kind is NotFound else None
    details = {"request": [Problem("request_refused", reason=str(error.detail))]} if kind is InvalidInput else None
    return render_api_error(request, kind(problem, details=details, headers=headers))


def _in_order(error: MethodNotAllowedException) -> str:
    return ", ".join(sorted((error.headers or {}).get("allow", "").split(", ")))


def render_unique_violation(request: HttpRequest, _error: UniqueViolation) -> ErrorReply:
    """Answer that two requests made the same thing at the same time."""
    return render_api_error(request, Conflict())


def render_unavailable(request: HttpRequest, error: Unavailable) -> ErrorReply:
    """Answer that the database is busy or away."""
    outage: Outage = request.app.state.outage
    outage.failed(error)
    return render_api_error(request, MaybeSaved() if isinstance(error, OutcomeUnknown) else ServiceUnavailable())


def render_too_long(request: HttpRequest, error: TookTooLong) -> ErrorReply:
    """Answer that what was asked for takes too long to find."""
    log.warning("%s: %s %s", error, request.method, shown_path(request.scope))
    return render_api_error(request, TookTooLongToRead())


def render_defect(request: HttpRequest, error: Exception) -> ErrorReply:
    """Answer a defect of ours: the log has everything, the reply only the request id."""
    given = (request.scope.get("state") or {}).get("request_id")  # by the server, which sends it with each reply
    request_id = given or secrets.token_hex(8)
    log.error("request %s failed: %s %s", request_id, request.method, shown_path(request.scope), exc_info=error)
    headers = {} if given else {"x-request-id": request_id}
    return render_api_error(request, InternalError(details={"requestId": request_id}, headers=headers))


EXCEPTION_HANDLERS: dict[int | type[Exception], Any] = {
    ApiError: render_api_error,
    HTTPException: render_http_exception,
    UniqueViolation: render_unique_violation,
    TookTooLong: render_too_long,
    Unavailable: render_unavailable,
    Exception: render_defect,
}
