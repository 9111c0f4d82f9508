"""Routes, described by the signatures of their functions.

    @get("/api/tickets/{ref:str}")
    async def get_ticket(tx: ReadTx, actor: Actor, ref: str) -> Data[TicketDetails]: ...

A parameter that the path names is taken from it; `query` and `data` are parsed into the Structs of their annotations;
any other is provided by its type (`app` says how), whatever it is called. A route that takes the `Actor` requires
authentication, before anything else of the request is looked at. A route that takes a transaction is called in it. The
same signature makes the API document.

Litestar routes and turns errors into answers. Its own dependency injection is not used: with two dependencies it halves
the requests per second; nor is what it does around a handler that takes a request and gives a response, which costs as
much again as its routing (docs/decisions/0002-stack.md).
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, get_origin, get_type_hints

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import UNSET, UnsetType

from codimir.database.core import PERSON, Database, Stranger
from codimir.http.application import Handler
from codimir.http.errors import InvalidInput
from codimir.http.fair_share import FairShare, Measured
from codimir.http.replies import Created, Function, JsonResponse
from codimir.http.request_values import body_value, path_value, query_value
from codimir.http.requests import HttpRequest, HttpResponse
from codimir.http.signatures import (
    TRANSACTIONS,
    LongReadTx,
    Provided,
    ReadTx,
    SignedIn,
    WriteTx,
    find_database_parameter,
    find_parameter,
    is_signed_in,
)
from codimir.http.transactions import RUN, in_transaction
from codimir.kit.networks import network_of
from codimir.kit.values import ReadOnlyValues, Values
from codimir.problems.problem import Problems

__all__ = [
    "AnyRoute", "Created", "LongReadTx", "Providers", "ReadTx", "Route", "WriteTx",
    "delete", "get", "handlers", "post", "put",
]  # fmt: skip

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
Provider = Callable[[HttpRequest], Awaitable[Any]]
Providers = Mapping[type[Any], Provider]
Handle = Callable[[HttpRequest], Coroutine[Any, Any, HttpResponse]]
Parse = Callable[[HttpRequest, Values], Awaitable[None]]
"""Adds to the values what a request says besides who sends it; raises InvalidInput and its like."""
Answer = Callable[[HttpRequest, Values, Parse], Awaitable[HttpResponse]]
ChooseAnswer = Callable[[Function, tuple[str, ...], int, Provided, Any, bool], Answer]
"""Returns what answers the requests of a route: of its function, methods, status, parameters, result, and if shared."""
Check = Callable[..., Awaitable[Problems]]
"""Looks, in a read, for references that are wrong in the `given` good fields of a body of which others are wrong.

So all is said at once. It takes what the route takes, and its transaction under the same name.
"""

MAX_JSON_BYTES = 4 * 1024 * 1024
MAX_ANONYMOUS_BYTES = 16 * 1024
"""The largest body of a route that asks nobody to sign in: whoever can connect can have it held in memory."""


@dataclass(frozen=True)
class Route(Generic[P, R]):
    """What a route takes and gives; it is generic over its function, so that a call of that is checked."""

    methods: tuple[str, ...]
    path: str
    function: Callable[P, Awaitable[R]]
    status: int
    max_bytes: int | None
    takes_files: bool
    path_names: tuple[str, ...]
    query: type[Any] | None
    body: type[Any] | None
    provided: Mapping[str, type[Any]]
    returns: Any
    validate_references: Check | None = None
    scope: str | None = None
    """What an API token needs for it, where that is not plain from the method"""
    summary: str = ""
    description: str = field(default="")
    alias_of: str | None = None
    """The path that is documented first, where this is another one of the same route"""
    is_shared: bool = False
    """Whether all who see the same get the same reply to a read, because it does not say who asks"""
    media_types: tuple[str, ...] = ()
    """What a response that a route makes itself can be, where that is known: `Annotated[Response, "text/plain"]`"""

    def handler(self, providers: Providers, share: FairShare, choose_answer: ChooseAnswer) -> HTTPRouteHandler:
        """Build the handler that Litestar calls."""
        person = find_parameter(self.provided, SignedIn)
        identify = _provider(self, person, self.provided[person], providers) if person else None
        answer = choose_answer(self.function, self.methods, self.status, self.provided, self.returns, self.is_shared)
        parse = self._parser(providers)

        async def handle(request: HttpRequest) -> HttpResponse:
            values: Values = {}
            if person is None or identify is None:
                PERSON.set(Stranger(network_of(request.client.host) if request.client else ""))
            else:
                values[person] = await identify(request)
            await share.turn()
            return await answer(request, values, parse)

        handle.__name__ = self.function.__name__
        decorate = Handler(
            self.path,
            http_method=[*self.methods],  # type: ignore[list-item]
            status_code=200,  # every response names its own
            request_max_body_size=self.max_bytes,
            opt={"scope": self.scope},
            include_in_schema=False,
            middleware=[partial(_direct_asgi, handle, share)],
        )
        return decorate(handle)

    async def run(self, db: Database, work: Callable[[Any], Awaitable[T]]) -> T:
        """Do some work in a transaction of the kind that the route takes, or with the database if it takes that."""
        name = find_database_parameter(self.provided)
        result: T = await (RUN[self.provided[name]](db, work) if name else work(None))
        return result

    def _parser(self, providers: Providers) -> Parse:
        """Return what finds everything that the function takes but the person, in order."""
        person, find_wrong_references = find_parameter(self.provided, SignedIn), self._reference_check()
        takes = [(n, _provider(self, n, kind, providers)) for n, kind in self.provided.items() if n != person]
        takes += [(name, partial(path_value, name)) for name in self.path_names]
        if self.query is not None:
            takes.append(("query", partial(query_value, self.query)))
        if self.body is not None:
            takes.append(("data", partial(body_value, self.body)))

        async def parse(request: HttpRequest, values: Values) -> None:
            try:
                for name, take in takes:
                    values[name] = await take(request)
            except InvalidInput as error:
                if find_wrong_references is not None and name == "data":
                    error.details = {**await find_wrong_references(error.good_values, values), **(error.details or {})}
                raise

        return parse

    def _reference_check(self) -> Callable[[ReadOnlyValues, Values], Awaitable[Problems]] | None:
        """Return what looks, in a read, for wrong references in the good fields of a body."""
        name = find_database_parameter(self.provided)
        if self.validate_references is None or name is None:
            return None
        check = in_transaction(self.validate_references, name, ReadTx)
        return lambda given, values: check(values[name], {**values, "given": given})


def _direct_asgi(handle: Handle, share: FairShare, app: ASGIApp) -> ASGIApp:  # noqa: ARG001 - what it stands in for
    """Build the middleware that answers by itself, so that Litestar does no more than find it."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request: HttpRequest = Request(scope, receive, send)
        response = await Measured(handle(request), share)
        if isinstance(response, JsonResponse):
            await response.send(scope, send)
        else:
            handler: Any = scope["route_handler"]
            sending = await handler.to_response(scope["litestar_app"], response, request)
            await sending(scope, receive, send)

    return answer


AnyRoute = Route[..., Any]


class Decorator(Protocol):
    """Makes a route of a function, and keeps what is known of its parameters and its result."""

    def __call__(self, function: Callable[P, Awaitable[R]]) -> Route[P, R]:
        """Describe the route."""


def takes_actor(route: AnyRoute) -> bool:
    """Return whether a route requires authentication."""
    return is_signed_in(route.provided)


def _routed(*methods: str, usually: int = 200) -> Callable[..., Decorator]:
    def make(
        path: str,
        *,
        status: int = usually,
        max_bytes: int | None | UnsetType = UNSET,
        takes_files: bool = False,
        validate_references: Check | None = None,
        scope: str | None = None,
        is_shared: bool = False,
    ) -> Decorator:
        def describe(function: Callable[P, Awaitable[R]]) -> Route[P, R]:
            made = _describe(function, methods, path, status, max_bytes, takes_files, validate_references, scope)
            return replace(made, is_shared=is_shared)

        return describe

    return make


get = _routed("GET", "HEAD")
post = _routed("POST", usually=201)
put = _routed("PUT", "PATCH")
delete = _routed("DELETE", usually=204)


def _describe(
    function: Callable[P, Awaitable[R]],
    methods: tuple[str, ...],
    path: str,
    status: int,
    max_bytes: int | None | UnsetType,
    takes_files: bool,  # noqa: FBT001 - handed on
    validate_references: Check | None,
    scope: str | None,
) -> Route[P, R]:
    hints = get_type_hints(function, include_extras=True)
    returns = hints.pop("return", None)
    media_types = getattr(returns, "__metadata__", ())
    returns = getattr(returns, "__origin__", returns) if media_types else returns
    path_names = tuple(re.findall(r"{(\w+)", path))
    query, body = hints.pop("query", None), hints.pop("data", None)
    provided = {name: kind for name, kind in hints.items() if name not in path_names}
    if max_bytes is UNSET:
        max_bytes = MAX_JSON_BYTES if is_signed_in(provided) else MAX_ANONYMOUS_BYTES
    summary, _, description = (inspect.getdoc(function) or "").partition("\n\n")
    return Route(
        methods, path, function, status, max_bytes, takes_files, path_names, query, body, provided, returns,
        validate_references, scope, summary.replace("\n", " ").rstrip("."), description.strip(),
        media_types=media_types,
    )  # fmt: skip


def _provider(described: AnyRoute, name: str, kind: type[Any], providers: Providers) -> Provider:
    kind = Database if kind in TRANSACTIONS else get_origin(kind) or kind
    if kind in providers:
        return providers[kind]
    raise TypeError(f"{described.function.__qualname__}: nothing provides {name}: {kind}")


def handlers(
    routes: Sequence[AnyRoute], providers: Providers, share: FairShare, choose_answer: ChooseAnswer
) -> list[HTTPRouteHandler]:
    """Build Litestar's handlers of all routes, and of OPTIONS for each of their paths.

    `share` is what those of all requests who answer have of the event loop.
    """
    methods_at: dict[str, set[str]] = {}
    for described in routes:
        methods_at.setdefault(described.path, {"OPTIONS"}).update(described.methods)
    options = [_options(path, ", ".join(sorted(methods))) for path, methods in methods_at.items()]
    return options + [described.handler(providers, share, choose_answer) for described in routes]


def _options(path: str, allow: str) -> HTTPRouteHandler:
    """Name every method of a path; Litestar's own answer names only those of the first function there."""

    async def name_methods(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - as all handlers are called
        return Response(None, status_code=204, headers={"allow": allow})

    decorate = Handler(path, http_method=["OPTIONS"], status_code=200, include_in_schema=False)
    return decorate(name_methods)
