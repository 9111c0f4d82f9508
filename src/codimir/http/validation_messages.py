"""Read what msgspec says of a value, once and here only, into a problem with its values."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal, get_args, get_origin

from codimir.kit.libraries import fuzz, fuzzy_search
from codimir.problems.problem import Problem, Problems

NEAREST_SCORE = 60
MIN_BEGINNING_LENGTH = 3
MAX_UNKNOWN_NAMED = 20
MAX_NAME_SHOWN = 100
MAX_SLIP = 50
"""A longer text is no slip of a word, and costs too much to compare."""
KINDS = {
    "str": Problem("kind_text"),
    "int": Problem("kind_integer"),
    "float": Problem("kind_number"),
    "bool": Problem("kind_boolean"),
    "datetime": Problem("kind_timestamp"),
    "array": Problem("kind_list"),
    "object": Problem("kind_object"),
    "null": Problem("kind_null"),
}
"""What msgspec calls the kinds of values, as people call them."""


def label_of(name: str) -> str:
    """Write a field's name as people read it: `assigneeId` is `Assignee ID`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
    return re.sub(r"\b(id|url)\b", lambda match: match[0].upper(), words[:1].upper() + words[1:], flags=re.IGNORECASE)


def nearest(wrong: str, known: Sequence[str]) -> str | None:
    """Return the known word that was probably meant, if there is one."""
    if len(wrong) > MAX_SLIP:
        return None
    slip = _letters(wrong)
    begun = [word for word in known if len(slip) >= MIN_BEGINNING_LENGTH and _letters(word).startswith(slip)]
    if begun:
        return begun[0]
    found = fuzzy_search.extractOne(slip, known, scorer=fuzz.ratio, processor=_letters, score_cutoff=NEAREST_SCORE)
    return found[0] if found else None


def _letters(word: str) -> str:
    return word.replace("_", "").replace("-", "").lower()


def explain(message: str, wanted: Any) -> Problem:
    """Return the problem that a message of msgspec tells of a value, with the allowed words where there are some."""
    place = re.search(r" - at `\$([^`]*)`", message)
    problem = _problem_of(message[: place.start()] if place else message, wanted)
    return Problem("at_place", problem=problem, place=place[1].lstrip(".")) if place else problem


def explain_syntax(message: str, raw: bytes) -> Problem | str:
    """Return the problem that a message of msgspec tells of a text that is not JSON."""
    if re.search(rb"\\u[dD][89a-fA-F]", raw) and ("surrogate" in message or "truncated" in message):
        return Problem("json_lone_surrogate")
    text = message.removeprefix("JSON is malformed: ")
    return Problem("json_truncated") if text == "Input data was truncated" else text


def _problem_of(text: str, wanted: Any) -> Problem:
    allowed = allowed_words(wanted)
    if text.startswith("Invalid enum value") and allowed:
        wrong = re.search(r"'(.*)'", text, re.DOTALL)
        return not_one_of(wrong[1] if wrong else "", allowed)
    if text.startswith("Expected `str") and ", got" in text and allowed:
        return Problem("not_one_of_or_null" if "| null`" in text else "not_one_of", allowed=allowed)
    if text.endswith("out of range"):
        return Problem("number_out_of_range")
    if form := re.fullmatch(r"Expected `str` matching regex '(.*)'", text, re.DOTALL):
        return Problem("no_match", pattern=form[1])
    if text.startswith("Invalid RFC3339"):
        return Problem("wrong_kind", kinds=KINDS["datetime"])
    if text.startswith("Expected `datetime` with a timezone"):
        return Problem("timezone_missing")
    return _out_of_bounds(text) or _wrong_kind(text)


def _out_of_bounds(text: str) -> Problem | None:
    if found := re.fullmatch(r"Expected `(str|array)` of length (>=|<=) (\d+)", text):
        is_least, limit = found[2] == ">=", int(found[3])
        if found[1] == "str":
            return Problem("too_short" if is_least else "too_long", limit=limit)
        return Problem("list_too_short" if is_least else "list_too_long", limit=limit)
    if found := re.fullmatch(r"Expected `(\w+)` (>=|<=) (.+)", text):
        return Problem("too_small" if found[2] == ">=" else "too_large", kind=KINDS[found[1]], limit=found[3])
    return None


def _wrong_kind(text: str) -> Problem:
    if kinds := re.match(r"Expected `([\w |]+)`", text):
        return Problem("wrong_kind", kinds=_either([KINDS.get(kind, kind) for kind in kinds[1].split(" | ")]))
    return Problem("invalid_value", reason=text)


def _either(kinds: Sequence[Problem | str]) -> Problem | str:
    first, *others = kinds
    return Problem("kind_or_kind", first=first, others=_either(others)) if others else first


def not_one_of(wrong: str, allowed: tuple[str, ...]) -> Problem:
    """Return the problem of a word that is none of those that are allowed."""
    meant = nearest(wrong, allowed)
    return (
        Problem("not_one_of_meant", allowed=allowed, meant=meant) if meant else Problem("not_one_of", allowed=allowed)
    )


def allowed_words(wanted: Any) -> tuple[str, ...]:
    """Collect the words that a type allows."""
    if get_origin(wanted) is Literal:
        return get_args(wanted)
    return tuple(word for part in get_args(wanted) if part is not Ellipsis for word in allowed_words(part))


def unknown_names(values: Iterable[str], known: tuple[str, ...], kind: str) -> Problems:
    """Return the problem of each name that is none of a shape, at most so many; `kind` is field or parameter."""
    unknown = [name for name in values if name not in known]
    problems = {name[:MAX_NAME_SHOWN]: [_unknown(name, known, kind)] for name in unknown[:MAX_UNKNOWN_NAMED]}
    if len(unknown) > MAX_UNKNOWN_NAMED:
        problems["…"] = [_more_unknown(len(unknown) - MAX_UNKNOWN_NAMED, kind)]
    return problems


def _more_unknown(count: int, kind: str) -> Problem:
    return Problem("more_unknown_fields" if kind == "field" else "more_unknown_parameters", count=count)


def _unknown(name: str, known: tuple[str, ...], kind: str) -> Problem:
    is_field = kind == "field"
    if meant := nearest(name, known):
        return Problem("unknown_field_meant" if is_field else "unknown_parameter_meant", meant=meant)
    if known:
        return Problem("unknown_field" if is_field else "unknown_parameter", known=known)
    return Problem("unknown_field_none_known" if is_field else "unknown_parameter_none_known")
