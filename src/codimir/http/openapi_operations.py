"""Describe one operation of the API document: what its route takes, what it gives, and how it can fail."""

import inspect
from collections.abc import Iterator
from typing import Any, Union, get_args, get_origin

from codimir.http.errors import RangeNotSatisfiable
from codimir.http.openapi_failures import failures
from codimir.http.openapi_parameters import Words, headers_of, parameters, plain_path
from codimir.http.openapi_schemas import Schema, schema_of
from codimir.http.paging import Data
from codimir.http.replies import JSON, Created, WithCookies, is_response
from codimir.http.routing import AnyRoute, takes_actor
from codimir.http.streaming import Streamed, is_streamed
from codimir.kit.values import ReadOnlyValues

SECURITY_SCHEMES: dict[str, Schema] = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "next-auth.session-token",
        "description": "The session of who is signed in; over https `__Secure-next-auth.session-token` is taken too.",
    },
    "token": {"type": "http", "scheme": "bearer", "description": "An API token."},
}


ETAG: Schema = {
    "description": "What to send as `If-None-Match`, and with a change as `If-Match`",
    "schema": {"type": "string"},
}
NOT_MODIFIED: Schema = {"description": "You have it already", "headers": {"ETag": ETAG}}
A_FILE: Schema = {"type": "string", "format": "binary"}
FORM_OF_A_FILE: Schema = {
    "type": "object",
    "properties": {"file": {**A_FILE, "description": "The file, with its name"}},
    "required": ["file"],
    "additionalProperties": False,
}


def given_type(route: AnyRoute) -> Any:
    """Return the type of the JSON that a route answers with, or None."""
    returns = _usual(route)
    if get_origin(returns) in (Created, WithCookies):
        return Data[get_args(returns)[0]]  # type: ignore[misc]
    return None if returns in (None, type(None)) or is_response(returns) else returns


def shown_type(route: AnyRoute) -> Any:
    """Return the type of what a route shows instead of creating it, or None."""
    if get_origin(route.returns) is not Union:
        return None
    return Data[get_args(get_args(route.returns)[1])[0]]  # type: ignore[misc]


def _usual(route: AnyRoute) -> Any:
    """Return what a route returns that is not asked to show only: `Created[…]` of `Created[…] | Shown[…]`."""
    return get_args(route.returns)[0] if get_origin(route.returns) is Union else route.returns


def operation(route: AnyRoute, method: str, path: str, words: Words) -> Schema:
    """Describe a method of a route; its id and its tag are given by who knows the other routes."""
    key = f"{'PUT' if method == 'PATCH' else method} {path}"
    headers = headers_of(route, method)
    failing = failures(route, method, headers)
    success = _success(route, words.replies.get(key, {}))
    if "IfNoneMatch" in headers:
        success.setdefault("headers", {})["ETag"] = ETAG
    described: Schema = {
        "summary": route.summary.replace("`", ""),  # it is plain text, unlike what describes
        "description": "\n\n".join(filter(None, [route.description, *_equals(route, method)])),
        "parameters": parameters(route, method, path, words),
        "requestBody": _request_body(route, words.bodies.get(key, {})),
        "responses": {
            **_shown(route),
            str(route.status): success,
            **_part(route, failing),
            **({"304": NOT_MODIFIED} if "IfNoneMatch" in headers else {}),
            **failing,
        },
    }
    security: list[Schema] = [{name: []} for name in SECURITY_SCHEMES] if takes_actor(route) else []
    return {**{name: value for name, value in described.items() if value}, "security": security}


def _equals(route: AnyRoute, method: str) -> Iterator[str]:
    """Return which other operation is the same."""
    if route.alias_of:
        yield f"The same as {method} {plain_path(route.alias_of)}."
    elif method == "PATCH":
        yield "The same as PUT."


def json_content(schema: Schema, examples: ReadOnlyValues) -> Schema:
    """Describe JSON of a schema, with examples by their titles."""
    shown = {"examples": {title: {"value": value} for title, value in examples.items()}} if examples else {}
    return {JSON: {"schema": schema, **shown}}


def _request_body(route: AnyRoute, examples: ReadOnlyValues) -> Schema | None:
    if route.takes_files:
        return {"required": True, "content": {"multipart/form-data": {"schema": FORM_OF_A_FILE}}}
    if route.body is None:
        return None
    return {"required": True, "content": json_content(schema_of(route.body), examples)}


def _success(route: AnyRoute, examples: ReadOnlyValues) -> Schema:
    kind = given_type(route)
    if kind is not None:
        reply = {"description": "As asked", "content": json_content(schema_of(kind), examples)}
    elif is_response(route.returns):
        reply = _bytes(route)
    else:
        reply = {"description": "Done; there is nothing to say"}
    if get_origin(_usual(route)) is Created:
        location = {"description": "Where it is found", "schema": {"type": "string", "format": "uri-reference"}}
        reply |= {"description": "Created", "headers": {"Location": location}}
    if get_origin(route.returns) is WithCookies:
        reply["headers"] = {"Set-Cookie": {"description": "The new session", "schema": {"type": "string"}}}
    return reply


def _shown(route: AnyRoute) -> Schema:
    kind = shown_type(route)
    if kind is None:
        return {}
    return {"200": {"description": "Shown; nothing was created", "content": json_content(schema_of(kind), {})}}


def _part(route: AnyRoute, failing: Schema) -> Schema:
    """Describe the reply to `Range`, of routes that can say that there is no such part."""
    if str(RangeNotSatisfiable.status) not in failing:
        return {}
    return {"206": {**_bytes(route), "description": "The part that `Range` asks for"}}


def _bytes(route: AnyRoute) -> Schema:
    returns = route.returns
    if not is_streamed(returns):
        return {
            "description": "The file",
            "content": {kind: {"schema": A_FILE} for kind in route.media_types or ["*/*"]},
        }
    purpose = (inspect.getdoc(returns) or "").partition("\n")[0].rstrip(".")
    return {"description": purpose, "content": {kind: {"schema": {"type": "string"}} for kind in _kinds(returns)}}


def _kinds(streamed: type[Streamed]) -> Iterator[str]:
    """Yield the media types that a route may stream: that of what it returns, and of everything that is one."""
    yield streamed.kind
    for kind in streamed.__subclasses__():
        yield from _kinds(kind)
