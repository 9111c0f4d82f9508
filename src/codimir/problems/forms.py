"""How a sentence is written: as one text, or as two where it depends on a number."""

from collections.abc import Mapping
from typing import NamedTuple


class Plural(NamedTuple):
    """A sentence that depends on a number, and the value that is this number."""

    one: str
    many: str
    by: str


Sentences = Mapping[str, str | Plural]
