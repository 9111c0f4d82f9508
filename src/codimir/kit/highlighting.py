"""Where the words that somebody searches for stand in a text, cut as `kit.text` cuts it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from codimir.kit.lazy import lazy_pattern
from codimir.kit.text import EMOJI, IGNORED, INDIC, UNSPACED, plain, words_in

Span = tuple[int, int]

_RUN = lazy_pattern(rf"[^\W_](?:[^\W_]|{IGNORED}|[{INDIC}]|[-\u2010\u2011](?=[^\W_]))*(?:#|\+\+)?|[{EMOJI}]")
_PIECE = lazy_pattern(rf"[{UNSPACED}]+|[^{UNSPACED}]+")
_BETWEEN_HYPHENS = re.compile(r"[^-\u2010\u2011]+")
_SIGNS = (("-", ""), ("#", "sharp"), ("++", "plusplus"))
MAX_PIECES_KEPT = 8_192


class Sought(NamedTuple):
    """A word that is searched for: what it may be, how it may begin, and parts that together are as good."""

    words: frozenset[str]
    beginnings: tuple[str, ...] = ()
    parts: frozenset[str] = frozenset()

    def fits(self, word: str) -> bool:
        """Return whether a word of a text is this one."""
        return word in self.words or word.startswith(self.beginnings)

    def may_stand_in(self, text: str) -> bool:
        """Return whether this word may stand in a text, which is cheaper to say than whether it does."""
        folded = plain(text).casefold()
        spelled = folded
        for sign, name in _SIGNS:
            spelled = spelled.replace(sign, name)
        return any(word in folded or word in spelled for word in (*self.words, *self.beginnings, *self.parts))


def highlight_spans(text: str, sought: Sought) -> list[Span]:
    """Return where a word stands in a text, in order: whole words, and in scripts without spaces its characters."""
    found: list[Span] = []
    for run in _RUN.finditer(text):
        for piece in _PIECE.finditer(run[0]):
            found += [(run.start() + piece.start() + start, run.start() + piece.start() + end)
                      for start, end in _spans_in(piece[0], sought)]  # fmt: skip
    return found


def merged_spans(spans: list[Span]) -> list[Span]:
    """Return spans in order, those that touch as one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _spans_in(piece: str, sought: Sought) -> Iterator[Span]:
    if re.match(f"[{UNSPACED}]", piece):
        for word in (*sought.words, *sought.beginnings):
            yield from (found.span() for found in re.finditer(re.escape(word), piece))
        return
    runs = [(run.span(), _words(run[0])) for run in _BETWEEN_HYPHENS.finditer(piece)]
    if fitting := [span for span, words in runs if any(map(sought.fits, words))]:
        yield from fitting
    elif any(map(sought.fits, _words(piece))):
        yield 0, len(piece)
    else:
        yield from (span for span, words in runs if not sought.parts.isdisjoint(words))


@lru_cache(maxsize=MAX_PIECES_KEPT)
def _words(piece: str) -> tuple[str, ...]:
    return tuple(words_in(piece))
