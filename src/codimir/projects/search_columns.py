"""What a project is found by and sorted by: kept in its row, so that both databases find and sort alike."""

from codimir.kit.collation import name_keys
from codimir.kit.text import words_in

SEARCHED = frozenset({"name", "key", "description"})


def search_columns(name: str, key: str, description: str | None) -> dict[str, str]:
    """Return the columns that follow from what a project is called and what is said of it."""
    words = words_in("\n".join((name, key, description or "")))
    return {**name_keys(name), "search_words": " ".join(["", *words])}
