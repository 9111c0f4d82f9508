"""Routes, described by the signatures of their functions.

    @get("/api/tickets/{ref:str}")
    async def get_ticket(ref: str, actor: Actor, db: Database) -> Data[TicketDetails]: ...

A parameter that the path names is taken from it; `query` and `data` are parsed into the Structs of their annotations;
any other is provided by its type (`app` says how). A route that takes the `Actor` requires authentication, before
anything else of the request is looked at. The same signature makes the API document.

Litestar routes and turns errors into answers. Its own dependency injection is not used: with two dependencies it halves
the requests per second; nor is what it does around a handler that takes a request and gives a response, which costs as
much again as its routing (docs/decisions/0002-stack.md).
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, get_origin, get_type_hints

from litestar import Request, Response, route
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import UNSET, UnsetType

from codimir.database.core import PERSON, Stranger
from codimir.http.answering import answering
from codimir.http.errors import InvalidInput, UnsupportedMediaType
from codimir.http.fair_share import FairShare, Measured
from codimir.http.replies import JSON, Created, JsonResponse
from codimir.http.validation import Problems, Query, parse_body, parse_query
from codimir.kit.networks import network_of

__all__ = ["Created", "Providers", "Route", "delete", "get", "handlers", "post", "put"]

Provider = Callable[[Request[Any, Any, Any]], Awaitable[Any]]
Providers = Mapping[type[Any], Provider]
Handle = Callable[[Request[Any, Any, Any]], Coroutine[Any, Any, Response[Any]]]
Check = Callable[..., Awaitable[Problems]]
"""Looks for more that is wrong in the good fields of a body of which others are wrong, so that all is said at once."""

MAX_JSON_BYTES = 4 * 1024 * 1024
MAX_ANONYMOUS_BYTES = 16 * 1024
"""The largest body of a route that asks nobody to sign in: whoever can connect can have it held in memory."""
MERGE_PATCH, MERGING = "application/merge-patch+json", frozenset({"PUT", "PATCH"})
"""What a body may be called too (RFC 7396) where a write merges: what is left out stays, `null` clears."""
SIGNED_IN = frozenset({"actor", "frame"})
"""What a route takes that answers only who has signed in, before it looks at the body."""
NOT_UTF8 = "\ufffd"
"""What the server puts into a path where it is not UTF-8; no id and no key has it."""


@dataclass(frozen=True)
class Route:
    """What a route takes and gives."""

    methods: tuple[str, ...]
    path: str
    function: Callable[..., Awaitable[Any]]
    status: int
    max_bytes: int | None
    takes_files: bool
    path_names: tuple[str, ...]
    query: type[Any] | None
    body: type[Any] | None
    provided: Mapping[str, type[Any]]
    returns: Any
    also_check: Check | None = None
    scope: str | None = None
    """What an API token needs for it, where that is not plain from the method"""
    summary: str = ""
    description: str = field(default="")
    alias_of: str | None = None
    """The path that is documented first, where this is another one of the same route"""
    media_types: tuple[str, ...] = ()
    """What a response that a route makes itself can be, where that is known: `Annotated[Response, "text/plain"]`"""

    def handler(self, providers: Providers, share: FairShare) -> HTTPRouteHandler:
        """Make the handler that Litestar calls."""
        takes = [(name, _provider(self, name, kind, providers)) for name, kind in self.provided.items()]
        takes += [(name, partial(_path_value, name)) for name in self.path_names]
        if self.query is not None:
            takes.append(("query", partial(_query_value, self.query)))
        if self.body is not None:
            takes.append(("data", partial(_body_value, self.body)))
        function, also_check, serves_strangers = self.function, self.also_check, not self.provided.keys() & SIGNED_IN
        answer = answering(function, self.methods, self.status, self.provided, self.returns)

        async def handle(request: Request[Any, Any, Any]) -> Response[Any]:
            if serves_strangers:
                PERSON.set(Stranger(network_of(request.client.host) if request.client else ""))
                await share.turn()
            values: dict[str, Any] = {}
            try:
                for name, take in takes:
                    values[name] = await take(request)
                    if name in SIGNED_IN:
                        await share.turn()
            except InvalidInput as error:
                if also_check is not None and name == "data":
                    error.details = {**await also_check(error.good_values, **values), **(error.details or {})}
                raise
            return await answer(request, values)

        handle.__name__ = function.__name__
        decorate = _Handler(
            self.path,
            http_method=[*self.methods],  # type: ignore[list-item]
            status_code=200,  # every response names its own
            request_max_body_size=self.max_bytes,
            opt={"scope": self.scope},
            include_in_schema=False,
            middleware=[partial(_straight, handle, share)],
        )
        return decorate(handle)


class _Handler(HTTPRouteHandler):
    """A handler that works out once who turns its exceptions into replies; Litestar's own does so for each request."""

    def resolve_exception_handlers(self) -> Any:
        """Give what turns its exceptions into replies."""
        return self._exception_handlers

    @cached_property
    def _exception_handlers(self) -> Any:
        return HTTPRouteHandler.resolve_exception_handlers(self)


def _straight(handle: Handle, share: FairShare, app: ASGIApp) -> ASGIApp:  # noqa: ARG001 - what it stands in for
    """Make the middleware that answers by itself, so that Litestar does no more than find it."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        response = await Measured(handle(request), share)
        if isinstance(response, JsonResponse):
            await response.send(scope, send)
        else:
            handler: Any = scope["route_handler"]
            sending = await handler.to_response(scope["litestar_app"], response, request)
            await sending(scope, receive, send)

    return answer


def takes_actor(route: Route) -> bool:
    """Say whether a route requires authentication."""
    return "actor" in route.provided


def _routed(*methods: str, usually: int = 200) -> Callable[..., Callable[[Callable[..., Any]], Route]]:
    def make(
        path: str,
        *,
        status: int = usually,
        max_bytes: int | None | UnsetType = UNSET,
        takes_files: bool = False,
        also_check: Check | None = None,
        scope: str | None = None,
    ) -> Callable[[Callable[..., Any]], Route]:
        return lambda function: _describe(function, methods, path, status, max_bytes, takes_files, also_check, scope)

    return make


get = _routed("GET", "HEAD")
post = _routed("POST", usually=201)
put = _routed("PUT", "PATCH")
delete = _routed("DELETE", usually=204)


def _describe(
    function: Callable[..., Awaitable[Any]],
    methods: tuple[str, ...],
    path: str,
    status: int,
    max_bytes: int | None | UnsetType,
    takes_files: bool,  # noqa: FBT001 - handed on
    also_check: Check | None,
    scope: str | None,
) -> Route:
    hints = get_type_hints(function, include_extras=True)
    returns = hints.pop("return", None)
    media_types = getattr(returns, "__metadata__", ())
    returns = getattr(returns, "__origin__", returns) if media_types else returns
    path_names = tuple(re.findall(r"{(\w+)", path))
    query, body = hints.pop("query", None), hints.pop("data", None)
    provided = {name: kind for name, kind in hints.items() if name not in path_names}
    if max_bytes is UNSET:
        max_bytes = MAX_JSON_BYTES if provided.keys() & SIGNED_IN else MAX_ANONYMOUS_BYTES
    summary, _, description = (inspect.getdoc(function) or "").partition("\n\n")
    return Route(
        methods, path, function, status, max_bytes, takes_files, path_names, query, body, provided, returns, also_check,
        scope, summary.replace("\n", " ").rstrip("."), description.strip(), media_types=media_types,
    )  # fmt: skip


def _provider(described: Route, name: str, kind: type[Any], providers: Providers) -> Provider:
    kind = get_origin(kind) or kind
    if kind in providers:
        return providers[kind]
    raise TypeError(f"{described.function.__qualname__}: nothing provides {name}: {kind}")


async def _path_value(name: str, request: Request[Any, Any, Any]) -> str:
    value = str(request.scope["path_params"][name])
    if "\0" in value or NOT_UTF8 in value:
        raise InvalidInput(details={name: ["Must be UTF-8 without the NUL character"]})
    return value


async def _query_value(shape: type[Query], request: Request[Any, Any, Any]) -> Query:
    return parse_query(shape, request.scope["query_string"])


async def _body_value(shape: type[Any], request: Request[Any, Any, Any]) -> Any:
    content_type = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if content_type != JSON and not (content_type == MERGE_PATCH and request.method in MERGING):
        raise UnsupportedMediaType
    return parse_body(shape, await request.body())


def handlers(routes: Sequence[Route], providers: Providers, share: FairShare) -> list[HTTPRouteHandler]:
    """Make Litestar's handlers of all routes, and of OPTIONS for each of their paths.

    `share` is what those of all requests who answer have of the event loop.
    """
    methods_at: dict[str, set[str]] = {}
    for described in routes:
        methods_at.setdefault(described.path, {"OPTIONS"}).update(described.methods)
    options = [_options(path, ", ".join(sorted(methods))) for path, methods in methods_at.items()]
    return options + [described.handler(providers, share) for described in routes]


def _options(path: str, allow: str) -> HTTPRouteHandler:
    """Name every method of a path; Litestar's own answer names only those of the first function there."""

    async def name_methods() -> Response[None]:
        return Response(None, headers={"allow": allow})

    decorate = route(path, http_method=["OPTIONS"], status_code=204, include_in_schema=False)
    return decorate(name_methods)
