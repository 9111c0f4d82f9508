"""Link the operations of the API document: from what one answers to those that take it.

A thing is known by the path under which it is found. Who creates one is led to what reads, changes and deletes it, and
to what hangs on it; who lists some is led to what reads the first. Nothing of it is written by hand: it follows from
the paths of the routes and from the types that they give.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, get_args, get_origin

import msgspec

from codimir.http.openapi_operations import given_type
from codimir.http.openapi_parameters import plain_path
from codimir.http.openapi_schemas import Schema
from codimir.http.routing import AnyRoute

CREATED = 201
_PARAMETER = re.compile(r"{(\w+)}")


class Operation(NamedTuple):
    """An operation as links name it."""

    route: AnyRoute
    method: str
    name: str
    data: Any
    """The type of `data` in its usual reply"""

    @property
    def path(self) -> str:
        """The path as OpenAPI writes it, and of several the one that is documented first."""
        return plain_path(self.route.alias_of or self.route.path)


def data_of(route: AnyRoute) -> Any:
    """Return the type of `data` in what a route gives."""
    kind = given_type(route)
    fields = () if kind is None else msgspec.structs.fields(kind)
    return next((field.type for field in fields if field.name == "data"), None)


def links(operation: Operation, operations: Sequence[Operation]) -> Schema:
    """Return the links of the usual reply of an operation to others, by their names."""
    thing, place = _thing_in(operation)
    path = None if thing is None else _path_of_thing(operation, thing, operations)
    if path is None:
        return {}
    *_, last = _PARAMETER.findall(path)
    names = {field.name: field.encode_name for field in msgspec.structs.fields(thing)}
    values = [*(f"$request.path.{name}" for name in operation.route.path_names), f"{place}/{names.get(last, 'id')}"]
    return {
        target.name: {
            "operationId": target.name,
            "parameters": dict(zip(target.route.path_names, values, strict=True)),
        }
        for target in _targets(path, operations, only_reads=operation.method == "GET")
    }


def _thing_in(operation: Operation) -> tuple[Any, str]:
    """Return the Struct that an operation creates or lists, and where the first of it is in the reply."""
    data = operation.data
    if operation.method == "GET" and get_origin(data) is list and _is_struct(get_args(data)[0]):
        return get_args(data)[0], "$response.body#/data/0"
    if operation.route.status == CREATED and _is_struct(data):
        return data, "$response.body#/data"
    return None, ""


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _path_of_thing(operation: Operation, thing: Any, operations: Sequence[Operation]) -> str | None:
    """Return the path below that of the operation, or else the only one that gives such a thing."""
    below = f"{_shape(plain_path(operation.route.path))}/{{}}"
    for other in operations:
        if _shape(plain_path(other.route.path)) == below:
            return other.path
    names = set(operation.route.path_names)
    found = {
        other.path
        for other in operations
        if other.method == "GET" and other.data is thing and set(other.route.path_names[:-1]) == names
    }
    return found.pop() if len(found) == 1 else None


def _targets(path: str, operations: Sequence[Operation], *, only_reads: bool) -> Iterator[Operation]:
    """Yield the operations on a thing, and on what hangs on it; PATCH is PUT, and so are other paths of the same."""
    own = _shape(path)
    for other in operations:
        if other.route.alias_of or other.method == "PATCH" or (only_reads and other.method != "GET"):
            continue
        shape = _shape(other.path)
        is_below = shape.startswith(f"{own}/") and "{}" not in shape.removeprefix(own) and not only_reads
        if shape == own or is_below:
            yield other


def _shape(path: str) -> str:
    """Return a path without the names of its parameters, which may differ below the same thing."""
    return _PARAMETER.sub("{}", path)
