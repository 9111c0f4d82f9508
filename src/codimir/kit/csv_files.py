"""Tables as text: comma-separated values (RFC 4180), in which no spreadsheet finds a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_FORMULA = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"
"""With what a text begins that a spreadsheet runs instead of showing it (OWASP, CSV injection), in every width."""
_BEGINNING = re.compile(rf"^(?=[\t\r\n])|(^|[;\t\r\n])(?=(?:[^\S\t\r\n]|[\"'])*[{_FORMULA}])")
"""Where a cell begins: also inside of one, where a program takes another separator than the comma (German ones the
semicolon), whatever quotes and spaces stand before what it runs."""


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows; what a spreadsheet would take for a formula gets an apostrophe before it."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([without_formulas(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def without_formulas(cell: str) -> str:
    """Return a cell in which every beginning of a formula stands behind an apostrophe."""
    return _BEGINNING.sub(lambda found: f"{found[0]}'", cell)
