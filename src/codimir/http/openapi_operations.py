"""Describe one operation of the API document: what its route takes, what it gives, and how it can fail."""

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Union, get_args, get_origin

from codimir.database.core import Database
from codimir.http.answering import takes_keys
from codimir.http.openapi_failures import failures
from codimir.http.openapi_schemas import Schema, fields_of, schema_of
from codimir.http.paging import Data
from codimir.http.replies import JSON, Created, WithCookies, is_response
from codimir.http.routing import Route, takes_actor
from codimir.http.streaming import Streamed

SECURITY_SCHEMES: dict[str, Schema] = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "next-auth.session-token",
        "description": "The session of who is signed in; over https `__Secure-next-auth.session-token` is taken too.",
    },
    "token": {"type": "http", "scheme": "bearer", "description": "An API token."},
}


def _header(name: str, description: str) -> Schema:
    return {"name": name, "in": "header", "required": False, "schema": {"type": "string"}, "description": description}


A_FILE: Schema = {"type": "string", "format": "binary"}
FORM_OF_A_FILE: Schema = {
    "type": "object",
    "properties": {"file": {**A_FILE, "description": "The file, with its name"}},
    "required": ["file"],
}


@dataclass(frozen=True)
class Words:
    """What people wrote for the document, because no signature can say it."""

    introduction: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Names of nouns that are not simply that of their folder, by folder."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Descriptions by name; a parameter of a path stands under its place there: `tickets/{ref}`."""
    bodies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Examples by their titles, by operation: `POST /api/tickets`."""
    replies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The same of replies; what is said of PUT goes for PATCH."""
    errors: Mapping[str, Any] = field(default_factory=dict)
    """Examples by the code of the error."""


HEADERS: dict[str, Schema] = {
    "IfNoneMatch": _header(
        "If-None-Match", "The `ETag` of a reply that you have; the answer is 304 if it would be the same."
    ),
    "IfMatch": _header(
        "If-Match", "The `ETag` of the thing as you have read it; the answer is 412 if it has been changed since."
    ),
    "IdempotencyKey": _header(
        "Idempotency-Key",
        "A name for this request, such as a UUID. Sent again within 24 hours, it is not done again and gets the same"
        " reply.",
    ),
}


def given_type(route: Route) -> Any:
    """Give the type of the JSON that a route answers with, or None."""
    returns = _usual(route)
    if get_origin(returns) in (Created, WithCookies):
        return Data[get_args(returns)[0]]  # type: ignore[misc]
    return None if returns in (None, type(None)) or is_response(returns) else returns


def shown_type(route: Route) -> Any:
    """Give the type of what a route shows instead of creating it, or None."""
    if get_origin(route.returns) is not Union:
        return None
    return Data[get_args(get_args(route.returns)[1])[0]]  # type: ignore[misc]


def _usual(route: Route) -> Any:
    """Give what a route returns that is not asked to show only: `Created[…]` of `Created[…] | Shown[…]`."""
    return get_args(route.returns)[0] if get_origin(route.returns) is Union else route.returns


def operation(route: Route, method: str, path: str, words: Words) -> Schema:
    """Describe a method of a route; its id and its tag are given by who knows the other routes."""
    key = f"{'PUT' if method == 'PATCH' else method} {path}"
    described: Schema = {
        "summary": route.summary,
        "description": "\n\n".join(filter(None, [route.description, *_equals(route, method)])),
        "parameters": [
            *_path_parameters(route, path, words),
            *_query_parameters(route, words),
            *({"$ref": f"#/components/parameters/{name}"} for name in _headers(route, method)),
        ],
        "requestBody": _request_body(route, words.bodies.get(key, {})),
        "responses": {
            **_shown(route),
            str(route.status): _success(route, words.replies.get(key, {})),
            **({"304": {"description": "You have it already"}} if "IfNoneMatch" in _headers(route, method) else {}),
            **failures(route, method, _headers(route, method)),
        },
    }
    security: list[Schema] = [{name: []} for name in SECURITY_SCHEMES] if takes_actor(route) else []
    return {**{name: value for name, value in described.items() if value}, "security": security}


def _equals(route: Route, method: str) -> Iterator[str]:
    """Say which other operation is the same."""
    if route.alias_of:
        yield f"The same as {method} {plain_path(route.alias_of)}."
    elif method == "PATCH":
        yield "The same as PUT."


def plain_path(path: str) -> str:
    """Return the path of a route as OpenAPI writes it: `/api/tickets/{ref}`."""
    return re.sub(r"{(\w+):\w+}", r"{\1}", path)


def _headers(route: Route, method: str) -> list[str]:
    """Name the headers of `HEADERS` that an operation takes."""
    if not takes_actor(route) or not (Database in route.provided.values() or route.media_types):
        return []
    if method == "GET":
        return [] if _is_streamed(route.returns) else ["IfNoneMatch"]
    return ["IfMatch", "IdempotencyKey"] if takes_keys(route.provided, route.returns) else ["IfMatch"]


def json_content(schema: Schema, examples: Mapping[str, Any]) -> Schema:
    """Describe JSON of a schema, with examples by their titles."""
    shown = {"examples": {title: {"value": value} for title, value in examples.items()}} if examples else {}
    return {JSON: {"schema": schema, **shown}}


def _path_parameters(route: Route, path: str, words: Words) -> Iterator[Schema]:
    for name in route.path_names:
        place = re.search(rf"[\w-]+/{{{name}}}", path)
        description = words.parameters.get(place[0] if place else name)
        parameter: Schema = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        yield {**parameter, "description": description} if description else parameter


def _query_parameters(route: Route, words: Words) -> Iterator[Schema]:
    if route.query is None:
        return
    fields, required = fields_of(route.query)
    for name, schema in fields.items():
        parameter: Schema = {"name": name, "in": "query", "required": name in required, "schema": _sendable(schema)}
        description = parameter["schema"].pop("description", words.parameters.get(name, ""))
        if parameter["schema"].get("type") == "array":
            parameter |= {"style": "form", "explode": False}
            description = f"{description} Several are separated by commas.".strip()
        yield {**parameter, "description": description} if description else parameter


def _sendable(schema: Schema) -> Schema:
    """Take away what cannot be said in a query: null, and an empty default."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    plain = {**schema, **kinds[0]} if len(kinds) == 1 else {**schema}
    if len(kinds) == 1:
        del plain["anyOf"]
    if plain.get("default", 0) in (None, (), []):
        del plain["default"]
    return plain


def _request_body(route: Route, examples: Mapping[str, Any]) -> Schema | None:
    if route.takes_files:
        return {"required": True, "content": {"multipart/form-data": {"schema": FORM_OF_A_FILE}}}
    if route.body is None:
        return None
    return {"required": True, "content": json_content(schema_of(route.body), examples)}


def _success(route: Route, examples: Mapping[str, Any]) -> Schema:
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


def _shown(route: Route) -> Schema:
    kind = shown_type(route)
    if kind is None:
        return {}
    return {"200": {"description": "Shown; nothing was created", "content": json_content(schema_of(kind), {})}}


def _bytes(route: Route) -> Schema:
    returns = route.returns
    if not _is_streamed(returns):
        return {
            "description": "The file",
            "content": {kind: {"schema": A_FILE} for kind in route.media_types or ["*/*"]},
        }
    purpose = (inspect.getdoc(returns) or "").partition("\n")[0].rstrip(".")
    return {"description": purpose, "content": {kind: {"schema": {"type": "string"}} for kind in _kinds(returns)}}


def _is_streamed(returns: Any) -> bool:
    return isinstance(returns, type) and issubclass(returns, Streamed)


def _kinds(streamed: type[Streamed]) -> Iterator[str]:
    """Yield the media types that a route may stream: that of what it returns, and of everything that is one."""
    yield streamed.kind
    for kind in streamed.__subclasses__():
        yield from _kinds(kind)
