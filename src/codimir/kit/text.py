"""Words of a text, the same ones whichever database looks for them.

A word is a run of letters and digits, without case and accents: `Café_99` holds `cafe` and `99`. Scripts that put no
spaces between words (Chinese, Japanese, Korean, Thai, …) give each character and each pair of neighbours; an emoji is a
word of its own. An identifier such as `getUserName` is found whole and by its parts.
"""

import re
import string
import unicodedata
from collections.abc import Iterator
from itertools import chain, pairwise

LONGEST_WORD = 64

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3100-\u318f"
    "\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_EMOJI = "\u231a-\u23ff\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
_INDIC = "\u0900-\u0963\u0966-\u0dff"
_IGNORED = re.compile(
    "[\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u200b-\u200d\u2060\ufe0e\ufe0f\ufeff]"
)
"""Accents, vowel signs and what has no width: the same word is written with them and without."""

_LETTERS_OF = str.maketrans({
    "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T",
    "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ŋ": "n", "Ŋ": "N",
    "\N{LATIN SMALL LETTER DOTLESS I}": "i",
})  # fmt: skip
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_PIECE = re.compile(rf"[^\W_{_UNSPACED}{_EMOJI}{_INDIC}]+|[{_INDIC}]+|[{_UNSPACED}]+|[{_EMOJI}]")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_FROM_HUMP = re.compile(r"[a-z][A-Z][A-Za-z0-9]*")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_OF_IDENTIFIERS = string.ascii_letters + string.digits


def words_in(text: str) -> list[str]:
    """Give every word by which a text is found, none twice, the earliest first."""
    written = plain(text)
    return list(dict.fromkeys(chain(_words(written.casefold(), single=True), _parts_of_identifiers(written))))


def words_asked(text: str) -> list[str]:
    """Give the words that a text must hold to match what a person typed, none twice, in their order."""
    return list(dict.fromkeys(_words(plain(text).casefold(), single=False)))


def plain(text: str) -> str:
    """Return a text without accents and forms of width and style, but with its case.

    Letters with a stroke and ligatures, which Unicode does not take apart, count as their letters: `Øre`, `Łódź`.
    """
    if text.isascii():
        return text
    apart = _IGNORED.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", apart.translate(_LETTERS_OF))


def _words(plain: str, *, single: bool) -> list[str]:
    if plain.isascii():
        return [word[:LONGEST_WORD] for word in _ASCII_WORD.findall(plain)]
    words: list[str] = []
    for piece in _PIECE.findall(plain):
        if piece.isascii() or not _IS_UNSPACED.match(piece):
            words.append(piece[:LONGEST_WORD])
        else:
            words += _neighbours(piece, single=single)
    return words


def _neighbours(run: str, *, single: bool) -> list[str]:
    """Cut what has no spaces into pairs, and for an index also into single characters."""
    pairs = ["".join(pair) for pair in pairwise(run)]
    return [*run, *pairs] if single or not pairs else pairs


def _parts_of_identifiers(plain: str) -> Iterator[str]:
    for hump in _FROM_HUMP.finditer(plain):
        before = plain[max(0, hump.start() - LONGEST_WORD) : hump.start()]
        start = before[len(before.rstrip(_OF_IDENTIFIERS)) :]
        for part in _PART.findall(start + hump[0]):
            yield part[:LONGEST_WORD].lower()
