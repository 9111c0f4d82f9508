"""Handles: the words by which a text mentions people, such as `@jane` or `@jane.smith`.

What a text says is found in its parsed form (web/markdown_names.py), so that code, links and addresses mention nobody.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeVar

from codimir.kit.lazy import lazy_pattern
from codimir.kit.scripts import MARKS, SPACED_LETTER, UNSPACED

T = TypeVar("T")
Mentions = Sequence[Sequence[str]]
"""What may be the handle of each mention in a text, the longest first"""
MENTION_SIGNS = frozenset("@\uff20")
MAX_HANDLE_LENGTH = 64
MAX_CANDIDATES = 16
MENTION = lazy_pattern(
    rf"[@\uff20](?<!(?:{SPACED_LETTER}|[@/.])[@\uff20])([^\W_][\w{MARKS}]*+(?:[.+-]++[\w{MARKS}]++)*+)"
    rf"(?![/@]{SPACED_LETTER})(?!:[\w-]+\.\w)"
)
"""An @ and what may be a handle. It is part of no longer name: a path, an address of mail, of Mastodon or of Matrix.
What stands before it is looked at from behind the @: a pattern that begins with a letter is searched for fast."""
_BORDER = lazy_pattern(rf"(?<=[{UNSPACED}])|(?=[{UNSPACED}])")


def handles_in(run: str) -> list[str]:
    """Return what may be the handle at the start of a run of letters, the longest first.

    Chinese, Japanese, Korean, Thai and their like put no space behind a name: `ed請看` is `ed請看`, `ed請` or `ed`.
    """
    borders = [found.start() for found in _BORDER.finditer(run, 1, MAX_HANDLE_LENGTH)][: MAX_CANDIDATES - 1]
    ends = [*borders, len(run)] if len(run) <= MAX_HANDLE_LENGTH else borders
    return list(dict.fromkeys(run[:end].rstrip(".+-") for end in reversed(ends)))


def handle_key(handle: str) -> str:
    """Return the form in which handles are compared: in lower case, each letter with its accents as one character.

    The same word comes composed from a keyboard and decomposed from a name of a file of macOS.
    """
    return handle.lower() if handle.isascii() else unicodedata.normalize("NFC", handle).lower()


def first_known(handles: Sequence[str], known: Mapping[str, T]) -> tuple[str, T] | None:
    """Return the first of these handles that means somebody, as it is written, and whom; None where none does.

    `known` has them by their keys.
    """
    keyed = ((handle, handle_key(handle)) for handle in handles)
    return next(((handle, known[key]) for handle, key in keyed if key in known), None)
