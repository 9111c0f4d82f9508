"""Footnotes in Markdown: `[^1]` in a text and `[^1]: note` at the beginning of a line.

The notes stand at the end of the text in the order in which it refers to them; one to which nothing refers stands there
too, so that no words are lost.
"""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_LABEL = r"\[\^([^\]\s\[]{1,64})\]"
_NOTE = re.compile(rf"{_LABEL}:[ \t]*")
_REFERENCE = re.compile(_LABEL)
INDENT = 4
"""So far what belongs to a note is indented in the lines after its first."""
BACK = "\u21a9\ufe0e"


def read_note(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - as markdown-it calls it
    """Read a note with everything that is indented beneath it; only the first of a label is one."""
    at = state.bMarks[start] + state.tShift[start]
    found = None if state.is_code_block(start) else _NOTE.match(state.src, at, state.eMarks[start])
    if found is None or found[1] in _notes(state.env):
        return False
    if silent:
        return True
    _notes(state.env)[found[1]] = 0
    opening = state.push("footnote_open", "", 1)
    opening.meta = {"label": found[1]}
    before = state.bMarks[start], state.tShift[start], state.sCount[start], state.parentType
    state.blkIndent += INDENT
    state.bMarks[start], state.tShift[start], state.sCount[start] = found.end(), 0, state.blkIndent
    state.parentType = "reference"
    state.md.block.tokenize(state, start, end)
    state.blkIndent -= INDENT
    state.bMarks[start], state.tShift[start], state.sCount[start], state.parentType = before
    opening.map = [start, state.line]
    state.push("footnote_close", "", -1)
    return True


def read_reference(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as markdown-it calls it
    """Read a reference to a note of this text."""
    if state.src[state.pos] != "[":
        return False
    found = _REFERENCE.match(state.src, state.pos, state.posMax)
    if found is None or found[1] not in _notes(state.env):
        return False
    if not silent:
        state.push("footnote_ref", "", 0).meta = {"label": found[1]}
    state.pos = found.end()
    return True


def gather_notes(state: StateCore) -> None:
    """Move the notes to the end of the text, and number the references in their order."""
    if not _notes(state.env):
        return
    notes: dict[str, list[Token]] = {}
    state.tokens = list(_without_notes(state.tokens, notes))
    first = [*_labels(state.tokens), *(label for note in notes.values() for label in _labels(note))]
    numbers = {label: number for number, label in enumerate(dict.fromkeys([*first, *notes]), start=1)}
    referred: set[str] = set()
    for token in _references([*state.tokens, *(token for note in notes.values() for token in note)]):
        label = token.meta["label"]
        token.meta = {"number": numbers[label], "is_first": label not in referred}
        referred.add(label)
    state.tokens.append(Token("footnotes_open", "ol", 1))
    for label, number in numbers.items():
        state.tokens += [
            Token("note_open", "li", 1, meta={"number": number}),
            *(_with_way_back(notes[label], number) if label in referred else notes[label]),
            Token("note_close", "li", -1),
        ]
    state.tokens.append(Token("footnotes_close", "ol", -1))


def write_footnote(token: Token, prefix: str) -> str:
    """Write a token of footnotes as HTML; `prefix` tells the ids of this text from those of others on a page."""
    number = token.meta.get("number", 0)
    own_id = f' id="{prefix}ref-{number}"' if token.meta.get("is_first") else ""
    return {
        "footnote_ref": f'<sup><a href="#{prefix}{number}" class="footnote-ref"{own_id}>{number}</a></sup>',
        "footnotes_open": '<ol class="footnotes">\n',
        "footnotes_close": "</ol>\n",
        "note_open": f'<li id="{prefix}{number}">',
        "note_back": f' <a href="#{prefix}ref-{number}" class="footnote-back">{BACK}</a>',
        "note_close": "</li>\n",
    }[token.type]


def _with_way_back(note: list[Token], number: int) -> list[Token]:
    """End a note, or its last paragraph, with a link to where the text refers to it."""
    back = Token("note_back", "a", 0, meta={"number": number})
    at = len(note) - 1 if note and note[-1].type == "paragraph_close" else len(note)
    return [*note[:at], back, *note[at:]]


def _notes(env: MutableMapping[str, Any]) -> dict[str, int]:
    """Return the labels of the notes of the text that is parsed."""
    notes: dict[str, int] = env.setdefault("footnotes", {})
    return notes


def _without_notes(tokens: list[Token], notes: dict[str, list[Token]]) -> Iterator[Token]:
    """Yield the tokens that are in no note, and collect those of each note, also of one within another."""
    within: list[list[Token]] = []
    for token in tokens:
        if token.type == "footnote_open":
            within.append(notes.setdefault(token.meta["label"], []))
        elif token.type == "footnote_close":
            within.pop()
        elif within:
            within[-1].append(token)
        else:
            yield token


def _references(tokens: list[Token]) -> Iterator[Token]:
    return (child for token in tokens for child in token.children or () if child.type == "footnote_ref")


def _labels(tokens: list[Token]) -> Iterator[str]:
    return (token.meta["label"] for token in _references(tokens))
