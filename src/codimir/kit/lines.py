"""Texts of one line: names, titles, everything that stands in a line beside other things."""

import re

NOT_IN_A_LINE = r"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069"
"""Control characters, separators of lines and of paragraphs, and what turns the direction of all that follows in the
line, with which `gpj.exe` can look like `exe.jpg` (Unicode, UAX 9). Marks that join letters or give a direction to
themselves alone belong to the writing of many languages, and to emoji."""
_NOT_IN_A_LINE = re.compile(f"[{NOT_IN_A_LINE}\ud800-\udfff]")


def is_one_line(text: str) -> bool:
    """Check that a text can stand in a line without breaking it, ending it, or turning what is around it."""
    return _NOT_IN_A_LINE.search(text) is None


def as_one_line(text: str) -> str:
    """Return a text as it can stand in a line: what cannot is left out, and every run of space is one space."""
    return _NOT_IN_A_LINE.sub("", " ".join(text.split()))
