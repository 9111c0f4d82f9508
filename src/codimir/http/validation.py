"""Parse what comes from outside into Structs, and say everything that is wrong with it at once.

The good path is one decode in C and a check of the text. msgspec stops at the first wrong field, so when it fails every
field is looked at again on its own.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal, TypeVar, get_args, get_origin
from urllib.parse import parse_qsl

import msgspec
from rapidfuzz import process

from codimir.http.errors import InvalidInput
from codimir.http.wording import explain, label_of

T = TypeVar("T")
Problems = dict[str, list[str]]

MAX_QUERY_PARAMETERS = 50
NEAREST_SCORE = 60


class Body(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """The JSON body of a request; every field that it does not name is refused."""


class Query(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """The query parameters of a request; a tuple takes several values separated by commas."""


class Cleaned(msgspec.Struct, frozen=True):
    """Mark a text that is trimmed before its length is checked; put it into `Meta(extra={"clean": ...})`."""

    max_length: int

    def __call__(self, text: str) -> str:
        """Trim the text.

        Raises ValueError when nothing or too much is left.
        """
        trimmed = text.strip()
        if not trimmed:
            raise ValueError("{label} is required")
        if len(trimmed) > self.max_length:
            raise ValueError(f"Must have at most {self.max_length:,} characters, has {len(trimmed):,}")
        return trimmed


def line(max_length: int) -> msgspec.Meta:
    """Describe a required line of text, trimmed, of at most this many characters."""
    schema = {"minLength": 1, "maxLength": max_length}
    return msgspec.Meta(extra_json_schema=schema, extra={"clean": Cleaned(max_length)})


def parse_body(shape: type[T], raw: bytes) -> T:
    """Parse a JSON body.

    Raises InvalidInput that names every wrong field.
    """
    try:
        return _cleaned(_decoder(shape).decode(raw))
    except (msgspec.ValidationError, UnicodeDecodeError, ValueError) as error:
        raise _wrong_body(shape, raw, error) from error
    except RecursionError as error:
        raise InvalidInput(details={"body": ["The JSON is nested too deeply"]}) from error


def parse_query(shape: type[T], query_string: bytes) -> T:
    """Parse query parameters; an empty one counts as absent.

    Raises InvalidInput that names every wrong parameter, and the nearest known one for each that is unknown.
    """
    values = _query_values(shape, query_string)
    try:
        return _cleaned(msgspec.convert(values, shape, strict=False))
    except (msgspec.ValidationError, ValueError) as error:
        raise InvalidInput(details=_look_at_each(shape, values, strict=False)[0]) from error


def _query_values(shape: type[Any], query_string: bytes) -> dict[str, Any]:
    if not query_string:
        return {}
    try:
        pairs = parse_qsl(query_string.decode("ascii"), errors="strict", max_num_fields=MAX_QUERY_PARAMETERS)
    except UnicodeDecodeError as error:
        raise InvalidInput(details={"query": ["The query is not UTF-8"]}) from error
    except ValueError as error:
        raise InvalidInput(details={"query": [f"At most {MAX_QUERY_PARAMETERS} parameters"]}) from error
    several = _fields_of_several(shape)
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in several:
            values.setdefault(name, []).extend(part.strip() for part in value.split(",") if part.strip())
        elif name in values:
            raise InvalidInput(details={name: ["Given more than once"]})
        else:
            values[name] = value
    return values


@lru_cache(maxsize=256)
def _decoder(shape: type[T]) -> "msgspec.json.Decoder[T]":
    return msgspec.json.Decoder(shape)


@lru_cache(maxsize=256)
def _fields_of_several(shape: type[Any]) -> frozenset[str]:
    fields = msgspec.structs.fields(shape)
    return frozenset(f.encode_name for f in fields if any(get_origin(t) is tuple for t in _alternatives(f.type)))


@lru_cache(maxsize=256)
def _cleaners(shape: type[Any]) -> tuple[tuple[str, str, Callable[[Any], Any]], ...]:
    return tuple((f.name, f.encode_name, _cleaner(f.type)) for f in msgspec.structs.fields(shape))


def _cleaner(field_type: Any) -> Callable[[Any], Any]:
    for part in _alternatives(field_type):
        for meta in getattr(part, "__metadata__", ()):
            if isinstance(meta, msgspec.Meta) and meta.extra and "clean" in meta.extra:
                clean: Callable[[Any], Any] = meta.extra["clean"]
                return lambda value: clean(_clean_value(value)) if isinstance(value, str) else value
    return _clean_value


def _alternatives(field_type: Any) -> Iterable[Any]:
    """Give the members of a union, or the type itself."""
    if get_origin(field_type) is None or get_origin(field_type) in (tuple, list, dict, Literal):
        return (field_type,)
    if hasattr(field_type, "__metadata__"):
        return (field_type,)
    return get_args(field_type) or (field_type,)


def _clean_value(value: Any) -> Any:
    """Refuse what neither database nor a reader can use, and bring moments to UTC."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("Must not contain the NUL character")
    elif isinstance(value, datetime):
        try:
            return value.astimezone(UTC)
        except OverflowError:
            raise ValueError("Must be a moment between the years 1 and 9999 in UTC") from None
    elif isinstance(value, list | tuple):
        return type(value)(_clean_value(item) for item in value)
    return value


def _cleaned(parsed: T) -> T:
    for name, _, clean in _cleaners(type(parsed)):
        value = getattr(parsed, name)
        cleaned = clean(value)
        if cleaned is not value:
            setattr(parsed, name, cleaned)
    return parsed


def _wrong_body(shape: type[Any], raw: bytes, error: Exception) -> InvalidInput:
    try:
        values = msgspec.json.decode(raw)
    except UnicodeDecodeError:
        return InvalidInput(details={"body": ["The body is not UTF-8"]})
    except (msgspec.DecodeError, msgspec.ValidationError) as problem:
        text = f"The body is not JSON: {problem}" if raw else "A JSON object is required"
        return InvalidInput(details={"body": [text]})
    if not isinstance(values, dict):
        return InvalidInput(details={"body": ["Must be a JSON object"]})
    problems, good = _look_at_each(shape, values, strict=True)
    wrong = InvalidInput(details=problems or {"body": [explain(str(error), shape)]})
    wrong.good_values = good
    return wrong


def _look_at_each(shape: type[Any], values: Mapping[str, Any], *, strict: bool) -> tuple[Problems, dict[str, Any]]:
    """Give what is wrong by the API's names, and the values that are right by the Struct's names."""
    problems: Problems = {}
    good: dict[str, Any] = {}
    for field in msgspec.structs.fields(shape):
        name = field.encode_name
        if name not in values:
            if field.required:
                problems[name] = [f"{label_of(name)} is required"]
            continue
        try:
            good[field.name] = _cleaner(field.type)(msgspec.convert(values[name], field.type, strict=strict))
        except msgspec.ValidationError as error:
            problems[name] = [explain(str(error), field.type, values[name])]
        except ValueError as error:
            problems[name] = [str(error).replace("{label}", label_of(name))]
    known = [field.encode_name for field in msgspec.structs.fields(shape)]
    for name in values:
        if name not in known:
            problems[name] = [_unknown(name, known, "field" if strict else "parameter")]
    return problems, good


def _unknown(name: str, known: list[str], kind: str) -> str:
    nearest = process.extractOne(name, known, score_cutoff=NEAREST_SCORE)
    if nearest:
        return f"Unknown {kind}; did you mean {nearest[0]}?"
    return f"Unknown {kind}; known here: {', '.join(known)}" if known else f"Unknown {kind}; none is known here"
