"""Texts told from a phrasebook: the files in `material`, where a name in braces stands for one of its phrases.

`{thing}` keeps what it stood for as long as one story is told, `{Thing}` is the same with a capital, and `{THING}` is
another one each time. `{number:90}` is a number from 2 to 90, `{number:059}` the same in two digits, and `{hex:7}` is
seven digits. Usual phrases stand before rare ones.
"""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from random import Random

Phrasebook = Mapping[str, tuple[str, ...]]

_PATIENCE = 8


class Story(dict[str, object]):
    """What is told in one go: it remembers what it has named, and repeats single words at most."""

    __slots__ = ("book", "rng", "told")

    def __init__(self, rng: Random, book: Phrasebook, **known: str) -> None:
        super().__init__(known, number=_Number(rng), hex=_Hexadecimal(rng))
        self.rng = rng
        self.book = book
        self.told: set[str] = set()

    def tell(self, name: str) -> str:
        """Tell a phrase of that name with every name inside filled in; usual ones are told more often."""
        phrases, told, random = self.book[name], self.told, self.rng.random
        for _ in range(_PATIENCE):
            place = random()
            phrase = phrases[int(len(phrases) * place * (0.25 + 0.75 * place))]
            if phrase not in told:
                break
        if " " in phrase:
            told.add(phrase)
        return phrase.format_map(self) if "{" in phrase else phrase

    def __missing__(self, name: str) -> str:
        if name.isupper():
            return self.tell(name.lower())
        if name[0].isupper():
            return capitalised(str(self[name.lower()]))
        self[name] = told = self.tell(name)
        return told


def capitalised(text: str) -> str:
    """Return the text with its first letter large and all others as they are."""
    return text[:1].upper() + text[1:]


def read_phrasebook() -> dict[str, tuple[str, ...]]:
    """All phrases by name: words stand apart by space, phrases by line, passages by a line `%%`."""
    lines = [entry for name in ("titles", "phrases", "sentences") for entry in _entries(name)]
    book = {name: tuple(text.splitlines()) for name, text in lines}
    book |= {name: tuple(text.split("\n%%\n")) for name, text in _entries("passages")}
    book |= {name: tuple(text.split()) for name, text in _entries("words")}
    return book


def _entries(name: str) -> Iterator[tuple[str, str]]:
    text = files("codimir.demo").joinpath(f"material/{name}.txt").read_text(encoding="utf-8")
    parts = re.split(r"^\[(\w+)\]\n", text, flags=re.MULTILINE)
    return ((head, body.strip("\n")) for head, body in zip(parts[1::2], parts[2::2], strict=True))


class _Number:
    def __init__(self, rng: Random) -> None:
        self.random = rng.random

    def __format__(self, most: str) -> str:
        number = str(2 + int(self.random() * (int(most) - 1)))
        return number.zfill(len(most) - 1) if most[0] == "0" else number


class _Hexadecimal:
    def __init__(self, rng: Random) -> None:
        self.getrandbits = rng.getrandbits

    def __format__(self, digits: str) -> str:
        return f"{self.getrandbits(4 * int(digits)):0{digits}x}"
