"""How a request is answered once everything that its route takes is there."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from litestar import Request, Response

from codimir.database.core import Database
from codimir.http.conditional import ANY, PRIVATE, Mark, Question, marked, tagged, tags_in
from codimir.http.paging import Data
from codimir.http.replies import NOT_MODIFIED, JsonResponse, encode, reply_of
from codimir.http.sources import NotedReads
from codimir.http.versions import Versions, versions_for

Function = Callable[..., Awaitable[Any]]
Answer = Callable[[Request[Any, Any, Any], dict[str, Any]], Awaitable[Response[Any]]]
ACTOR = "actor"


def answering(function: Function, methods: tuple[str, ...], status: int, provided: Mapping[str, type[Any]]) -> Answer:
    """Choose how the requests of a route are answered."""
    [db, *_] = [name for name, kind in provided.items() if kind is Database] or [""]
    if not db or ACTOR not in provided:
        return lambda _, values: _plain(function, status, values)
    if "GET" in methods:
        follows_from_data = provided.keys() == {ACTOR, db}
        return lambda request, values: _read(function, db, request, values, follows_from_data=follows_from_data)
    return lambda _, values: _plain(function, status, values)


async def _plain(function: Function, status: int, values: Mapping[str, Any]) -> Response[Any]:
    return reply_of(await function(**values), status)


async def _read(
    function: Function, db: str, request: Request[Any, Any, Any], values: dict[str, Any], *, follows_from_data: bool
) -> Response[Any]:
    viewer = values[ACTOR]
    versions = await versions_for(values[db], viewer)
    question = Question(viewer, versions, request.scope["path"], values.get("query"))
    held = tags_in(request.headers.get("if-none-match", ""))
    if held and (tag := question.tag_known_before(held)) is not None:
        return JsonResponse(None, NOT_MODIFIED, tagged(tag))
    noted = NotedReads(values[db])
    result = await function(**{**values, db: noted})
    if not isinstance(result, msgspec.Struct):
        return _private(reply_of(result, 200))
    body = encode(result)
    if not follows_from_data or noted.reads_beyond_the_log:
        tag = question.by_content(body)
    else:
        tag = question.by_minute() if noted.reads_the_clock else question.by_versions()
    if mark := _mark_of(result, versions):
        tag = marked(tag, viewer, mark)
    if tag in held or ANY in held:
        return JsonResponse(None, NOT_MODIFIED, tagged(tag))
    return JsonResponse(body, 200, tagged(tag))


def _mark_of(result: msgspec.Struct, versions: Versions) -> Mark | None:
    """Find out which thing is given and how far it is, where its workspace is known."""
    thing = getattr(result, "data", None) if isinstance(result, Data) else None
    subject, workspace = getattr(thing, "id", None), getattr(thing, "workspace_id", None)
    if subject is None or workspace not in versions:
        return None
    return Mark(versions[workspace], subject)


def _private(response: Response[Any]) -> Response[Any]:
    for name, value in PRIVATE.items():
        response.headers.setdefault(name, value)
    return response
