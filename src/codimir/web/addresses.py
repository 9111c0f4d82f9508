"""The address of a view: its filters live in the query, so links add to it and take from it."""

from functools import lru_cache
from urllib.parse import parse_qsl, quote_plus

MAX_PARAMETERS = 50


class Address:
    """The path and the query of a view; every change gives the address of another one."""

    def __init__(self, path: str, values: dict[str, tuple[str, ...]]) -> None:
        self.path = path
        self.values = values

    @classmethod
    def of(cls, path: str, query_string: bytes) -> "Address":
        """Read the address of a request; several values of a parameter stand in it separated by commas."""
        pairs = parse_qsl(query_string.decode(errors="replace"), max_num_fields=MAX_PARAMETERS)
        return cls(path, {name: tuple(part for part in value.split(",") if part) for name, value in pairs if value})

    def given(self, name: str) -> tuple[str, ...]:
        """Return the values of a parameter."""
        return self.values.get(name, ())

    def put(self, name: str, *values: str) -> "Address":
        """Set a parameter; without a value it is taken out. The page that one was on is left."""
        rest = {key: kept for key, kept in self.values.items() if key not in (name, "page")}
        return Address(self.path, {**rest, name: values} if values else rest)

    def toggle(self, name: str, value: str) -> "Address":
        """Add a value of a parameter, or take it out where it is."""
        present = self.given(name)
        rest = tuple(each for each in present if each != value)
        return self.put(name, *(rest if value in present else (*present, value)))

    def without(self, *names: str) -> "Address":
        """Take parameters out."""
        return Address(self.path, {name: kept for name, kept in self.values.items() if name not in (*names, "page")})

    def on_page(self, page: int) -> "Address":
        """Go to another page of the same."""
        return Address(self.path, {**self.values, "page": (str(page),)})

    def at(self, path: str) -> "Address":
        """Take the query to another path."""
        return Address(path, self.values)

    def __str__(self) -> str:
        query = "&".join([f"{_quoted(name)}={','.join(map(_quoted, values))}" for name, values in self.values.items()])
        return f"{self.path}?{query}" if query else self.path


_quoted = lru_cache(maxsize=4096)(quote_plus)
