"""Parse what comes from outside into Structs, and say everything that is wrong with it at once.

The good path is one decode in C and a check of the text. msgspec stops at the first wrong field, so when it fails every
field is looked at again on its own.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import UnsetType

from codimir.http.errors import InvalidInput
from codimir.http.validation_messages import KINDS, explain, explain_syntax, label_of, unknown_names
from codimir.kit.lines import NOT_IN_A_LINE, is_one_line
from codimir.kit.moments import to_utc
from codimir.kit.newlines import normalize_newlines
from codimir.kit.urlencoded import parse_urlencoded
from codimir.kit.values import ReadOnlyValues, Values
from codimir.problems.problem import InvalidValue, Problem, Problems

T = TypeVar("T")

MAX_QUERY_PARAMETERS = 50
NOT_BLANK = r"[^\s\u001c-\u001f\u0085]"
"""The pattern of a text that is more than what Python strips, which is more than other dialects call space"""
ONE_LINE = rf"^[^{NOT_IN_A_LINE}]*[^\s{NOT_IN_A_LINE}][^{NOT_IN_A_LINE}]*$"
"""The pattern of a text that is more than space and can stand in a line"""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
CLEAN_BY_TYPE = frozenset({NoneType, UnsetType, bool, int, float})
"""Of what there is nothing to clean; most fields of a query are of these or empty."""


class Body(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """The JSON body of a request; every field that it does not name is refused."""


class Query(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True, frozen=True):
    """The query parameters of a request, which others that ask the same share; a tuple takes several values."""


class Cleaned(msgspec.Struct, frozen=True):
    """Mark a line that is trimmed before it is checked; put it into `Meta(extra={"clean": ...})`."""

    max_length: int

    def __call__(self, text: str) -> str:
        """Trim the text.

        Raises InvalidValue when nothing or too much is left, or what cannot stand in a line.
        """
        trimmed = text.strip()
        if not trimmed:
            raise InvalidValue("required")
        if len(trimmed) > self.max_length:
            raise InvalidValue("too_long_has", limit=self.max_length, length=len(trimmed))
        if not is_one_line(trimmed):
            raise InvalidValue("not_one_line")
        return trimmed


def line(max_length: int) -> msgspec.Meta:
    """Describe a required line of text, trimmed, of at most this many characters.

    Every name and title is one. Those from before this rule stay as they are until somebody gives another; mails leave
    out of them what cannot stand in a line.
    """
    schema = {"minLength": 1, "maxLength": max_length, "pattern": ONE_LINE}
    return msgspec.Meta(extra_json_schema=schema, extra={"clean": Cleaned(max_length)})


def parse_body(shape: type[T], raw: bytes) -> T:
    """Parse a JSON body; a byte order mark before it is skipped, and the last of fields of one name counts.

    Raises InvalidInput that names every wrong field.
    """
    try:
        parsed: T = _known(shape).decoder.decode(raw)
        return _cleaned(parsed)
    except (ValueError, RecursionError) as error:
        if raw.startswith(BYTE_ORDER_MARK):
            return parse_body(shape, raw.removeprefix(BYTE_ORDER_MARK))
        raise _wrong_body(shape, raw, error) from error


def parse_query(shape: type[T], query_string: bytes) -> T:
    """Parse query parameters; an empty one counts as absent.

    Raises InvalidInput that names every wrong parameter, and the nearest known one for each that is unknown.
    """
    values, repeated = _query_values(shape, _query_pairs(query_string)) if query_string else ({}, ())
    try:
        parsed = msgspec.convert(values, shape, strict=False)
        if not values:
            return parsed
        cleaners = [_known(shape).cleaners[name] for name in values]
        _refuse_other_forms(parsed, cleaners, values)
        _clean(parsed, cleaners)
    except ValueError as error:
        problems, _ = _look_at_each(shape, values, _convert_text, "parameter")
        raise InvalidInput(details=problems | _given_twice(repeated)) from error
    if repeated:
        raise InvalidInput(details=_given_twice(repeated))
    return parsed


def _refuse_other_forms(parsed: Any, cleaners: Iterable[tuple[str, Any]], texts: ReadOnlyValues) -> None:
    """Refuse what msgspec reads from a text though nobody is told so: `null` for nothing, seconds for a moment.

    Raises InvalidInput.
    """
    problems: Problems = {}
    for (given, text), (name, _) in zip(texts.items(), cleaners, strict=True):
        value = getattr(parsed, name)
        if value is None:
            problems[given] = [Problem("null_in_query")]
        elif type(value) is datetime and ":" not in text:
            problems[given] = [Problem("wrong_kind", kinds=KINDS["datetime"])]
    if problems:
        raise InvalidInput(details=problems)


def _query_pairs(query_string: bytes) -> list[tuple[str, str]]:
    try:
        return parse_urlencoded(query_string, MAX_QUERY_PARAMETERS)
    except UnicodeDecodeError as error:
        raise InvalidInput.fields(query=Problem("query_not_utf8")) from error
    except ValueError as error:
        raise InvalidInput.fields(query=Problem("too_many_parameters", limit=MAX_QUERY_PARAMETERS)) from error


def _query_values(shape: type[Any], pairs: list[tuple[str, str]]) -> tuple[Values, tuple[str, ...]]:
    """Return the values by their names, and the names that came twice though they take one value."""
    known = _known(shape)
    values: Values = {}
    repeated: list[str] = []
    for name, value in pairs:
        if name in known.several:
            values.setdefault(name, []).extend(part.strip() for part in value.split(",") if part.strip())
        elif name in values:
            repeated.append(name)
        elif value or name not in known.names:
            values[name] = value
    return values, tuple(repeated)


def _given_twice(names: Iterable[str]) -> Problems:
    return {name: [Problem("given_twice")] for name in names}


class _Known(NamedTuple):
    """What is worked out once about a shape."""

    decoder: msgspec.json.Decoder[Any]
    names: tuple[str, ...]
    several: frozenset[str]
    cleaners: dict[str, tuple[str, Callable[[Any], Any]]]
    """By the API's name of a field, its own name and what cleans it"""


_KNOWN: dict[Any, _Known] = {}


def _known(shape: Any) -> _Known:
    found = _KNOWN.get(shape)
    if found is None:
        fields = msgspec.structs.fields(shape)
        several = (f.encode_name for f in fields if any(get_origin(t) is tuple for t in _alternatives(f.type)))
        found = _KNOWN[shape] = _Known(
            msgspec.json.Decoder(shape),
            tuple(f.encode_name for f in fields),
            frozenset(several),
            {f.encode_name: (f.name, _cleaner(f.type)) for f in fields},
        )
    return found


def _cleaner(field_type: Any) -> Callable[[Any], Any]:
    for part in _alternatives(field_type):
        for meta in getattr(part, "__metadata__", ()):
            if isinstance(meta, msgspec.Meta) and meta.extra and "clean" in meta.extra:
                clean: Callable[[Any], Any] = meta.extra["clean"]
                return lambda value: clean(_clean_value(value)) if isinstance(value, str | list) else value
    return _clean_value


def _alternatives(field_type: Any) -> Iterable[Any]:
    """Return the members of a union, or the type itself."""
    if get_origin(field_type) is None or get_origin(field_type) in (tuple, list, dict, Literal):
        return (field_type,)
    if hasattr(field_type, "__metadata__"):
        described = get_origin(field_type.__origin__) in (tuple, Union, UnionType)
        return (field_type, *_alternatives(field_type.__origin__)) if described else (field_type,)
    return get_args(field_type) or (field_type,)


def _clean_value(value: Any) -> Any:
    r"""Refuse what neither database nor a reader can use, end lines with `\n`, and bring moments to UTC."""
    if isinstance(value, str):
        if "\0" in value:
            raise InvalidValue("contains_nul")
        return normalize_newlines(value)
    if isinstance(value, datetime):
        return to_utc(value)
    if isinstance(value, list | tuple):
        return type(value)(_clean_value(item) for item in value)
    if isinstance(value, dict):
        return {_clean_value(name): _clean_value(item) for name, item in value.items()}
    if isinstance(value, msgspec.Struct):
        return _cleaned(value)
    return value


def _cleaned(parsed: T) -> T:
    _clean(parsed, _known(type(parsed)).cleaners.values())
    return parsed


def _clean(parsed: Any, cleaners: Iterable[tuple[str, Callable[[Any], Any]]]) -> None:
    for name, clean in cleaners:
        value = getattr(parsed, name)
        if type(value) in CLEAN_BY_TYPE or value == ():
            continue
        cleaned = clean(value)
        if cleaned is not value:
            msgspec.structs.force_setattr(parsed, name, cleaned)  # nobody else has it yet


def _wrong_body(shape: type[Any], raw: bytes, error: Exception) -> InvalidInput:
    if not raw.strip():
        return InvalidInput.fields(body=Problem("json_required"))
    try:
        values = _RAW_FIELDS.decode(raw)
    except RecursionError:
        return InvalidInput.fields(body=Problem("json_too_deep"))
    except msgspec.ValidationError:
        return InvalidInput.fields(body=Problem("json_not_an_object"))
    except UnicodeDecodeError:
        return InvalidInput.fields(body=Problem("body_not_utf8"))
    except msgspec.DecodeError as malformed:
        return InvalidInput.fields(body=Problem("body_not_json", reason=explain_syntax(str(malformed), raw)))
    problems, good = _look_at_each(shape, values, _decode_raw, "field")
    wrong = InvalidInput(details=problems or {"body": [explain(str(error), shape)]})
    wrong.good_values = good
    return wrong


_RAW_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def _decode_raw(raw: msgspec.Raw, wanted: Any) -> Any:
    return msgspec.json.decode(raw, type=wanted)


def _convert_text(value: Any, wanted: Any) -> Any:
    return msgspec.convert(value, wanted, strict=False)


def _look_at_each(
    shape: type[Any], values: ReadOnlyValues, read: Callable[[Any, Any], Any], kind: str
) -> tuple[Problems, Values]:
    """Return what is wrong by the API's names, and the values that are right by the Struct's names."""
    problems: Problems = {}
    good: Values = {}
    for field in msgspec.structs.fields(shape):
        name = field.encode_name
        if name not in values:
            if field.required:
                problems[name] = [Problem("required", field=label_of(name))]
            continue
        try:
            good[field.name] = _cleaner(field.type)(read(values[name], field.type))
        except UnicodeDecodeError:
            problems[name] = [Problem("not_utf8")]
        except msgspec.ValidationError as error:
            problems[name] = [explain(str(error), field.type)]
        except InvalidValue as error:
            problems[name] = [_about(name, error.problem)]
    return problems | unknown_names(values, _known(shape).names, kind), good


def _about(name: str, problem: Problem) -> Problem:
    """Return the problem with the name of its field, where its sentence has it."""
    return Problem("required", field=label_of(name)) if problem.code == "required" else problem
