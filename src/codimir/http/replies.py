"""What routes give, and how it is sent."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar, Generic, TypeVar, get_origin

import msgspec
from litestar import Response
from litestar.types import Scope, Send

from codimir.database.core import Database
from codimir.http.paging import Reply
from codimir.http.requests import HttpResponse
from codimir.kit.values import Values

T = TypeVar("T")

JSON = "application/json"
NO_CONTENT, NOT_MODIFIED = 204, 304
NOSNIFF = (b"x-content-type-options", b"nosniff")
"""A browser takes the body for what the header says it is (Fetch standard), in every reply that has one."""
Function = Callable[..., Awaitable[Any]]
"""What a route is made of."""
Call = Callable[[Database, Values], Awaitable[Any]]
"""Calls the function of a route with what it takes, in its transaction of a database."""
encode = msgspec.json.Encoder().encode


class Created(Reply, Generic[T]):
    """A new thing, and where it is found."""

    data: T
    location: str


class Shown(Reply, Generic[T]):
    """What a route that creates shows with 200 when it is asked to create nothing."""

    data: T


class WithCookies(Reply, Generic[T]):
    """A thing, and the Set-Cookie headers that go with it."""

    data: T
    cookies: Sequence[str]


class JsonResponse(Response[bytes]):
    """An encoded body that sends itself, past what a response of Litestar's gathers from the layers of an application.

    Without a body it says 204 or 304.
    """

    kind: ClassVar[bytes] = b"application/json"
    """The media type"""

    def __init__(
        self,
        body: bytes | None,
        status: int,
        headers: dict[str, str] | None = None,
        cookies: Sequence[str] = (),
        *,
        encoded_headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        self.content = body or b""
        self.encoded_headers = encoded_headers
        self.status_code = status
        self.cookie_headers = cookies
        self.headers = {} if headers is None else headers

    async def send(self, scope: Scope, send: Send) -> None:
        """Send it."""
        body, status = self.content, self.status_code or 200
        headers = [*self.encoded_headers]
        if self.headers:
            headers += [(name.encode(), value.encode()) for name, value in self.headers.items()]
        if self.cookie_headers:
            headers += [(b"set-cookie", cookie.encode()) for cookie in self.cookie_headers]
        if status not in (NO_CONTENT, NOT_MODIFIED):
            headers += [(b"content-type", self.kind), NOSNIFF, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        shown = b"" if scope["method"] == "HEAD" else body  # type: ignore[typeddict-item]
        await send({"type": "http.response.body", "body": shown, "more_body": False})


def is_response(returns: Any) -> bool:
    """Return whether a route makes its response itself."""
    kind = get_origin(returns) or returns
    return isinstance(kind, type) and issubclass(kind, Response)


def reply_of(result: Any, status: int) -> HttpResponse:
    """Build the reply of what a route gives."""
    if isinstance(result, Created):
        return JsonResponse(encode({"data": result.data}), status, {"location": result.location})
    if isinstance(result, WithCookies):
        return JsonResponse(encode({"data": result.data}), status, cookies=result.cookies)
    if isinstance(result, msgspec.Struct):
        return JsonResponse(encode(result), 200 if isinstance(result, Shown) else status)
    if result is None:
        return Response(None, status_code=status)
    response: HttpResponse = result
    return response
