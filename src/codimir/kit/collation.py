"""Names compared and ordered alike by both databases: by keys that are made here and kept beside each name.

A database lowers or sorts by its own tables: SQLite knows the case of ASCII only, PostgreSQL what its system has.
"""

import re
import unicodedata
from itertools import starmap

from codimir.kit.text import plain

MAX_COMPARED_LENGTH = 200
"""How many characters of a name decide its order."""
MAX_NUMBER_LENGTH = 99
_SPACE, _SIGN, _END = "\x02", "\x03", "\x01"
"""What stands before every letter and digit, the end first: control characters are in no name."""
_RUNS = re.compile(r"(\d+)|([^\W\d_]+)|(\s+)|(.)", re.DOTALL)


def search_key(text: str) -> str:
    """Return the form in which a name and what is searched in it are compared: without case, accents and width."""
    return " ".join(plain(text).casefold().split())


def sort_key(name: str) -> str:
    """Return what names are ordered by, code point by code point.

    Accents, case and width only part what is equal otherwise; numbers count by their value; a space comes before signs,
    signs before digits, digits before letters.
    """
    compared = name[:MAX_COMPARED_LENGTH]
    return "".join(starmap(_of_run, _RUNS.findall(search_key(compared)))) + _END + compared.casefold()


def name_keys(name: str) -> dict[str, str]:
    """Return the columns that follow from a name."""
    return {"name_search": search_key(name), "name_sort": sort_key(name)}


def _of_run(number: str, letters: str, _space: str, sign: str) -> str:
    if number:
        digits = "".join(str(unicodedata.decimal(each)) for each in number).lstrip("0") or "0"
        return f"{min(len(digits), MAX_NUMBER_LENGTH):02}{digits}"
    if sign:
        return sign if unicodedata.category(sign)[0] == "M" else _SIGN + sign
    return letters or _SPACE
