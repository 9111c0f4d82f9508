"""How a person is drawn who has no picture: initials on a colour that stays theirs."""

from zlib import crc32

HUES = 12
"""How many colours there are; `css/components/person.css` has as many."""


def initials(name: str) -> str:
    """Return the first letters of the first and the last word of a name."""
    words = [word for word in name.split() if word[0].isalnum()] or [name or "?"]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


def hue(person_id: str) -> int:
    """Return the number of a person's colour."""
    return crc32(person_id.encode()) % HUES
