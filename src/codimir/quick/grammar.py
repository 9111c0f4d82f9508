r"""The grammar of a line that makes a ticket.

| written | means |
|---|---|
| `!lowest` … `!highest`, `!1` (highest) … `!5` (lowest), `!!` high, `!!!` highest | priority |
| `@ana`, `@me` | assignee, by the handles of mentions |
| `#name`, `#"two words"` | a label; `#bug` the type where there is no such label |
| `/bug` `/task` `/feature` `/improvement` `/epic` | type |
| `~in_progress`, `~review`, `~done` … | status |
| `due friday`, `bis 24.12.` | due date (`days` says which) |
| `WEB`, as the first or the last word, in capitals | project |
| `\` before a word | the word as it is |

In any order. Of several for a field the last counts. What means nothing stays in the title. German words are taken too.
A line is first `read` by itself; only then it is known whom and what its names can mean, and `interpret` decides.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from codimir.model.enums import PRIORITIES, STATUSES, TYPES
from codimir.model.keys import is_project_key
from codimir.quick.date_phrases import first_day_in

Field = Literal["priority", "assignee", "label", "type", "status", "due", "project"]
PRIORITY_WORDS: dict[str, str] = {
    **{word: word for word in PRIORITIES},
    **{str(number): word for number, word in enumerate(reversed(PRIORITIES), start=1)},
    "!": "high", "!!": "highest", "med": "medium", "urgent": "highest",
    "niedrigste": "lowest", "niedrig": "low", "mittel": "medium", "hoch": "high", "höchste": "highest",
    "dringend": "highest",
}  # fmt: skip
TYPE_WORDS: dict[str, str] = {
    **{word.lower(): word for word in TYPES},
    "feat": "FEATURE", "aufgabe": "TASK", "fehler": "BUG", "funktion": "FEATURE", "verbesserung": "IMPROVEMENT",
}  # fmt: skip
STATUS_WORDS: dict[str, str] = {
    **{word: word for word in STATUSES},
    "in-progress": "in_progress", "progress": "in_progress", "doing": "in_progress", "in-review": "in_review",
    "review": "in_review", "to-do": "todo", "closed": "done", "canceled": "cancelled",
    "offen": "todo", "arbeit": "in_progress", "prüfung": "in_review", "fertig": "done", "erledigt": "done",
    "abgebrochen": "cancelled",
}  # fmt: skip
DUE_WORDS = frozenset({"due", "bis", "fällig"})
FIXED: dict[str, tuple[Field, Mapping[str, str]]] = {
    "!": ("priority", PRIORITY_WORDS), "/": ("type", TYPE_WORDS), "~": ("status", STATUS_WORDS),
}  # fmt: skip
NAMED: dict[str, Field] = {"@": "assignee", "#": "label"}

_TOKEN = re.compile(r'#["“”„][^"“”„]{1,100}["“”]|\S+')
_QUOTES = '"“”„'
_LABEL_NAME = re.compile(r"[^\W\d_][\w-]{0,99}")
_MEANS_SOMETHING = re.compile(r"[!@#/~\\]|[A-Z][A-Z0-9]|(?:due|bis|fällig)$", re.IGNORECASE)


class Piece(msgspec.Struct, frozen=True):
    """A part of a line and where it stands; without a field it is a word of the title."""

    start: int
    end: int
    text: str
    field: Field | None = None
    value: str = ""


class Known(msgspec.Struct, frozen=True):
    """What names mean in a place: handles give ids of people, names of labels (in lower case) their ids."""

    people: Mapping[str, str] = {}
    labels: Mapping[str, str] = {}


class Reading(msgspec.Struct, frozen=True):
    """What a line says: the title, the last value for each field, every label, and each part that means something."""

    title: str
    values: Mapping[str, str]
    labels: Sequence[str]
    pieces: Sequence[Piece]


def read(text: str, today: date) -> list[Piece]:
    """Cut a line into its pieces; names are not looked up yet."""
    words = [Piece(found.start(), found.end(), found[0]) for found in _TOKEN.finditer(text)]
    pieces: list[Piece] = []
    while words:
        due = _due(words, today)
        if due is not None:
            piece, count = due
        else:
            piece, count = _piece(words[0]), 1
        pieces.append(piece)
        del words[:count]
    return pieces


def names_in(pieces: Sequence[Piece], field: Field) -> list[str]:
    """Return the names that a line has for a field."""
    return list(dict.fromkeys(piece.value for piece in pieces if piece.field == field))


def unknown_labels(pieces: Sequence[Piece], known: Known) -> list[str]:
    """Return the names after `#` that are no label yet and could be one, each once: not `#12`."""
    names: dict[str, str] = {}
    for piece in pieces:
        name = " ".join(piece.text[1:].rstrip(",;").strip(_QUOTES).split())
        could_be = _LABEL_NAME.fullmatch(name) or (piece.text[1:2] in _QUOTES and name)
        if piece.field == "label" and could_be and piece.value not in known.labels and piece.value not in TYPE_WORDS:
            names.setdefault(piece.value, name)
    return list(names.values())


def possible_keys(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the words that can be the key of the project, the likeliest first: the last and the first of the title."""
    words = [piece for piece in pieces if piece.field is None]
    if not words:
        return []
    first = words[0]
    candidates = [words[-1], msgspec.structs.replace(first, text=first.text.removesuffix(":"))]
    return [each for each in dict.fromkeys(candidates) if is_project_key(each.text)]


def interpret(pieces: Sequence[Piece], known: Known, project: Piece | None = None) -> Reading:
    """Decide what each piece means, of what is known; `project` is the word that names the project."""
    understood = [piece if piece.field is None else _meaning(piece, known) for piece in pieces]
    if project is not None:
        at = next(i for i, piece in enumerate(pieces) if piece.start == project.start)
        understood[at] = msgspec.structs.replace(pieces[at], field="project", value=project.text)
    title = " ".join(_unquoted(piece.text) for piece in understood if piece.field is None)
    named = [piece for piece in understood if piece.field is not None]
    values = {str(piece.field): piece.value for piece in named if piece.field != "label"}
    labels = list(dict.fromkeys(piece.value for piece in named if piece.field == "label"))
    return Reading(title, values, labels, named)


def _due(words: Sequence[Piece], today: date) -> tuple[Piece, int] | None:
    if words[0].text.casefold().removesuffix(":") not in DUE_WORDS:
        return None
    found = first_day_in([word.text for word in words[1:6]], today)
    if found is None:
        return None
    day, count = found
    used = words[: count + 1]
    text = " ".join(word.text for word in used)
    return Piece(used[0].start, used[-1].end, text, "due", day.isoformat()), len(used)


def _piece(word: Piece) -> Piece:
    mark, rest = word.text[0], word.text[1:]
    if mark in FIXED:
        field, values = FIXED[mark]
        value = values.get(_plain(rest).replace(" ", "_"))
        return word if value is None else msgspec.structs.replace(word, field=field, value=value)
    name = _plain(rest).strip('"“”„').strip()
    if mark in NAMED and name:
        return msgspec.structs.replace(word, field=NAMED[mark], value=" ".join(name.split()))
    return word


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text.rstrip(",;")).casefold()


def _meaning(piece: Piece, known: Known) -> Piece:
    if piece.field == "assignee":
        meant = known.people.get(piece.value)
    elif piece.field == "label":
        meant = known.labels.get(piece.value)
        if meant is None and piece.value in TYPE_WORDS:
            return msgspec.structs.replace(piece, field="type", value=TYPE_WORDS[piece.value])
    else:
        return piece
    return msgspec.structs.replace(piece, field=piece.field if meant else None, value=meant or "")


def _unquoted(word: str) -> str:
    """Take off the backslash before what would have meant something."""
    return word[1:] if word[0] == "\\" and _MEANS_SOMETHING.match(word[1:]) else word
