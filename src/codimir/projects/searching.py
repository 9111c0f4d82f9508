"""What a project is found by and sorted by: kept in its row, so that both databases find and sort alike."""

from codimir.kit.text import words_in

SORTED_BY = 100
"""How many characters of a name decide the order."""
SEARCHED = frozenset({"name", "key", "description"})


def found_by(name: str, key: str, description: str | None) -> dict[str, str]:
    """Give the columns that follow from what a project is called and what is said of it."""
    words = words_in("\n".join((name, key, description or "")))
    return {"name_sort": name.casefold()[:SORTED_BY], "search_words": " ".join(["", *words])}
