"""Say in plain words what is wrong with a value."""

import re
from collections.abc import Sequence
from typing import Any, Literal, get_args, get_origin

from rapidfuzz import fuzz, process

NEAREST_SCORE = 60
SHORTEST_BEGINNING = 3
LONGEST_SLIP = 50
"""A longer text is no slip of a word, and costs too much to compare."""
PLAIN = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "datetime": "a timestamp such as 2024-02-15T00:00:00Z",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def label_of(name: str) -> str:
    """Write a field's name as people read it: `assigneeId` is `Assignee ID`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
    return re.sub(r"\b(id|url)\b", lambda match: match[0].upper(), words[:1].upper() + words[1:], flags=re.IGNORECASE)


def nearest(wrong: str, known: Sequence[str]) -> str | None:
    """Give the known word that was probably meant, if there is one."""
    if len(wrong) > LONGEST_SLIP:
        return None
    slip = _letters(wrong)
    begun = [word for word in known if len(slip) >= SHORTEST_BEGINNING and _letters(word).startswith(slip)]
    if begun:
        return begun[0]
    found = process.extractOne(slip, known, scorer=fuzz.ratio, processor=_letters, score_cutoff=NEAREST_SCORE)
    return found[0] if found else None


def _letters(word: str) -> str:
    return word.replace("_", "").replace("-", "").lower()


def explain(problem: str, wanted: Any) -> str:
    """Turn a message of msgspec about a value into one for people, with the allowed words where there are some."""
    place = re.search(r" - at `\$([^`]*)`", problem)
    where = f" (at {place[1].lstrip('.')})" if place else ""
    text = problem[: place.start()] if place else problem
    return _plain(text, wanted) + where


def explain_syntax(problem: str, raw: bytes) -> str:
    """Turn a message of msgspec about a text that is not JSON into one for people."""
    if re.search(rb"\\u[dD][89a-fA-F]", raw) and ("surrogate" in problem or "truncated" in problem):
        return "half of a surrogate pair stands alone"
    text = problem.removeprefix("JSON is malformed: ")
    return "it ends too early" if text == "Input data was truncated" else text


def _plain(text: str, wanted: Any) -> str:
    allowed = allowed_words(wanted)
    if text.startswith("Invalid enum value") and allowed:
        wrong = re.search(r"'(.*)'", text, re.DOTALL)
        return f"Must be one of: {', '.join(allowed)}{_did_you_mean(wrong[1] if wrong else '', allowed)}"
    if text.startswith("Expected `str") and ", got" in text and allowed:
        return f"Must be one of: {', '.join(allowed)}{', or null' if '| null`' in text else ''}"
    if text.endswith("out of range"):
        return "The number is out of range"
    if form := re.fullmatch(r"Expected `str` matching regex '(.*)'", text, re.DOTALL):
        return f"Must match {form[1]}"
    if text.startswith("Invalid RFC3339"):
        return f"Must be {PLAIN['datetime']}"
    if text.startswith("Expected `datetime` with a timezone"):
        return f"Must name its timezone: {PLAIN['datetime']}"
    if bounds := re.fullmatch(r"Expected `(str|array)` of length (>=|<=) (\d+)", text):
        count, part = int(bounds[3]), "character" if bounds[1] == "str" else "item"
        return f"Must have at {'least' if bounds[2] == '>=' else 'most'} {count:,} {part}{'s' if count != 1 else ''}"
    if bounds := re.fullmatch(r"Expected `(\w+)` (>=|<=) (.+)", text):
        return f"Must be {PLAIN[bounds[1]]} of at {'least' if bounds[2] == '>=' else 'most'} {bounds[3]}"
    if kinds := re.match(r"Expected `([\w |]+)`", text):
        return "Must be " + " or ".join(PLAIN.get(kind, kind) for kind in kinds[1].split(" | "))
    return text


def allowed_words(wanted: Any) -> tuple[str, ...]:
    """Collect the words that a type allows."""
    if get_origin(wanted) is Literal:
        return get_args(wanted)
    return tuple(word for part in get_args(wanted) if part is not Ellipsis for word in allowed_words(part))


def _did_you_mean(wrong: str, allowed: tuple[str, ...]) -> str:
    meant = nearest(wrong, allowed)
    return f" (did you mean {meant}?)" if meant else ""
