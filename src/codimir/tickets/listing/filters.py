"""Filters of lists, search and statistics: which tickets match, of those that the actor sees."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.timezones import timezone_of
from codimir.authorization.visibility_sql import visible_containers
from codimir.database.core import Transaction
from codimir.database.expressions import AnyColumn
from codimir.database.statements import Statement, hide_from_planner, holds_any_of, is_any_of
from codimir.http.errors import InvalidInput
from codimir.kit.values import Values
from codimir.model.jobs import background_jobs
from codimir.model.projects import projects
from codimir.model.tickets import past_tickets, ticket_labels, tickets
from codimir.model.workspaces import workspaces
from codimir.tickets.date_ranges import ARCHIVED, Here, date_ranges_of, span_conditions
from codimir.tickets.fields import FILTERS, NAMED, REFERENCES, Field, Kind
from codimir.tickets.former_keys import with_present_keys
from codimir.tickets.listing.references import find_references
from codimir.tickets.listing.shape import BoundFilter, Filter, FilterShape
from codimir.tickets.search.backend import QueryTerm
from codimir.tickets.search.index import MatchesWords, expression_for, is_selective, wanted_words

BY_COLUMN = tuple(f for f in FILTERS if f.kind is Kind.CHOICE or (f.kind in REFERENCES and f.kind is not Kind.LABELS))
DATES = {f.name: f.column or f.name for f in FILTERS if f.kind is Kind.DATE}
LABEL = "label"
INDEXED_BY_PLACE = ("assignee_id", "reporter_id", "group_id")
"""The columns whose index has the place of a ticket next."""


async def bind_filter(tx: Transaction, actor: Actor, query: Any) -> BoundFilter:
    """Turn a query into conditions.

    Raises InvalidInput for every reference to what does not exist or is not visible, and for a span that ends before it
    begins or is too far from now.
    """
    asked = _asked(actor, query)
    found, problems = await find_references(tx, actor, asked)
    if problems:
        raise InvalidInput(details=problems)
    asked.update(found)
    workspaces_asked = asked.pop("workspace", None)
    chosen = [w for w in workspaces_asked if w is not None] if workspaces_asked else list(actor.workspaces)
    labels_asked = asked.pop(LABEL, None)
    values: Values = {"actor_id": actor.id, "workspaces": chosen, "label_ids": labels_asked}
    filters = tuple(_filter(field, given, values) for field, given in asked.items())
    dates = {name: column for name, column in DATES.items() if getattr(query, name, None)}
    scope = _scope(actor, chosen, everywhere=workspaces_asked is None)
    if len(chosen) == 1:
        values["workspace_id"] = chosen[0]
    text, wanted = getattr(query, "search", None), list[QueryTerm]()
    if text and text.strip():
        searched = None if scope == "all" else chosen
        wanted = await wanted_words(tx, await with_present_keys(tx, actor, text), searched)
        values["words"] = await expression_for(tx, wanted, searched)
    shape = FilterShape(
        scope,
        single_workspace=len(chosen) == 1,
        names_workspaces=workspaces_asked is not None,
        filters=filters,
        spans=date_ranges_of(dates, query, await here_of(tx, actor, query), values) if dates else (),
        with_words="words" in values,
        by_words="words" in values and await is_selective(tx, values["words"]),
        by_label=bool(labels_asked),
        single_label=len(labels_asked or ()) == 1,
        archived=getattr(query, "archived", None),
        hides_trashed_projects=scope != "containers" and await tx.fetch_value(_IS_TRASHING) is not None,
    )
    return BoundFilter(shape, values, wanted)


async def here_of(tx: Transaction, actor: Actor, query: Any) -> Here:
    """Return when it is asked, now or as of a moment, and the time zone of who asks."""
    return Here(lambda: getattr(query, "as_of", None) or tx.now, await timezone_of(tx, actor))


def conditions(
    shape: FilterShape, *, in_order: bool = False, by_place: bool = False, table: sa.FromClause = tickets
) -> list[sa.ColumnElement[bool]]:
    """Build the conditions of a filter on tickets, on the states in which they were before, or on their counters.

    `in_order` keeps SQLite from choosing an index by them, so that it walks the index of the order instead: right when
    a good part of what it walks over matches. The one project that the tickets are of may be chosen by all the same.
    `by_place` names every place of the tickets, for an index that has it; filters by moments, people and groups do so
    anyway.
    """
    free = hide_from_planner if in_order or shape.by_words else _as_it_is
    parts: list[sa.ColumnElement[bool]] = [table.c.deleted_at.is_(None)] if "deleted_at" in table.c else []
    if shape.hides_trashed_projects:
        trashed = sa.select(projects.c.id).where(projects.c.deleted_at.is_not(None))
        parts.append(hide_from_planner(table.c.container_id).not_in(trashed))
    by_place = by_place or bool(shape.spans) or any(f.column in INDEXED_BY_PLACE for f in shape.filters)
    parts += _scope_conditions(shape, table, in_order=in_order, by_place=by_place)
    kept = () if shape.by_words else ("project",) if shape.is_in_one_project else ()
    parts += [_condition(f, table, _as_it_is if f.field in kept else free) for f in shape.filters]
    parts += span_conditions(shape.spans, table, free)
    if shape.archived is not None:
        container = hide_from_planner(table.c.container_id)
        parts.append(container.in_(ARCHIVED) if shape.archived else container.not_in(ARCHIVED))
    if shape.with_words:
        ticket_id = table.c.id if shape.by_words else hide_from_planner(table.c.id)
        parts.append(MatchesWords(ticket_id, "words", one_by_one=in_order))
    if shape.by_label and table is past_tickets:
        parts.append(holds_any_of(past_tickets.c.label_ids, "label_ids"))
    elif shape.by_label:
        parts.append(_is_labelled(free(tickets.c.id), in_order=in_order))
    return parts


def _is_labelled(ticket_id: AnyColumn, *, in_order: bool) -> sa.ColumnElement[bool]:
    """Build the condition that a ticket has one of the labels: looked up for each that is walked over, or all found."""
    labelled = sa.select(ticket_labels.c.ticket_id).where(is_any_of(ticket_labels.c.label_id, "label_ids"))
    if in_order:
        return labelled.where(ticket_labels.c.ticket_id == tickets.c.id).correlate(tickets).exists()
    return ticket_id.in_(labelled)


def _scope_conditions(
    shape: FilterShape, table: sa.FromClause, *, in_order: bool, by_place: bool
) -> list[sa.ColumnElement[bool]]:
    workspace = hide_from_planner(table.c.workspace_id) if shape.by_words else table.c.workspace_id
    one_workspace = workspace == sa.bindparam("workspace_id")
    in_workspaces = one_workspace if shape.single_workspace else is_any_of(workspace, "workspaces")
    if shape.is_in_one_project:
        return [in_workspaces] if shape.names_workspaces else []
    if by_place and not in_order and not shape.by_words and shape.breadth != "containers":
        return [table.c.container_id.in_(_containers(everywhere=shape.breadth == "all"))]
    if shape.breadth == "all":
        return []
    if shape.breadth == "workspaces":
        return [in_workspaces]
    is_found_otherwise = in_order or shape.by_words or shape.by_label
    container = hide_from_planner(table.c.container_id) if is_found_otherwise else table.c.container_id
    visible: list[sa.ColumnElement[bool]] = [container.in_(visible_containers())]
    return [one_workspace, *visible] if in_order and shape.single_workspace else visible


def _containers(*, everywhere: bool) -> "sa.CompoundSelect[tuple[str]]":
    """Select the places of tickets, all of them or those of the workspaces."""
    in_projects, in_workspaces = sa.select(projects.c.id), sa.select(workspaces.c.id)
    if not everywhere:
        in_projects = in_projects.where(is_any_of(projects.c.workspace_id, "workspaces"))
        in_workspaces = in_workspaces.where(is_any_of(workspaces.c.id, "workspaces"))
    return in_projects.union_all(in_workspaces)


def _condition(wanted: Filter, table: sa.FromClause, free: Callable[[Any], Any]) -> sa.ColumnElement[bool]:
    column = free(table.c[wanted.column])
    parts: list[sa.ColumnElement[bool]] = []
    if wanted.has_values:
        parts.append(is_any_of(column, wanted.field) if wanted.several else column == _bind(wanted))
    if wanted.or_none:
        # the place of a ticket of no project is its workspace
        parts.append(column.in_(sa.select(workspaces.c.id)) if wanted.field == "project" else column.is_(None))
    return sa.or_(*parts)


def _bind(wanted: Filter) -> "sa.BindParameter[Any]":
    return sa.bindparam(wanted.field, type_=tickets.c[wanted.column].type)


def _as_it_is(column: Any) -> Any:
    return column


def _filter(field: str, given: list[Any], values: Values) -> Filter:
    present = list(dict.fromkeys(value for value in given if value is not None))
    values[field] = present if len(present) > 1 else next(iter(present), None)
    return Filter(field, NAMED[field].column or field, len(present) > 1, None in given, bool(present))


def _asked(actor: Actor, query: Any) -> dict[str, list[Any]]:
    asked: dict[str, list[Any]] = {}
    for field in (*(each.name for each in BY_COLUMN), LABEL):
        given = getattr(query, field, ())
        if given:
            asked[field] = [_meaning(actor, NAMED[field], value) for value in given]
    return asked


def _meaning(actor: Actor, field: Field, value: str) -> str | None:
    if value == "me" and field.takes_me:
        return actor.id
    if value == "none" and field.without:
        return None
    return value


def _scope(actor: Actor, chosen: list[str], *, everywhere: bool) -> str:
    if actor.is_admin:
        return "all" if everywhere else "workspaces"
    if all(actor.workspaces.get(workspace) in ("OWNER", "ADMIN") for workspace in chosen):
        return "workspaces"
    return "containers"


_IS_TRASHING = Statement(
    sa.select(background_jobs.c.id)
    .where(background_jobs.c.kind == sa.literal_column("'project.trashing'"))
    .limit(sa.literal_column("1"))
)
