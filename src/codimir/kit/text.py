"""Words of a text, the same ones whichever database looks for them.

A word is a run of letters and digits, without case and accents: `Café_99` holds `cafe` and `99`. Scripts that put no
spaces between words (Chinese, Japanese, Korean, Thai, …) give each character and each pair of neighbours; an emoji is a
word of its own. An identifier such as `HTTPServer` or `UML2OWL` is found whole and by its parts, what is written with
hyphens with and without them (`e-mail`, `OCO-2`), and `C#` and `C++` are words.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import NamedTuple

from codimir.kit.lazy import lazy_pattern

MAX_WORD_LENGTH = 64

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3100-\u318f"
    "\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
EMOJI = "\u231a-\u23ff\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
INDIC = "\u0900-\u0963\u0966-\u0dff"
IGNORED = (
    "[\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u200b-\u200d\u2060\ufe0e\ufe0f\ufeff]"
)
"""Accents, vowel signs and what has no width: the same word is written with them and without."""
_IS_IGNORED = lazy_pattern(IGNORED)

_LETTERS_OF = str.maketrans({
    "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T",
    "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ŋ": "n", "Ŋ": "N",
    "\N{LATIN SMALL LETTER DOTLESS I}": "i", "\N{HYPHEN}": "-",
})  # fmt: skip
_SPACED = rf"[^\W_{UNSPACED}{EMOJI}{INDIC}]"
_ASCII_UNIT = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_UNIT = lazy_pattern(rf"{_SPACED}+(?:-{_SPACED}+)*|[{INDIC}]+|[{UNSPACED}]+|[{EMOJI}]")
"""A word, or several with hyphens; what has no spaces; an emoji."""
_IS_UNSPACED = lazy_pattern(f"[{UNSPACED}]")
_IS_COMPOUND = re.compile(r"[a-z][A-Z0-9]|[A-Z][0-9]|[A-Z]{2}[a-z]|[0-9][A-Za-z]")
_PART = re.compile(r"[A-Z]{2,}(?=s(?![a-z]))|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LETTERS = re.compile(r"[A-Za-z]+")
_PLURAL = re.compile(r"[A-Z]{2,}s(?![a-z])")
MAX_CUT = 512
"""Of so many identifiers of a text the parts are words too."""
MAX_PARTS = 12
"""A run of more parts is no name, but the text of a hash or a file."""
MAX_HYPHENATED = 4
"""What has more parts is a slug or an id, which nobody writes together."""
MIN_PART_LENGTH = 2
_LANGUAGE = re.compile(r"(?<![^\W_])([A-Za-z])(#|\+\+)(?![^\W_]|[#+])")
_SIGN_NAMES = {"#": "sharp", "++": "plusplus"}


class Asked(NamedTuple):
    """A word that somebody asks for, and other words that together are as good."""

    word: str
    parts: tuple[str, ...] = ()


def words_in(text: str, most: int = sys.maxsize) -> list[str]:
    """Return the words by which a text is found, none twice, the earliest first, parts and other spellings last.

    There are at most so many; the rest of the text is not looked at then.
    """
    written = plain(text)
    is_ascii = written.isascii()
    words: dict[str, None] = {}
    others: list[str] = []
    cut = 0
    for unit in dict.fromkeys((_ASCII_UNIT if is_ascii else _UNIT).findall(written)):
        if len(words) >= most:
            break
        if is_ascii and unit[1:].islower() and unit.isalpha():  # most words: no other spelling, and no parts
            words[unit[:MAX_WORD_LENGTH].lower()] = None
            continue
        if not unit.isascii() and _IS_UNSPACED.match(unit):
            words |= dict.fromkeys(_neighbours(unit, single=True))
            continue
        runs = unit.split("-")
        if len(runs) > 1:
            others += _together(runs)
        for run in runs:
            words[run[:MAX_WORD_LENGTH].casefold()] = None
            if cut < MAX_CUT and (not (run.islower() or run[1:].islower()) or not run.isalpha()):
                cut += 1
                others += _parts(run)
    others += map(_language, _LANGUAGE.finditer(written)) if "#" in written or "++" in written else ()
    return list(dict.fromkeys(chain(words, others)))[:most]


def words_asked(text: str) -> list[str]:
    """Return the words that a text must hold to match what a person typed, none twice, in their order."""
    return list(dict.fromkeys(_words(plain(text))))


def asked(text: str) -> list[Asked]:
    """Return the words that a text must hold to match what a person typed, and what is as good, in their order.

    What is written with hyphens is asked for as one word, or as its parts; so is an identifier with humps.
    """
    written, end = plain(text), 0
    found: list[Asked] = []
    for language in _LANGUAGE.finditer(written):
        found += _asked_in(written[end : language.start()])
        found.append(Asked(_language(language)))
        end = language.end()
    found += _asked_in(written[end:])
    return list({each.word: each for each in reversed(found)}.values())[::-1]


def _asked_in(written: str) -> Iterator[Asked]:
    for unit in _UNIT.findall(written):
        words = tuple(_words(unit))
        if together := _joined(unit.split("-")):
            yield Asked(together, words)
        elif len(words) == 1:
            yield Asked(words[0], _humps(unit))
        else:
            yield from map(Asked, words)


def plain(text: str) -> str:
    """Return a text without accents and forms of width and style, but with its case.

    Letters with a stroke and ligatures, which Unicode does not take apart, count as their letters: `Øre`, `Łódź`.
    """
    if text.isascii():
        return text
    apart = _IS_IGNORED.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", apart.translate(_LETTERS_OF))


def _words(written: str) -> Iterator[str]:
    for unit in _UNIT.findall(written):
        if not unit.isascii() and _IS_UNSPACED.match(unit):
            yield from _neighbours(unit, single=False)
        else:
            yield from (run[:MAX_WORD_LENGTH].casefold() for run in unit.split("-"))


def _neighbours(run: str, *, single: bool) -> list[str]:
    """Cut what has no spaces into pairs, and for an index also into single characters."""
    pairs = ["".join(pair) for pair in pairwise(run)]
    return [*run, *pairs] if single or not pairs else pairs


def _parts(run: str) -> list[str]:
    """Return the parts of an identifier, and what it is without numbers: of `OAuth2Token` also `oauth` and `token`."""
    if len(run) > MAX_WORD_LENGTH or not run.isascii() or not _IS_COMPOUND.search(run):
        return []
    parts = _PART.findall(run)
    return (
        [part.lower() for part in (*parts, *_LETTERS.findall(run), *_PLURAL.findall(run))]
        if len(parts) <= MAX_PARTS
        else []
    )


def _humps(run: str) -> tuple[str, ...]:
    """Return the parts of an identifier, if those together say enough: `userName`, `Conv2D`; not `iPhone`, not `S3`."""
    parts = _PART.findall(run) if run.isascii() and _IS_COMPOUND.search(run) and len(run) <= MAX_WORD_LENGTH else []
    is_said = len(parts) > MIN_PART_LENGTH or all(len(part) >= MIN_PART_LENGTH for part in parts)
    says_enough = is_said and len(parts) <= MAX_PARTS and any(len(part) > MIN_PART_LENGTH for part in parts)
    return tuple(part.lower() for part in parts) if says_enough else ()


def _together(runs: list[str]) -> Iterator[str]:
    """Return what has hyphens without them: the whole, and each two neighbours."""
    if len(runs) <= MAX_HYPHENATED:
        pairs = map(list, pairwise(runs)) if len(runs) > MIN_PART_LENGTH else ()
        yield from filter(None, map(_joined, (runs, *pairs)))


def _joined(runs: list[str]) -> str:
    """Write something without its hyphens; nothing for what has none, too many, or only numbers between them."""
    together = "".join(runs).casefold()
    return together if 1 < len(runs) <= MAX_HYPHENATED and _is_word(together) else ""


def _is_word(together: str) -> bool:
    return len(together) <= MAX_WORD_LENGTH and not together.isdigit()


def _language(found: "re.Match[str]") -> str:
    return found[1].lower() + _SIGN_NAMES[found[2]]
