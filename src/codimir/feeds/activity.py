"""What happened to a ticket, in a project, in a workspace: told to who may see it, the newest first."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Scope, role_in
from codimir.authorization.visibility_sql import visible_containers, visible_projects, was_private
from codimir.database.core import Transaction
from codimir.database.expressions import AnySelect
from codimir.database.statements import Row, Statement, is_any_of
from codimir.events.queries import EVENT, WITH_SURROUNDINGS, RecordedEvent, get_log_reader
from codimir.feeds.schemas import TYPES, Happening, LogFilter, NamedProject, NamedTicket
from codimir.http.errors import InvalidInput
from codimir.http.paging import Page, PageQuery
from codimir.http.validation_messages import nearest
from codimir.kit.values import ReadOnlyValues, Values
from codimir.model.events import event_counts, events
from codimir.model.groups import groups
from codimir.model.labels import labels
from codimir.model.projects import projects, published_projects
from codimir.model.tickets import tickets
from codimir.model.users import users
from codimir.problems.problem import Problem, Problems
from codimir.tickets.listing.counting import total_of

NOBODY = LogFilter()


class Shape(NamedTuple):
    """Everything about a read that decides its statement; the values are bound."""

    place: str
    """The column that says where: `ticket_id`, `project_id` or `workspace_id`"""
    sees_all: bool
    filters: frozenset[str] = frozenset()
    is_export: bool = False


class Log(NamedTuple):
    """A part of the log that someone reads, and the values of its statement."""

    actor: Actor
    shape: Shape
    values: ReadOnlyValues


def log_of(actor: Actor, place: str, place_id: str, scope: Scope, wanted: LogFilter = NOBODY) -> Log:
    """Name a part of the log: of what is in a place, what the actor may see and asks for.

    Raises InvalidInput for a type that there is not, and for a time that ends before it begins.
    """
    _check(wanted)
    sees_all = role_in(actor, Scope(scope.workspace_id)) in ("OWNER", "ADMIN")
    given: Values = {
        "actors": [actor.id if name == "me" else name for name in wanted.actor],
        "types": list(wanted.type), "since": wanted.since, "until": wanted.until,
        "projects": list(wanted.project), "tickets": list(wanted.ticket),
    }  # fmt: skip
    filters = frozenset(name for name, value in given.items() if value)
    values = {
        "place": place_id, "workspace": scope.workspace_id, "actor_id": actor.id, "workspaces": [scope.workspace_id],
        "project_keys": [name.upper() for name in wanted.project],
        "ticket_keys": [name.upper() for name in wanted.ticket], **given,
    }  # fmt: skip
    return Log(actor, Shape(place, sees_all, filters), values)


async def list_happenings(tx: Transaction, log: Log, query: PageQuery) -> Page[Happening]:
    """Return one page, the newest first."""
    total = await _count_happenings(tx, log)
    rows: list[Row] = []
    if total > query.offset:
        rows = await tx.fetch_all(_page(log.shape), **log.values, limit=query.limit, offset=query.offset)
    return query.of(await told(tx, log, EVENT.all(rows)), total)


async def _count_happenings(tx: Transaction, log: Log) -> int:
    """Count exactly: everything in a project or a workspace by the counters of the log, anything else in the log."""
    if log.shape.place == "ticket_id" or log.shape.filters:
        total: int = await tx.fetch_value(_count(log.shape), **log.values)
        return total
    counted: int = await tx.fetch_value(_sum_of_counters(log.shape), **log.values)
    if log.shape.sees_all or await tx.fetch_value(_PUBLISHED, **log.values) is None:
        return counted
    hidden: int = await tx.fetch_value(_count_private(log.shape), **log.values)
    return counted - hidden


async def happenings_before(tx: Transaction, log: Log, version: int, limit: int) -> tuple[list[Happening], int]:
    """Return the next of an export, the newest first, and the version of the last of them."""
    shape = log.shape._replace(is_export=True)
    rows = await tx.fetch_all(_page(shape), **log.values, before=version, limit=limit, offset=0)
    read = EVENT.all(rows)
    return await told(tx, log, read), read[-1].version if read else 0


async def told(tx: Transaction, log: Log, read: list[RecordedEvent]) -> list[Happening]:
    """Tell events with the names of what they are about, as far as the reader may know them."""
    if not log.shape.sees_all and any(event.has_private_past for event in read):
        viewer = await get_log_reader(tx, log.actor)
        read = [viewer.shown(event) for event in read]
    names = await _names_in(tx, log, read)
    found_tickets = await _found(tx, _TICKETS, {event.ticket_id for event in read})
    found_projects = await _found(tx, _PROJECTS, {event.project_id for event in read})
    return [
        Happening(
            event.id, event.type, event.created_at, event.workspace_id, event.project_id, event.ticket_id,
            event.subject_id, event.batch_id, event.actor, event.changes,
            {value: names[value] for value in _references_in(event) if value in names},
            NamedTicket(*found_tickets[event.ticket_id]) if event.ticket_id in found_tickets else None,
            NamedProject(*found_projects[event.project_id]) if event.project_id in found_projects else None,
        )
        for event in read
    ]  # fmt: skip


def _check(wanted: LogFilter) -> None:
    problems: Problems = {}
    unknown = [name for name in wanted.type if name not in TYPES]
    if unknown:
        problems["type"] = [_unknown_type(unknown[0])]
    if wanted.since is not None and wanted.until is not None and wanted.until < wanted.since:
        problems["to"] = [Problem("to_before_from")]
    if problems:
        raise InvalidInput(details=problems)


def _unknown_type(name: str) -> Problem:
    if meant := nearest(name, TYPES):
        return Problem("unknown_event_type_meant", meant=meant)
    return Problem("unknown_event_type", known=TYPES)


FIELDS_OF = {
    "users": frozenset({"assigneeId", "reporterId", "ownerId", "userId", "authorId"}),
    "labels": frozenset({"labelIds"}),
    "groups": frozenset({"groupId"}),
    "projects": frozenset({"projectId"}),
}
"""The fields whose values are the ids of other things."""


def _references_in(event: RecordedEvent, fields: frozenset[str] | None = None) -> set[str]:
    known = frozenset().union(*FIELDS_OF.values()) if fields is None else fields
    found: set[str] = set()
    for name, change in event.changes.items():
        if name in known:
            for value in change:
                found.update(_texts_in(value))
    return found


def _texts_in(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return (value,)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else ()


async def _names_in(tx: Transaction, log: Log, read: list[RecordedEvent]) -> dict[str, str]:
    names: dict[str, str] = {}
    for noun, fields in FIELDS_OF.items():
        ids = set().union(*(_references_in(event, fields) for event in read))
        if ids:
            statement = _names(noun, sees_all=log.shape.sees_all)
            names |= dict(await tx.fetch_all(statement, **{**log.values, "ids": list(ids)}))
    return names


async def _found(tx: Transaction, statement: Statement, ids: Iterable[str | None]) -> dict[str | None, Row]:
    named = [each for each in ids if each is not None]
    return {row[0]: row for row in await tx.fetch_all(statement, ids=named)} if named else {}


@lru_cache(maxsize=8)
def _names(noun: str, *, sees_all: bool) -> Statement:
    """Select names of things; those of projects that the reader does not see stay unknown."""
    table = {"users": users, "labels": labels, "groups": groups, "projects": projects}[noun]
    found = sa.select(table.c.id, table.c.name).where(is_any_of(table.c.id, "ids"))
    if noun != "users":
        found = found.where(table.c.workspace_id == sa.bindparam("workspace"))
    if noun in ("labels", "groups"):
        found = found.where(table.c.deleted_at.is_(None))
    if noun == "projects" and not sees_all:
        found = found.where(projects.c.id.in_(visible_projects()))
    if noun == "labels" and not sees_all:
        found = found.where(labels.c.project_id.is_(None) | labels.c.project_id.in_(visible_projects()))
    return Statement(found)


@lru_cache(maxsize=256)
def _count(shape: Shape) -> Statement:
    source = events if shape.sees_all else events.outerjoin(tickets, tickets.c.id == events.c.ticket_id)
    return Statement(sa.select(sa.func.count()).select_from(source).where(*_conditions(shape)))


@lru_cache(maxsize=4)
def _sum_of_counters(shape: Shape) -> Statement:
    """Add up the counters of the places that the reader sees, of tickets that are in such places now."""
    counts = event_counts.c
    parts = [counts.workspace_id == sa.bindparam("workspace")]
    if shape.place == "project_id":
        parts.append(counts.place_id == sa.bindparam("place"))
    if not shape.sees_all:
        now = (counts.ticket_place_id == sa.literal_column("''")) | counts.ticket_place_id.in_(visible_containers())
        parts += [counts.place_id.in_(visible_containers()), now]
    return Statement(sa.select(total_of(counts.count)).where(*parts))


@lru_cache(maxsize=4)
def _count_private(shape: Shape) -> Statement:
    """Count what was private then, to who sees its project only because it was made public since."""
    source = events.outerjoin(tickets, tickets.c.id == events.c.ticket_id)
    of_published = events.c.project_id.in_(sa.select(published_projects.c.project_id).where(_IN_WORKSPACE))
    wanted = [*_visible(shape), of_published, was_private(events.c.project_id, events.c.version)]
    return Statement(sa.select(sa.func.count()).select_from(source).where(*wanted))


@lru_cache(maxsize=256)
def _page(shape: Shape) -> Statement:
    """Find the ids of the page in an index first, then join: deep pages stay cheap."""
    source = events if shape.sees_all else events.outerjoin(tickets, tickets.c.id == events.c.ticket_id)
    page = (
        sa.select(events.c.id)
        .select_from(source)
        .where(*_conditions(shape))
        .order_by(events.c.version.desc())
        .limit(sa.bindparam("limit", type_=sa.Integer()))
        .offset(sa.bindparam("offset", type_=sa.BigInteger()))
    )
    return Statement(
        sa.select(*EVENT.columns)
        .select_from(WITH_SURROUNDINGS)
        .where(events.c.id.in_(page))
        .order_by(events.c.version.desc())
    )


def _conditions(shape: Shape) -> list[sa.ColumnElement[bool]]:
    parts = _visible(shape)
    if not shape.sees_all:
        parts.append(~was_private(events.c.project_id, events.c.version))
    if shape.is_export:
        parts.append(events.c.version < sa.bindparam("before", type_=sa.BigInteger()))
    return parts + [condition for name, condition in _FILTERS.items() if name in shape.filters]


def _visible(shape: Shape) -> list[sa.ColumnElement[bool]]:
    """Build the conditions that events are of the place, happened where the reader sees it, and their ticket is so."""
    parts: list[sa.ColumnElement[bool]] = [events.c[shape.place] == sa.bindparam("place")]
    if not shape.sees_all:
        container = sa.func.coalesce(events.c.project_id, events.c.workspace_id)
        now = tickets.c.id.is_(None) | tickets.c.container_id.in_(visible_containers())
        parts += [container.in_(visible_containers()), now]
    return parts


def _keyed(table: Any, keys: str) -> AnySelect:
    return sa.select(table.c.id).where(table.c.workspace_id == sa.bindparam("workspace"), is_any_of(table.c.key, keys))


_FILTERS: dict[str, sa.ColumnElement[bool]] = {
    "actors": is_any_of(events.c.actor_id, "actors"),
    "types": is_any_of(events.c.type, "types"),
    "since": events.c.created_at >= sa.bindparam("since", type_=events.c.created_at.type),
    "until": events.c.created_at < sa.bindparam("until", type_=events.c.created_at.type),
    "projects": is_any_of(events.c.project_id, "projects") | events.c.project_id.in_(_keyed(projects, "project_keys")),
    "tickets": is_any_of(events.c.ticket_id, "tickets") | events.c.ticket_id.in_(_keyed(tickets, "ticket_keys")),
}
_IN_WORKSPACE = published_projects.c.workspace_id == sa.bindparam("workspace")
_PUBLISHED = Statement(sa.select(published_projects.c.project_id).where(_IN_WORKSPACE).limit(sa.literal_column("1")))
_TICKETS = Statement(sa.select(tickets.c.id, tickets.c.key, tickets.c.title).where(is_any_of(tickets.c.id, "ids")))
_PROJECTS = Statement(sa.select(projects.c.id, projects.c.key, projects.c.name).where(is_any_of(projects.c.id, "ids")))
