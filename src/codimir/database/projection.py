"""Structs made of rows: which columns a Struct is read from, and the Struct of a row, in one declaration.

    PERSON = Projection(Person, users)
    COMMENT = Projection(Comment, comments, author=PERSON)

    rows = await tx.fetch_all(Statement(sa.select(*COMMENT.columns).join(users, …)))
    return COMMENT.all(rows)

Nothing else of the code counts the columns of a statement. What makes a Struct is written as an expression and compiled
when the program starts, as `dataclasses` does: a list makes hundreds of them.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from codimir.database.expressions import AnyColumn
from codimir.database.statements import Row
from codimir.kit.values import Values

T = TypeVar("T")

Column = AnyColumn


class Projection(Generic[T]):
    """The columns that fill the fields of a Struct, in their order, and the Struct of a row with them."""

    make: Callable[..., T]
    """Build the Struct of a row that begins with its columns; fields that are not read from it are given by name."""

    def __init__(
        self, struct: type[T], table: sa.FromClause | None = None, /, **fields: "Column | Projection[Any] | None"
    ) -> None:
        """Read each field from the column of its name, or from the column or the projection that is given for it.

        A field for which None is given is not read: `make` gets it. Raises TypeError and KeyError for a field of which
        nothing says where it is read from.
        """
        self._struct = struct
        self._sources = {
            name: fields[name] if name in fields else _column(struct, table, name)
            for name in struct.__struct_fields__  # type: ignore[attr-defined]
        }
        self._is_optional = False
        self.columns: list[Column] = []
        for source in self._sources.values():
            self.columns += source.columns if isinstance(source, Projection) else [] if source is None else [source]
        self._compile()

    def optional(self) -> "Projection[T | None]":
        """Return the same with None where the first column is NULL, as after an outer join that found nothing."""
        made: Projection[T | None] = Projection.__new__(Projection)
        made.__dict__.update(self.__dict__)
        made._is_optional = True
        made._compile()
        return made

    def all(self, rows: Iterable[Sequence[Any]]) -> list[T]:
        """Build the Struct of each row."""
        return list(map(self.make, rows))

    def split(self, row: Row, **more: object) -> tuple[T, Row]:
        """Build the Struct of a row, and return it with the columns after its own."""
        return self.make(row, **more), row[len(self.columns) :]

    def _compile(self) -> None:
        given = "".join(f", {name}" for name, source in self._sources.items() if source is None)
        structs: Values = {}
        body = self.expression(0, structs)
        self.make = eval(f"lambda row{given}: {body}", structs)  # noqa: S307 - of names of our own fields

    def expression(self, at: int, structs: Values) -> str:
        """Write what makes the Struct of the columns of `row` from a position on."""
        name = f"struct_{len(structs)}"
        structs[name] = self._struct
        arguments, here = [], at
        for field, source in self._sources.items():
            if isinstance(source, Projection):
                arguments.append(f"{field}={source.expression(here, structs)}")
                here += len(source.columns)
            elif source is None:
                arguments.append(f"{field}={field}")
            else:
                arguments.append(f"{field}=row[{here}]")
                here += 1
        made = f"{name}({_positional(arguments, at)})"
        return f"(None if row[{at}] is None else {made})" if self._is_optional else made


def _positional(arguments: list[str], at: int) -> str:
    """Return the first arguments by their positions, as long as they are the columns in their order."""
    count = 0
    while count < len(arguments) and arguments[count].endswith(f"=row[{at + count}]"):
        count += 1
    return ", ".join([*([f"*row[{at}:{at + count}]"] if count else []), *arguments[count:]])


def _column(struct: type[Any], table: sa.FromClause | None, name: str) -> Column:
    if table is None:
        raise TypeError(f"nothing says where {struct.__name__}.{name} is read from")
    return table.c[name]
