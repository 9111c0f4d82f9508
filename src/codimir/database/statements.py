"""Statements: SQLAlchemy Core, compiled once for each database, run by its driver."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import asyncpg, insert
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler, SQLiteDialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from codimir.database.expressions import AnyColumn, AnySelect
from codimir.database.types import Convert, ListOf, codec_of
from codimir.kit.values import ReadOnlyValues

Row = tuple[Any, ...]
FEW_ROWS = 4
"""Fewer rows are decoded one by one, more of them column by column."""


class _HintedCompiler(SQLiteCompiler):
    """SQLAlchemy leaves hints out on SQLite, which has INDEXED BY."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:  # noqa: ARG002 - its name is SQLAlchemy's
        """Write a hint behind its table as it was given."""
        return text


class _SqliteDialect(SQLiteDialect):
    statement_compiler = _HintedCompiler


DIALECTS: Mapping[str, sa.Dialect] = {
    "sqlite": _SqliteDialect(paramstyle="qmark"),
    "postgresql": asyncpg.dialect(),  # type: ignore[no-untyped-call]
}


class Statement:
    """A Core statement whose values are bound by name: build it once, run it often."""

    __slots__ = ("_compiled", "clause")

    def __init__(self, clause: sa.Executable) -> None:
        self.clause = clause
        self._compiled: dict[str, Compiled] = {}

    def compiled(self, dialect_name: str) -> "Compiled":
        """Return the text and the codecs for a database."""
        found = self._compiled.get(dialect_name)
        if found is None:
            found = self._compiled[dialect_name] = Compiled(self.clause, dialect_name)
        return found


class Compiled:
    """The text of a statement in one database, the order of its parameters, and the codecs of its values."""

    __slots__ = ("_decoders", "_parameters", "_slots", "names", "sql")

    def __init__(self, clause: sa.Executable, dialect_name: str) -> None:
        compiled = clause.compile(dialect=DIALECTS[dialect_name])  # type: ignore[attr-defined]
        self.sql = str(compiled)
        self.names = frozenset(re.findall(r"\w+", self.sql))
        """Every word of the text, and so every table that it reads or writes."""
        self._parameters, self._slots = _parameters_of(compiled, dialect_name)
        self._decoders = _decoders_of(compiled, dialect_name)

    def arguments(self, values: ReadOnlyValues) -> list[Any]:
        """Put the values in the order that the driver takes; a value that is not named is an error."""
        arguments = self._parameters.copy()
        for position, name, encode in self._slots:
            value = values[name]
            arguments[position] = value if encode is None or value is None else encode(value)
        return arguments

    def decoded(self, rows: Sequence[Any]) -> list[Row]:
        """Turn the driver's rows into tuples of Python values."""
        if not self._decoders:
            return [tuple(row) for row in rows]
        if len(rows) < FEW_ROWS:
            return [self._decoded(row) for row in rows]
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        for position, decode in self._decoders:
            column = columns[position]
            if None in column:
                columns[position] = [None if value is None else decode(value) for value in column]
            else:
                columns[position] = tuple(map(decode, column))
        return list(zip(*columns, strict=True))

    def _decoded(self, row: Any) -> Row:
        values = list(row)
        for position, decode in self._decoders:
            value = values[position]
            if value is not None:
                values[position] = decode(value)
        return tuple(values)


@lru_cache(maxsize=256)
def insert_into(table: sa.Table, *, or_ignore: bool = False) -> Statement:
    """Insert a row with a value for every column that is not computed by the database."""
    columns = {c.name: sa.bindparam(c.name, type_=c.type) for c in table.columns if c.computed is None}
    clause = insert(table).values(columns)
    return Statement(clause.on_conflict_do_nothing() if or_ignore else clause)


@lru_cache(maxsize=1024)
def update_by_id(table: sa.Table, columns: frozenset[str]) -> Statement:
    """Set these columns of the row whose id is bound as `row_id`."""
    values: dict[str, AnyColumn] = {name: sa.bindparam(name, type_=table.c[name].type) for name in sorted(columns)}
    if "updated_at" in values and "created_at" in table.c:
        values["updated_at"] = not_before_creation(table, values["updated_at"])
    return Statement(sa.update(table).where(table.c.id == sa.bindparam("row_id")).values(values))


def not_before_creation(table: sa.Table, moment: AnyColumn) -> AnyColumn:
    """Return a moment, or when the row was created if that is later: the clock may have been put back."""
    return sa.case((moment < table.c.created_at, table.c.created_at), else_=moment)


class is_any_of(sa.ColumnElement[bool]):  # noqa: N801 - reads as a condition
    """The condition that a column equals one of a list of values, bound as one parameter."""

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, column: AnyColumn, name: str) -> None:
        self.column = column
        self.values = sa.bindparam(name, type_=ListOf(column.type))

    def self_group(self, against: Any = None) -> "is_any_of":  # noqa: ARG002 - its name is SQLAlchemy's
        """Stand among other conditions as it is: SQLAlchemy would add `= 1`, past which SQLite finds no index."""
        return self


@compiles(is_any_of, "sqlite")
def _is_any_of_on_sqlite(element: is_any_of, compiler: SQLCompiler, **kw: object) -> str:
    column, values = compiler.process(element.column, **kw), compiler.process(element.values, **kw)
    return f"{column} IN (SELECT value FROM json_each({values}))"


@compiles(is_any_of, "postgresql")
def _is_any_of_on_postgres(element: is_any_of, compiler: SQLCompiler, **kw: object) -> str:
    return f"{compiler.process(element.column, **kw)} = ANY({compiler.process(element.values, **kw)})"


class holds_any_of(sa.ColumnElement[bool]):  # noqa: N801 - reads as a condition
    """The condition that a column with a JSON list of texts holds one of a list of texts, bound as one parameter."""

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, column: AnyColumn, name: str) -> None:
        self.column = column
        self.values = sa.bindparam(name, type_=ListOf(sa.Text()))


@compiles(holds_any_of, "sqlite")
def _holds_any_of_on_sqlite(element: holds_any_of, compiler: SQLCompiler, **kw: object) -> str:
    column, values = compiler.process(element.column, **kw), compiler.process(element.values, **kw)
    wanted = f"SELECT value FROM json_each({values})"
    return f"EXISTS (SELECT 1 FROM json_each({column}) AS held WHERE held.value IN ({wanted}))"


@compiles(holds_any_of, "postgresql")
def _holds_any_of_on_postgres(element: holds_any_of, compiler: SQLCompiler, **kw: object) -> str:
    return f"{compiler.process(element.column, **kw)} ?| {compiler.process(element.values, **kw)}"


def rows_of(selected: AnySelect) -> AnyColumn:
    """Return the rows of a statement as one value of PostgreSQL, a list of tuples; its order is theirs."""
    row = sa.func.row(*selected.selected_columns)
    return sa.func.array(selected.with_only_columns(row, maintain_column_froms=True).scalar_subquery())


class hide_from_planner(AnyColumn):  # noqa: N801 - reads as a property of a column
    """A column that SQLite must not use to choose an index; PostgreSQL knows better from its statistics."""

    inherit_cache = False

    def __init__(self, column: AnyColumn) -> None:
        self.column = column
        self.type = column.type


@compiles(hide_from_planner, "sqlite")
def _hide_from_planner_on_sqlite(element: hide_from_planner, compiler: SQLCompiler, **kw: object) -> str:
    return "+" + compiler.process(element.column, **kw)


@compiles(hide_from_planner, "postgresql")
def _hide_from_planner_on_postgres(element: hide_from_planner, compiler: SQLCompiler, **kw: object) -> str:
    return compiler.process(element.column, **kw)


def _parameters_of(compiled: Any, dialect_name: str) -> tuple[list[Any], list[tuple[int, str, Convert | None]]]:
    parameters: list[Any] = []
    slots: list[tuple[int, str, Convert | None]] = []
    for position, name in enumerate(compiled.positiontup or ()):
        bind = compiled.binds[name]
        encode, _ = codec_of(bind.type, dialect_name)
        if bind.required:
            parameters.append(None)
            slots.append((position, name, encode))
        else:
            value = bind.effective_value
            parameters.append(value if encode is None or value is None else encode(value))
    return parameters, slots


def _decoders_of(compiled: Any, dialect_name: str) -> list[tuple[int, Convert]]:
    decoders = []
    for position, column in enumerate(compiled._result_columns or ()):  # noqa: SLF001 - no public name for it
        _, decode = codec_of(column.type, dialect_name)
        if decode is not None:
            decoders.append((position, decode))
    return decoders
