"""How many tickets match a filter: read from the counters where these answer it, and counted else."""

from typing import Any

import msgspec
import sqlalchemy as sa

from codimir.database.expressions import AnySelect
from codimir.database.statements import is_any_of
from codimir.model.ticket_counters import ticket_counts, ticket_facets, ticket_totals
from codimir.model.tickets import tickets
from codimir.tickets.listing.filters import conditions
from codimir.tickets.listing.plan import facet_of, has_counters
from codimir.tickets.listing.shape import Filter, FilterShape

_NONE, _ZERO = sa.literal_column("''", sa.Text()), sa.literal_column("0", sa.Integer())


def select_counts(shape: FilterShape, *fields: str) -> AnySelect:
    """Select how many tickets match, by the values that they have in these fields; those without any are left out."""
    if (facet := facet_of(shape, fields)) is not None:
        return _select_facet_counts(shape, facet, fields)
    if not has_counters(shape) or not all(field in ticket_counts.c for field in fields):
        columns = [tickets.c[field] for field in fields]
        return sa.select(*columns, sa.func.count()).select_from(tickets).where(*conditions(shape)).group_by(*columns)
    table, count = _counters_of(shape, fields)
    columns = [table.c[field] for field in fields]
    counted = sa.select(*columns, total_of(count)).where(*counter_conditions(shape, table)).group_by(*columns)
    return counted.where(count > 0) if fields else counted


def _select_facet_counts(shape: FilterShape, facet: str, fields: tuple[str, ...]) -> AnySelect:
    counts = ticket_facets.c
    column_of = {facet: sa.func.nullif(counts.value, _NONE), "status": counts.status}
    columns = [column_of[field] for field in fields]
    elsewhere = tuple(f for f in shape.filters if f.column != facet)
    rest = msgspec.structs.replace(shape, filters=elsewhere, by_label=False)
    wanted = [counts.field == sa.literal_column(f"'{facet}'"), *counter_conditions(rest, ticket_facets)]
    wanted += [_has_value(f) for f in shape.filters if f.column == facet]
    if shape.by_label:
        wanted.append(is_any_of(counts.value, "label_ids"))
    counted = sa.select(*columns, total_of(counts.count)).where(*wanted).group_by(*columns)
    return counted.having(sa.func.sum(counts.count) > _ZERO) if fields else counted


def _has_value(wanted: Filter) -> sa.ColumnElement[bool]:
    value, parts = ticket_facets.c.value, []
    if wanted.has_values:
        parts.append(is_any_of(value, wanted.field) if wanted.several else value == sa.bindparam(wanted.field))
    if wanted.or_none:
        parts.append(value == _NONE)
    return sa.or_(*parts)


def counter_conditions(shape: FilterShape, table: sa.Table) -> list[sa.ColumnElement[bool]]:
    """Build the conditions of a filter on counters, of which `has_counters` says that they answer it."""
    return conditions(shape, table=table, by_place=shape.breadth == "workspaces")


def total_of(number: "sa.ColumnElement[int]") -> "sa.Cast[int]":
    """Sum up a number of counters: 0 without any, and whole on PostgreSQL too, which sums up to decimals."""
    return sa.cast(sa.func.coalesce(sa.func.sum(number), sa.literal_column("0")), sa.BigInteger())


def _counters_of(shape: FilterShape, fields: tuple[str, ...]) -> tuple[sa.Table, Any]:
    is_of_places = not fields and all(f.field == "project" for f in shape.filters)
    return (ticket_totals, ticket_totals.c.total) if is_of_places else (ticket_counts, ticket_counts.c.count)
