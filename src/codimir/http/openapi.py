"""The API document: OpenAPI 3.1, made from the routes and the Structs with which the server itself works."""

import re
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec

from codimir.http.errors import ApiError, RateLimited, ServiceUnavailable
from codimir.http.openapi_operations import (
    HEADERS,
    SECURITY_SCHEMES,
    Words,
    given_type,
    json_content,
    operation,
    shown_type,
)
from codimir.http.openapi_schemas import Schema, describe, schema_of
from codimir.http.paging import Reply
from codimir.http.replies import JSON
from codimir.http.routing import Route
from codimir.http.static import StaticFile


class FieldChange(Reply):
    """What a field was when it was read, what it is now, and who changed it last."""

    was: Any
    now: Any
    changed_by: dict[str, str] | None
    changed_at: datetime
    event_id: str


class ErrorBody(Reply):
    """What is wrong: a code for programs, a message for people, and every wrong field."""

    code: str
    message: str
    details: dict[str, list[str] | str | FieldChange] | msgspec.UnsetType = msgspec.UNSET


class ErrorReply(Reply):
    """What every route answers when it fails."""

    error: ErrorBody


class ApiDocument:
    """The document of some routes, made when it is first asked for."""

    def __init__(self, routes: Sequence[Route], words: Words, version: str) -> None:
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
                "responses": {error.__name__: self._failure(error) for error in _errors()},
                "parameters": HEADERS,
                "securitySchemes": SECURITY_SCHEMES,
            },
        }

    def _paths(self) -> Schema:
        paths: dict[str, Schema] = {}
        taken: set[str] = set()
        for route, method, path in _operations(self.routes):
            noun = self._noun(route.function.__module__)
            name = next(name for name in _operation_ids(route, method, path, noun) if name not in taken)
            taken.add(name)
            described = {"operationId": name, "tags": [noun], **operation(route, method, path, self.words)}
            paths.setdefault(path, {})[method.lower()] = described
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
        schemas["ErrorBody"]["properties"]["code"]["enum"] = [error.code for error in _errors()]
        return schemas

    def _failure(self, error: type[ApiError]) -> Schema:
        example = self.words.errors.get(error.code, {"error": {"code": error.code, "message": error.message}})
        reply = {
            "description": (error.__doc__ or error.message).partition("\n")[0],
            "content": json_content(schema_of(ErrorReply), {error.message: example}),
        }
        if error in (RateLimited, ServiceUnavailable):
            reply["headers"] = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}
        return reply


def _operations(routes: Sequence[Route]) -> Iterator[tuple[Route, str, str]]:
    for route in routes:
        path = re.sub(r"{(\w+):\w+}", r"{\1}", route.path)
        yield from ((route, method, path) for method in route.methods if method != "HEAD")


def _operation_ids(route: Route, method: str, path: str, noun: str) -> Iterator[str]:
    """Propose names for an operation, the best first; the last cannot be taken yet."""
    verb, _, thing = route.function.__name__.partition("_")
    name = _camel(f"{'patch' if method == 'PATCH' else verb} {thing}")
    yield name
    yield f"{name}Of{_camel(f' {noun}')}"
    yield _camel(f"{method.lower()} {path}")


def _camel(text: str) -> str:
    first, *others = re.split(r"[^A-Za-z0-9]+", text)
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def _errors() -> list[type[ApiError]]:
    return [error for error in ApiError.__subclasses__() if error.__module__ == ApiError.__module__]


def _purpose(module: str) -> Any:
    """Say what a noun is for: the docstring of its folder, without the noun itself."""
    told = (sys.modules[module.rpartition(".")[0]].__doc__ or "").partition("\n")[0]
    purpose = told.partition(": ")[2] or told
    return purpose[:1].upper() + purpose[1:]
