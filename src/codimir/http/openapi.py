"""The API document: OpenAPI 3.1, made from the routes and the Structs with which the server itself works."""

import re
import sys
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import msgspec

from codimir.http.errors import ApiError
from codimir.http.openapi_failures import WITH_RETRY_AFTER, ErrorReply, documented_errors
from codimir.http.openapi_links import Operation, data_of, links
from codimir.http.openapi_operations import (
    SECURITY_SCHEMES,
    given_type,
    json_content,
    operation,
    shown_type,
)
from codimir.http.openapi_parameters import HEADERS, Words, plain_path
from codimir.http.openapi_schemas import Schema, describe, schema_of
from codimir.http.replies import JSON
from codimir.http.routing import AnyRoute
from codimir.http.static import StaticFile


class ApiDocument:
    """The document of some routes, made when it is first asked for."""

    def __init__(self, routes: Sequence[AnyRoute], words: Words, version: str) -> None:
        self.routes = routes
        self.words = words
        self.version = version

    @cached_property
    def file(self) -> StaticFile:
        """The document as it is sent."""
        return StaticFile(msgspec.json.encode(self.content), JSON)

    @cached_property
    def content(self) -> Schema:
        """The document."""
        modules = dict.fromkeys(route.function.__module__ for route in self.routes)
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "Codimir API",
                "version": self.version,
                "description": self.words.introduction,
                "license": {"name": "MIT", "identifier": "MIT"},
            },
            "servers": [{"url": "/"}],
            "tags": [{"name": self._noun(module), "description": _purpose(module)} for module in modules],
            "paths": self._paths(),
            "components": {
                "schemas": self._schemas(),
                "responses": {error.__name__: self._failure(error) for error in documented_errors()},
                "parameters": HEADERS,
                "securitySchemes": SECURITY_SCHEMES,
            },
        }

    def _paths(self) -> Schema:
        paths: dict[str, Schema] = {}
        operations = _operations(self.routes)
        for each in operations:
            path = plain_path(each.route.path)
            described = operation(each.route, each.method, path, self.words)
            if found := links(each, operations):
                described["responses"][str(each.route.status)]["links"] = found
            tags = [self._noun(each.route.function.__module__)]
            paths.setdefault(path, {})[each.method.lower()] = {"operationId": each.name, "tags": tags, **described}
        return paths

    def _noun(self, module: str) -> str:
        name = module.split(".")[-2]
        return self.words.tags.get(name, name.capitalize())

    def _schemas(self) -> Schema:
        types = [
            kind
            for route in self.routes
            for kind in (route.body, given_type(route), shown_type(route))
            if kind is not None
        ]
        _, schemas = describe([*types, ErrorReply])
        schemas["ErrorBody"]["properties"]["code"]["enum"] = [error.code for error in documented_errors()]
        return schemas

    def _failure(self, error: type[ApiError]) -> Schema:
        example = self.words.errors.get(error.code, {"error": {"code": error.code, "message": str(error.problem)}})
        reply = {
            "description": (error.__doc__ or str(error.problem)).partition("\n")[0],
            "content": json_content(schema_of(ErrorReply), {str(error.problem): example}),
        }
        if error in WITH_RETRY_AFTER:
            reply["headers"] = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}
        return reply


def _operations(routes: Sequence[AnyRoute]) -> list[Operation]:
    """Return the operations of routes; raises TypeError when two have the same name."""
    named: dict[str, Operation] = {}
    for route in routes:
        data = data_of(route)
        for method in route.methods:
            each = Operation(route, method, _operation_id(route, method), data)
            if method == "HEAD":
                continue
            if (other := named.setdefault(each.name, each)).route.path != route.path:
                both = " and ".join(f"{one.method} {plain_path(one.route.path)}" for one in (other, each))
                raise TypeError(f"{both} are both named {each.name}: rename the function of one")
    return [*named.values()]


def _operation_id(route: AnyRoute, method: str) -> str:
    """Name an operation after its function, whatever other routes there are: clients call it by this name."""
    verb, _, thing = route.function.__name__.partition("_")
    return _camel(f"{'patch' if method == 'PATCH' else verb} {thing}{' alias' if route.alias_of else ''}")


def _camel(text: str) -> str:
    first, *others = re.split(r"[^A-Za-z0-9]+", text)
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def _purpose(module: str) -> Any:
    """Return what a noun is for: the docstring of its folder, without the noun itself."""
    told = (sys.modules[module.rpartition(".")[0]].__doc__ or "").partition("\n")[0]
    purpose = told.partition(": ")[2] or told
    return purpose[:1].upper() + purpose[1:]
