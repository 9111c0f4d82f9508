"""Keys of projects: the `WEB` of `WEB-45`."""

from collections.abc import Collection

from codimir.kit.naming import first_free, plain_words
from codimir.model.keys import is_project_key

MAX_KEY_LENGTH = 10
LETTERS_OF_ONE_WORD = 3

FALLBACK = "PRJ"


def key_from(name: str, taken: Collection[str]) -> str:
    """Derive a key from a project's name: the initials of its words, or the start of its only one."""
    words = plain_words(name.upper())
    base = "".join(word[0] for word in words) if len(words) > 1 else "".join(words)[:LETTERS_OF_ONE_WORD]
    base = base[:MAX_KEY_LENGTH]
    return first_free(base if is_project_key(base) else FALLBACK, taken, MAX_KEY_LENGTH)
