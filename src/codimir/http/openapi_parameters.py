"""Describe the parameters of an operation of the API document: in its path, in its query, and in its headers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from codimir.http.headers import MAX_IDEMPOTENCY_KEY
from codimir.http.openapi_schemas import Schema, fields_of
from codimir.http.routing import AnyRoute, takes_actor
from codimir.http.signatures import find_database_parameter
from codimir.http.streaming import is_streamed
from codimir.http.transactions import takes_keys
from codimir.kit.values import ReadOnlyValues


@dataclass(frozen=True)
class Words:
    """What people wrote for the document, because no signature can say it."""

    introduction: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Names of nouns that are not simply that of their folder, by folder."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Descriptions by name; a parameter of a path stands under its place there: `tickets/{ref}`."""
    bodies: Mapping[str, ReadOnlyValues] = field(default_factory=dict)
    """Examples by their titles, by operation: `POST /api/tickets`."""
    replies: Mapping[str, ReadOnlyValues] = field(default_factory=dict)
    """The same of replies; what is said of PUT goes for PATCH."""
    errors: ReadOnlyValues = field(default_factory=dict)
    """Examples by the code of the error."""


def _header(name: str, description: str, **schema: Any) -> Schema:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "schema": {"type": "string", **schema},
        "description": description,
    }


HEADERS: dict[str, Schema] = {
    "IfNoneMatch": _header(
        "If-None-Match",
        "The `ETag` of a reply that you have; the answer is 304 if it would be the same.",
    ),
    "IfMatch": _header(
        "If-Match",
        "The `ETag` of the thing as you have read it; the answer is 412 if it has been changed since.",
    ),
    "IdempotencyKey": _header(
        "Idempotency-Key",
        "A name for this request, such as a UUID. Sent again within 24 hours, it is not done again and gets the same"
        " reply.",
        minLength=1,
        maxLength=MAX_IDEMPOTENCY_KEY,
        pattern="^[!-~]([ -~]*[!-~])?$",
    ),
}


def parameters(route: AnyRoute, method: str, path: str, words: Words) -> list[Schema]:
    """Return the parameters of a method of a route."""
    return [
        *_path_parameters(route, path, words),
        *_query_parameters(route, words),
        *({"$ref": f"#/components/parameters/{name}"} for name in headers_of(route, method)),
    ]


def plain_path(path: str) -> str:
    """Return the path of a route as OpenAPI writes it: `/api/tickets/{ref}`."""
    return re.sub(r"{(\w+):\w+}", r"{\1}", path)


def headers_of(route: AnyRoute, method: str) -> list[str]:
    """Return the names of the headers of `HEADERS` that a method of a route takes."""
    if not takes_actor(route) or not (find_database_parameter(route.provided) or route.media_types):
        return []
    if method == "GET":
        return [] if is_streamed(route.returns) else ["IfNoneMatch"]
    return ["IfMatch", "IdempotencyKey"] if takes_keys(route.provided, route.returns) else ["IfMatch"]


def _path_parameters(route: AnyRoute, path: str, words: Words) -> Iterator[Schema]:
    for name in route.path_names:
        place = re.search(rf"[\w-]+/{{{name}}}", path)
        description = words.parameters.get(place[0] if place else name)
        parameter: Schema = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        yield {**parameter, "description": description} if description else parameter


def _query_parameters(route: AnyRoute, words: Words) -> Iterator[Schema]:
    if route.query is None:
        return
    fields, required = fields_of(route.query)
    for name, schema in fields.items():
        parameter: Schema = {"name": name, "in": "query", "required": name in required, "schema": _sendable(schema)}
        description = parameter["schema"].pop("description", words.parameters.get(name, ""))
        if name not in required:
            parameter["allowEmptyValue"] = True  # it counts as absent
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
