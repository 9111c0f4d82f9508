"""What a process remembers of a database, so that it goes when the database is closed and never serves another one."""

from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """One object of each kind, made when it is first asked for: `tx.memory.of(FamiliarWords)`.

    Units may run in several threads; a kind whose objects are changed in more than one has to see to that itself.
    """

    def __init__(self) -> None:
        self._kept: dict[type[Any], Any] = {}

    def of(self, kind: type[T]) -> T:
        """Return the object of a kind."""
        found: T | None = self._kept.get(kind)
        if found is None:
            found = self._kept.setdefault(kind, kind())
        return found
