"""Litestar, with what it does for each handler at the start done once (docs/decisions/0065-lazy-loading.md).

Its way is for handlers that differ: it reads the signature of each, and looks at all routes again whenever one is
added, which takes the square of their number. Ours all take a request and give a response, and are added together.
A request goes straight to the handler of its path; Litestar still finds that, and turns errors into replies.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache, cached_property
from typing import Any, Self

from litestar import Litestar, Request, Response
from litestar._asgi.utils import is_valid_host
from litestar.events.emitter import BaseEventEmitterBackend
from litestar.exceptions import ClientException, ImproperlyConfiguredException, LitestarException
from litestar.handlers import HTTPRouteHandler
from litestar.middleware._internal.exceptions import ExceptionHandlerMiddleware
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from litestar.utils.path import normalize_path
from litestar.utils.scope.state import ScopeState


class Handler(HTTPRouteHandler):
    """A handler of a function that takes a request and gives a response, whatever else Litestar knows.

    It works out once who turns its exceptions into replies; Litestar's own does so for each request.
    """

    @property
    def parsed_fn_signature(self) -> Any:
        """Return the signature that all of these have."""
        return _example().parsed_fn_signature

    @property
    def signature_model(self) -> Any:
        """Return the model of that signature."""
        return _example().signature_model

    def create_kwargs_model(self, path_parameters: Any) -> Any:  # noqa: ARG002 - they are read from the scope
        """Return what fills that signature, whatever the path names: the request alone."""
        return _kwargs_model()

    def resolve_exception_handlers(self) -> Any:
        """Return what turns its exceptions into replies."""
        return self._exception_handlers

    @cached_property
    def _exception_handlers(self) -> Any:
        return HTTPRouteHandler.resolve_exception_handlers(self)


class NoEvents(BaseEventEmitterBackend):
    """Litestar's events, to which nothing here listens; its own take a task and a queue for as long as it serves."""

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """End."""

    def emit(self, event_id: str, *_: Any, **__: Any) -> None:
        """Refuse: nobody would hear of it. Raises ImproperlyConfiguredException."""
        raise ImproperlyConfiguredException(f"no event listeners are registered for event ID: {event_id}")


class Application(Litestar):
    """Litestar without the plugins for the shapes of other libraries, which hold 9 MB for nothing that is used here."""

    @staticmethod
    def _get_default_plugins(plugins: list[Any]) -> list[Any]:
        return plugins

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request by the handler of its path, without the layers in which Litestar looks for it.

        What is no request, and what is served under another path, goes Litestar's way.
        """
        if scope["type"] != "http" or scope.get("root_path"):
            await super().__call__(scope, receive, send)
            return
        has_begun = False

        async def note_and_send(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            scope["app"] = scope["litestar_app"] = self
            await self._get_handler(scope)(scope, receive, note_and_send)
        except Exception as error:
            if has_begun:
                raise LitestarException("Exception caught after response started") from error
            await self._reply_to_error(error, scope, receive, send)

    def _get_handler(self, scope: Scope) -> ASGIApp:
        """Return what answers a request, and put into the scope what Litestar says of it.

        Raises ClientException for a host that is none, and what Litestar raises for paths and methods that there are
        not.
        """
        for name, value in scope["headers"]:
            if name == b"host":
                if not is_valid_host(value):
                    raise ClientException("Invalid host header")
                break
        find = self.asgi_router.handle_routing
        method = scope["method"]  # type: ignore[typeddict-item]
        answer, handler, scope["path"], scope["path_params"], template = find(normalize_path(scope["path"]), method)
        scope["route_handler"], scope["path_template"] = handler, template
        return answer

    async def _reply_to_error(self, error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
        handler: Any = scope.get("route_handler")
        handlers = handler.resolve_exception_handlers() if handler else self.exception_handlers
        ScopeState.from_scope(scope).exception_handlers = handlers
        replies = ExceptionHandlerMiddleware(self.asgi_router, None)
        await replies.handle_request_exception(self, scope, receive, send, error)

    def add(self, handlers: Sequence[HTTPRouteHandler]) -> None:
        """Add all handlers, those of each path as one route."""
        handlers_at: dict[str, list[HTTPRouteHandler]] = defaultdict(list)
        for handler in handlers:
            handler.owner = self
            for path in handler.paths:
                handlers_at[normalize_path(path)].append(handler)
        for path, those_there in handlers_at.items():
            route = HTTPRoute(path=path, route_handlers=those_there)
            self.routes.append(route)
            for handler in those_there:
                handler.on_registration(self)
            route.create_handler_map()
        self.asgi_router.construct_routing_trie()


@cache
def _example() -> HTTPRouteHandler:
    async def handle(request: Request[Any, Any, Any]) -> Response[Any]:
        raise NotImplementedError

    return HTTPRouteHandler("/", http_method="GET", status_code=200)(handle)


@cache
def _kwargs_model() -> Any:
    return _example().create_kwargs_model({})
