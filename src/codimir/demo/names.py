"""Names of people from many places, and how e-mail spells them."""

import unicodedata
from importlib.resources import files

FAMILY_NAME_FIRST = frozenset({"陳", "林", "黃", "王", "佐藤", "鈴木", "高橋", "김", "박"})

_SPELLED_OUT = str.maketrans(
    {
        "ł": "l",
        "Ł": "L",
        "ø": "o",
        "Ø": "O",
        "ß": "ss",
        "đ": "d",
        "Đ": "D",
        "æ": "ae",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "'": None,
    }
)


def read_cultures() -> list[tuple[list[str], list[str]]]:
    """Read the first names and the last names of each culture; each first name goes with each last name beside it.

    A name in another script brings its Latin spelling after a slash, as in `Юлия/Yulia`.
    """
    text = files("codimir.demo").joinpath("material/names.txt").read_text(encoding="utf-8")
    rows = [row.split() for row in text.splitlines() if row]
    return list(zip(rows[::2], rows[1::2], strict=True))


def full_name(first: str, last: str) -> str:
    """Write the name as its bearer writes it: the family first where that is the custom."""
    return f"{last} {first}" if last in FAMILY_NAME_FIRST else f"{first} {last}"


def spell(name: str) -> str:
    """Write the name in lower-case ASCII: `O'Brien` is `obrien`, `Łukasz` is `lukasz`, `Юлия/Yulia` is `yulia`."""
    latin = name.partition("/")[2] or name
    apart = unicodedata.normalize("NFKD", latin.translate(_SPELLED_OUT))
    return apart.encode("ascii", "ignore").decode().lower()
