"""Reckoning with moments inside the database."""

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from codimir.database.expressions import AnyColumn


class milliseconds_between(sa.ColumnElement[int]):  # noqa: N801 - reads as a function
    """The milliseconds from one moment to another; negative when the second is the earlier one."""

    inherit_cache = False
    type = sa.BigInteger()

    def __init__(self, start: AnyColumn, end: AnyColumn) -> None:
        self.start = start
        self.end = end


@compiles(milliseconds_between, "sqlite")
def _milliseconds_between_on_sqlite(element: milliseconds_between, compiler: SQLCompiler, **kw: object) -> str:
    start, end = compiler.process(element.start, **kw), compiler.process(element.end, **kw)
    return f"CAST(round((julianday({end}) - julianday({start})) * 86400000.0) AS INTEGER)"


@compiles(milliseconds_between, "postgresql")
def _milliseconds_between_on_postgres(element: milliseconds_between, compiler: SQLCompiler, **kw: object) -> str:
    start, end = compiler.process(element.start, **kw), compiler.process(element.end, **kw)
    return f"CAST(EXTRACT(EPOCH FROM {end} - {start}) * 1000 AS bigint)"


class day_of(sa.ColumnElement[str]):  # noqa: N801 - reads as a function
    """The day of a moment, as `2024-01-31`, where the clocks are so many seconds ahead of UTC as a parameter says."""

    inherit_cache = False
    type = sa.Text()

    def __init__(self, moment: AnyColumn, ahead: str) -> None:
        self.moment = moment
        self.ahead = sa.bindparam(ahead, type_=sa.Integer())


@compiles(day_of, "sqlite")
def _day_of_on_sqlite(element: day_of, compiler: SQLCompiler, **kw: object) -> str:
    moment, ahead = compiler.process(element.moment, **kw), compiler.process(element.ahead, **kw)
    return f"date(substr({moment}, 1, 19), {ahead} || ' seconds')"  # it would round to the next millisecond


@compiles(day_of, "postgresql")
def _day_of_on_postgres(element: day_of, compiler: SQLCompiler, **kw: object) -> str:
    moment, ahead = compiler.process(element.moment, **kw), compiler.process(element.ahead, **kw)
    return f"to_char({moment} AT TIME ZONE 'UTC' + make_interval(secs => {ahead}), 'YYYY-MM-DD')"


class period_of(sa.ColumnElement[str]):  # noqa: N801 - reads as a function
    """The `day` of UTC in which a moment is, as `2024-01-31`, or its `month`, as `2024-01`."""

    inherit_cache = False
    type = sa.Text()

    def __init__(self, moment: AnyColumn, unit: str) -> None:
        self.moment = moment
        self.pattern, self.first = _PERIODS[unit]


_PERIODS = {"day": ("YYYY-MM-DD", "0001-01-01"), "month": ("YYYY-MM", "0001-01")}
"""How a period is written, and which one an infinite moment of PostgreSQL is in, for which `to_char` gives NULL."""


@compiles(period_of, "sqlite")
def _period_of_on_sqlite(element: period_of, compiler: SQLCompiler, **kw: object) -> str:
    return f"substr({compiler.process(element.moment, **kw)}, 1, {len(element.pattern)})"


@compiles(period_of, "postgresql")
def _period_of_on_postgres(element: period_of, compiler: SQLCompiler, **kw: object) -> str:
    moment = compiler.process(element.moment, **kw)
    return f"coalesce(to_char({moment} AT TIME ZONE 'UTC', '{element.pattern}'), '{element.first}')"


class is_midnight(sa.ColumnElement[bool]):  # noqa: N801 - reads as a function
    """Whether a moment is midnight UTC, to the microsecond."""

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, moment: AnyColumn) -> None:
        self.moment = moment


@compiles(is_midnight, "sqlite")
def _is_midnight_on_sqlite(element: is_midnight, compiler: SQLCompiler, **kw: object) -> str:
    return f"(substr({compiler.process(element.moment, **kw)}, 12) = '00:00:00.000000Z')"


@compiles(is_midnight, "postgresql")
def _is_midnight_on_postgres(element: is_midnight, compiler: SQLCompiler, **kw: object) -> str:
    return f"(CAST({compiler.process(element.moment, **kw)} AT TIME ZONE 'UTC' AS time) = TIME '00:00')"
