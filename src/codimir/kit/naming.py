"""Short names made from long ones: for addresses and for keys."""

import re
import unicodedata
from collections.abc import Collection


def plain_words(name: str) -> list[str]:
    """Return the words of a name in ASCII, without accents; none when it is written in another script."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.findall(r"[A-Za-z0-9]+", plain)


def first_free(base: str, taken: Collection[str], longest: int, separator: str = "") -> str:
    """Return the base, or the base with the first number from 2 on that nobody has yet."""
    name, number = base[:longest], 2
    while name in taken:
        ending = f"{separator}{number}"
        name, number = base[: longest - len(ending)] + ending, number + 1
    return name
