"""Tickets as they were at a moment: their state then, for who may see them now and may see where they were then.

A ticket that has not changed since is read where it is; of any other the state of that moment stands in `past_tickets`.
Descriptions are too long for that: the event log tells the one of that moment.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.visibility_sql import visible_containers, was_private
from codimir.database.core import Transaction
from codimir.database.expressions import AnyColumn
from codimir.database.projection import Projection
from codimir.database.statements import Statement, is_any_of
from codimir.database.types import UtcDateTime
from codimir.http.errors import InvalidInput
from codimir.http.paging import Page
from codimir.model.enums import STATUSES
from codimir.model.events import events
from codimir.model.labels import labels
from codimir.model.schemas import LabelTag, Person
from codimir.model.tickets import past_tickets, ticket_labels, tickets
from codimir.model.users import users
from codimir.problems.problem import Problem
from codimir.tickets.fields import SORT_COLUMNS, Order, Sort
from codimir.tickets.listing.filters import bind_filter, conditions
from codimir.tickets.listing.shape import FilterShape
from codimir.tickets.schemas import Ticket, TicketCounts, TicketInList, TicketListQuery

FIELDS = Ticket.__struct_fields__
AT = sa.bindparam("moment", type_=UtcDateTime())


_EVERY_STATUS: list[sa.ColumnElement[int]] = [sa.literal_column(str(rank)) for rank in range(len(STATUSES))]
"""Said without a filter too, so that the index on the status serves both."""


class State(msgspec.Struct):
    """A ticket as it was, and how much hung on it."""

    ticket: Ticket
    counts: TicketCounts
    label_ids: list[str]


async def list_tickets_as_of(
    tx: Transaction, actor: Actor, query: TicketListQuery, moment: datetime
) -> Page[TicketInList]:
    """Return one page of the tickets that matched at a moment.

    Raises InvalidInput for a moment that has not come, for words to search for, and the order made by hand, which
    are known as of now only.
    """
    require_past(tx, moment)
    if query.search:
        raise InvalidInput.fields(search=Problem("search_with_as_of"))
    if query.sort == "rank":
        raise InvalidInput.fields(sort=Problem("rank_with_as_of"))
    matching = await bind_filter(tx, actor, query)
    values = {**matching.values, "moment": moment}
    page = _page(matching.shape, query.sort, query.order)
    found = await tx.fetch_all(page, **values, limit=query.limit, offset=query.offset)
    total = found[0][1] if found else await tx.fetch_value(_count(matching.shape), **values)
    ids = [row[0] for row in found]
    states = await states_at(tx, ids, moment)
    return query.of(await _in_list(tx, [states[ticket_id] for ticket_id in ids]), total)


def require_past(tx: Transaction, moment: datetime) -> None:
    """Raise InvalidInput for a moment that has not come yet."""
    if moment > tx.now:
        raise InvalidInput.fields(asOf=Problem("in_the_future"))


async def states_at(tx: Transaction, ticket_ids: Sequence[str], moment: datetime) -> dict[str, State]:
    """Return the states of tickets at a moment; those that were not there then are left out."""
    if not ticket_ids:
        return {}
    present = _STATE.all(await tx.fetch_all(_PRESENT, ticket_ids=ticket_ids, moment=moment))
    past = _PAST_STATE.all(await tx.fetch_all(_PAST, ticket_ids=ticket_ids, moment=moment))
    labelled: dict[str, list[str]] = {}
    for ticket_id, label_id in await tx.fetch_all(_LABELLED, ticket_ids=[each.ticket.id for each in present]):
        labelled.setdefault(ticket_id, []).append(label_id)
    for state in present:
        state.label_ids = labelled.get(state.ticket.id, [])
    told = await _descriptions_at(tx, [each.ticket.id for each in past], moment)
    for state in past:
        state.ticket.description = told.get(state.ticket.id, state.ticket.description)
    return {state.ticket.id: state for state in (*present, *past)}


async def people_of(tx: Transaction, states: Sequence[State]) -> dict[str | None, Person]:
    """Return the people whom tickets name, as they are now."""
    ids = {each for state in states for each in (state.ticket.assignee_id, state.ticket.reporter_id) if each}
    return {person.id: person for person in _PERSON.all(await tx.fetch_all(_PEOPLE, people=list(ids)))} if ids else {}


async def _in_list(tx: Transaction, states: Sequence[State]) -> list[TicketInList]:
    people = await people_of(tx, states)
    label_ids = list({label for state in states for label in state.label_ids})
    tags = _TAG.all(await tx.fetch_all(_TAGS, label_ids=label_ids)) if label_ids else []
    return [
        TicketInList(
            *(getattr(state.ticket, name) for name in FIELDS),
            assignee=people.get(state.ticket.assignee_id),
            reporter=people.get(state.ticket.reporter_id),
            labels=[tag for tag in tags if tag.id in state.label_ids],
            counts=state.counts,
        )
        for state in states
    ]


async def _descriptions_at(tx: Transaction, ticket_ids: Sequence[str], moment: datetime) -> dict[str, str | None]:
    """Return the descriptions that have been changed since: the first change after a moment says what was before it."""
    told: dict[str, str | None] = {}
    if ticket_ids:
        for ticket_id, changes in await tx.fetch_all(_UPDATES, ticket_ids=ticket_ids, moment=moment):
            if "description" in changes:
                told.setdefault(ticket_id, changes["description"][0])
    return told


def parts_at(shape: FilterShape) -> list[tuple[sa.FromClause, list[sa.ColumnElement[bool]]]]:
    """Return the two tables that hold what matched at the bound `moment`, each with its conditions."""
    return [
        (table, [*_was_valid(table), *conditions(shape, table=table, by_place=True), *_is_in_sight(shape, table)])
        for table in (tickets, past_tickets)
    ]


def _is_in_sight(shape: FilterShape, table: sa.FromClause) -> list[sa.ColumnElement[bool]]:
    """Return what `conditions` do not: that the place was no private one then, and that the ticket is in sight now."""
    if shape.breadth != "containers":
        return []
    was_public = ~was_private(table.c.container_id, AT)
    if table is tickets:
        return [was_public]
    elsewhere = tickets.c.container_id.not_in(visible_containers(in_trash=None))
    return [was_public, ~sa.exists().where(tickets.c.id == past_tickets.c.id, elsewhere)]


def _was_valid(table: sa.FromClause) -> list[sa.ColumnElement[bool]]:
    if table is tickets:
        return [tickets.c.updated_at <= AT]
    return [past_tickets.c.status.in_(_EVERY_STATUS), past_tickets.c.valid_from <= AT, past_tickets.c.valid_to > AT]


@lru_cache(maxsize=256)
def _count(shape: FilterShape) -> Statement:
    counts = [
        sa.select(sa.func.count()).select_from(table).where(*wanted).scalar_subquery()
        for table, wanted in parts_at(shape)
    ]
    return Statement(sa.select(counts[0] + counts[1]))


@lru_cache(maxsize=512)
def _page(shape: FilterShape, sort: Sort, order: Order) -> Statement:
    """Find the ids of the page and count all, in one walk over the states."""
    parts = [
        sa.select(table.c.id, _sort_column(table, sort).label("sorted_by")).where(*wanted)
        for table, wanted in parts_at(shape)
    ]
    matched = sa.union_all(*parts).subquery("matched")
    ordering = [column.desc() if order == "desc" else column.asc() for column in (matched.c.sorted_by, matched.c.id)]
    limit, offset = sa.bindparam("limit", type_=sa.Integer()), sa.bindparam("offset", type_=sa.BigInteger())
    total = sa.func.count().over()
    return Statement(sa.select(matched.c.id, total).order_by(*ordering).limit(limit).offset(offset))


def _sort_column(table: sa.FromClause, sort: Sort) -> AnyColumn:
    """Name the column; a state begins when the ticket was updated, and that stands in the index."""
    name = SORT_COLUMNS[sort].name
    return past_tickets.c.valid_from if table is past_tickets and name == "updated_at" else table.c[name]


_named = is_any_of(tickets.c.id, "ticket_ids")


def _counts(table: sa.Table) -> Projection[TicketCounts]:
    of = table.c
    return Projection(
        TicketCounts, comments=of.comment_count, attachments=of.attachment_count, time_logs=of.time_log_count
    )


_STATE = Projection(State, ticket=Projection(Ticket, tickets), counts=_counts(tickets), label_ids=sa.null())
_PAST_STATE = Projection(
    State,
    ticket=Projection(Ticket, past_tickets, description=tickets.c.description),
    counts=_counts(past_tickets),
    label_ids=past_tickets.c.label_ids,
)
_PERSON, _TAG = Projection(Person, users), Projection(LabelTag, labels)
_PRESENT = Statement(sa.select(*_STATE.columns).where(_named, *_was_valid(tickets), tickets.c.deleted_at.is_(None)))
_PAST = Statement(
    sa.select(*_PAST_STATE.columns)
    .select_from(past_tickets.join(tickets, tickets.c.id == past_tickets.c.id))
    .where(_named, *_was_valid(past_tickets), past_tickets.c.deleted_at.is_(None))
)
_LABELLED = Statement(
    sa.select(ticket_labels.c.ticket_id, ticket_labels.c.label_id)
    .where(is_any_of(ticket_labels.c.ticket_id, "ticket_ids"))
    .order_by(ticket_labels.c.label_id)
)
_UPDATES = Statement(
    sa.select(events.c.ticket_id, events.c.changes)
    .where(is_any_of(events.c.ticket_id, "ticket_ids"), events.c.type == "ticket.updated", events.c.created_at > AT)
    .order_by(events.c.version)
)
_PEOPLE = Statement(sa.select(*_PERSON.columns).where(is_any_of(users.c.id, "people")))
_TAGS = Statement(
    sa.select(*_TAG.columns)
    .where(is_any_of(labels.c.id, "label_ids"), labels.c.deleted_at.is_(None))
    .order_by(labels.c.name_sort, labels.c.id)
)
