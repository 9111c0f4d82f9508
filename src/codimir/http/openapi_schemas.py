"""Describe Structs as the JSON Schema of OpenAPI 3.1: what msgspec says, in words that read well."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, get_args, get_origin

import msgspec

from codimir.kit.values import Values

Schema = Values

REF = "#/components/schemas/"


def describe(types: Sequence[Any]) -> tuple[list[Schema], dict[str, Schema]]:
    """Return the schema of each type, and the components that these refer to.

    Generics are named as they are spoken: `Page[TicketInList]` is `PageOfTicketInList`. Raises TypeError when two
    Structs would have the same name.
    """
    shapes, words = _shapes_and_words(types)
    schemas, components = msgspec.json.schema_components(types, ref_template=f"{REF}{{name}}")
    for component in components.values():
        shape = shapes.get(component["title"].rpartition(".")[2])
        if shape is not None:
            _tell_moments(component, shape)
    for node in _nodes([*schemas, components]):
        _order_words(node, words)
        _close_tuple(node)
    return _rename(list(schemas), components)


def schema_of(kind: Any) -> Schema:
    """Return the schema of a type, which may refer to the components of a description that has this type too."""
    return describe([kind])[0][0]


def fields_of(shape: type[Any]) -> tuple[dict[str, Schema], list[str]]:
    """Return the schemas of the fields of a Struct by the API's names, and the names of those that are required."""
    [schema], components = describe([shape])
    described = components[schema["$ref"].removeprefix(REF)]
    return described["properties"], described["required"]


def _shapes_and_words(types: Iterable[Any]) -> tuple[dict[str, type[Any]], dict[frozenset[Any], list[Any]]]:
    """Collect the Structs in the types by name, and the words of every Literal in the order of its declaration."""
    shapes: dict[str, type[Any]] = {}
    words: dict[frozenset[Any], list[Any]] = {}
    waiting, seen = [*types], set()
    while waiting:
        part = waiting.pop()
        if get_origin(part) is Literal:
            words[frozenset(get_args(part))] = list(get_args(part))
            continue
        waiting += _parts(part)
        if _is_struct(part) and part not in seen:
            seen.add(part)
            if shapes.setdefault(_name_of(part), part) is not part:
                raise TypeError(f"Structs of the API share a name, rename one of each: {_name_of(part)}")
            waiting += [field.type for field in msgspec.structs.fields(part)]
    return shapes, words


def _is_struct(part: Any) -> bool:
    shape = get_origin(part) or part
    return isinstance(shape, type) and issubclass(shape, msgspec.Struct)


def _name_of(shape: Any) -> str:
    """Name a Struct as msgspec entitles it, if it is no generic; the fields of those are Structs."""
    return shape.__name__ if isinstance(shape, type) else str(shape)


def _parts(annotation: Any) -> tuple[Any, ...]:
    if hasattr(annotation, "__metadata__"):
        return (annotation.__origin__,)
    return tuple(part for part in get_args(annotation) if part is not Ellipsis)


def _tell_moments(component: Schema, shape: type[Any]) -> None:
    """Say which texts are timestamps; msgspec does so only for those that must name a timezone."""
    for field in msgspec.structs.fields(shape):
        if _holds_moment(field.type):
            for node in _nodes(component["properties"][field.encode_name]):
                if node.get("type") == "string":
                    node["format"] = "date-time"


def _holds_moment(annotation: Any) -> bool:
    return annotation is datetime or any(_holds_moment(part) for part in _parts(annotation))


def _order_words(node: Schema, words: dict[frozenset[Any], list[Any]]) -> None:
    if isinstance(node.get("enum"), list):
        node["enum"] = words.get(frozenset(node["enum"]), node["enum"])
        if all(isinstance(word, str) for word in node["enum"]):
            node["type"] = "string"


def _close_tuple(node: Schema) -> None:
    """Say by its length that a tuple holds no more; generators of clients refuse `items` that is no schema."""
    if node.get("items") is False:
        node["minItems"] = node["maxItems"] = len(node["prefixItems"])
        del node["items"]


def _rename(schemas: list[Schema], components: dict[str, Schema]) -> tuple[list[Schema], dict[str, Schema]]:
    names = {f"{REF}{old}": _spoken(component["title"]) for old, component in components.items()}
    for node in _nodes([schemas, components]):
        if node.get("$ref") in names:
            node["$ref"] = REF + names[node["$ref"]]
    return schemas, {
        names[f"{REF}{old}"]: {**component, "title": names[f"{REF}{old}"]} for old, component in components.items()
    }


def _spoken(title: str) -> str:
    words = [word.rpartition(".")[2] for word in re.findall(r"[\w.]+", title)]
    return "Of".join(word[:1].upper() + word[1:] for word in words)


def _nodes(value: Any) -> Iterator[Schema]:
    """Walk through every object inside a schema."""
    if isinstance(value, dict):
        yield value
        value = value.values()
    elif not isinstance(value, list):
        return
    for part in value:
        yield from _nodes(part)
