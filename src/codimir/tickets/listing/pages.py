"""Pages of the list of tickets: counted, ordered, and found as `tickets/listing/plan.py` chooses."""

from contextlib import suppress
from functools import lru_cache

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.database.core import Database, Transaction
from codimir.database.expressions import AnyColumn
from codimir.database.statements import Row, Statement
from codimir.http.paging import Page
from codimir.model.tickets import tickets
from codimir.revisions.versions import versions_in
from codimir.tickets.fields import SORT_COLUMNS, Order, Sort
from codimir.tickets.listing.counting import select_counts
from codimir.tickets.listing.filters import bind_filter, conditions
from codimir.tickets.listing.keyset_cache import MIN_SEEK_OFFSET, KeysetCache, SeekPoint
from codimir.tickets.listing.plan import Asked, Plan, choose_plan, is_counted, is_found_at_once
from codimir.tickets.listing.shape import BoundFilter, FilterShape
from codimir.tickets.queries import IN_LIST, in_list, with_people
from codimir.tickets.schemas import TicketInList, TicketListQuery
from codimir.tickets.search.index import BACKENDS

_LIMIT = sa.bindparam("limit", type_=sa.Integer())
MAX_LOOKED_AT = 20_000
"""At so many tickets one after the other is looked in place: a few milliseconds."""
_encode = msgspec.json.Encoder().encode


class TakesLong(Exception):
    """A page costs more than what is done between the requests of others: it is for `Database.read_long`."""


async def read_list(
    db: Database, actor: Actor, query: TicketListQuery, keyset_cache: KeysetCache | None = None
) -> Page[TicketInList]:
    """Return one page of the tickets that match, read in place or, where that takes long, on a reader thread."""
    if not query.takes_long:
        with suppress(TakesLong):
            return await db.read(lambda tx: list_tickets(tx, actor, query, keyset_cache, in_place=True))
    return await db.read_long(lambda tx: list_tickets(tx, actor, query, keyset_cache))


async def list_tickets(
    tx: Transaction,
    actor: Actor,
    query: TicketListQuery,
    keyset_cache: KeysetCache | None = None,
    *,
    in_place: bool = False,
) -> Page[TicketInList]:
    """Return one page of the tickets that match; one that is far from the first comes faster by known points.

    Raises TakesLong where the page is read `in_place`, its cost grows with the tickets there are, and they are many.
    """
    matching = await bind_filter(tx, actor, query)
    if in_place and not is_counted(matching.shape):
        await _refuse_many(tx, matching)
    total = await count_matching(tx, matching)
    rows: list[Row] = []
    if total > query.offset:
        asked = Asked(matching.shape, total, query.sort)
        plan = choose_plan(asked)
        if in_place and not is_found_at_once(asked, plan):
            await _refuse_many(tx, matching)
        if query.offset >= MIN_SEEK_OFFSET and keyset_cache is not None:
            rows = await _far_page(tx, actor, query, matching, keyset_cache, plan)
        else:
            build = _first_page if plan.reads_at_once and query.page == 1 else _page
            statement = build(matching.shape, query.sort, query.order, walks=plan.walks)
            rows = await tx.fetch_all(statement, **matching.values, limit=query.limit, offset=query.offset)
    return query.of(await in_list(tx, rows), total)


async def _refuse_many(tx: Transaction, matching: BoundFilter) -> None:
    """Raise TakesLong where there are many tickets in the places that are asked for."""
    if await tx.fetch_value(_count(tx.dialect, matching.shape.of_places_alone()), **matching.values) > MAX_LOOKED_AT:
        raise TakesLong


async def count_matching(tx: Transaction, matching: BoundFilter) -> int:
    """Count the tickets that match, exactly."""
    total: int = await tx.fetch_value(_count(tx.dialect, matching.shape), **matching.values)
    return total


async def _far_page(
    tx: Transaction, actor: Actor, query: TicketListQuery, matching: BoundFilter, points: KeysetCache, plan: Plan
) -> list[Row]:
    """Read a page from the last known point before it on, and remember where it begins and ends."""
    versions = await versions_in(tx, actor)
    listing = (actor.id, matching.shape, _encode(matching.values), query.sort, query.order)
    known = points.nearest(listing, versions, query.offset)
    statement = _page(matching.shape, query.sort, query.order, walks=plan.walks, seeks=known is not None)
    begins_at, seek = known or (0, None)
    rows = await tx.fetch_all(
        statement, **matching.values, limit=query.limit, offset=query.offset - begins_at, seek=seek
    )
    if rows:
        last = query.offset + len(rows) - 1
        points.note(listing, versions, SeekPoint(query.offset, rows[0][0]), SeekPoint(last, rows[-1][0]))
    return rows


@lru_cache(maxsize=512)
def _count(dialect: str, shape: FilterShape) -> Statement:
    index = BACKENDS[dialect]
    if index.matches_in is not None and index.scoped is not None and shape.asks_scope_and_words:
        return Statement(index.matches_in(conditions(shape.of_scope_alone(), table=index.scoped)))
    return Statement(select_counts(shape))


@lru_cache(maxsize=1024)
def _first_page(shape: FilterShape, sort: Sort, order: Order, *, walks: bool) -> Statement:
    """Read the first tickets of an index that has the order: nothing is sorted, skipped, or looked up twice."""
    return Statement(
        sa.select(*IN_LIST.columns)
        .select_from(with_people(tickets))
        .where(*conditions(shape, in_order=walks))
        .order_by(*_ordering(sort, order))
        .limit(_LIMIT)
    )


@lru_cache(maxsize=1024)
def _page(shape: FilterShape, sort: Sort, order: Order, *, walks: bool, seeks: bool = False) -> Statement:
    """Find the ids of the page in an index first, then join: deep pages stay cheap.

    With `seeks` the list begins at the ticket that is bound as `seek`, whose place in it is known.
    """
    ordering = _ordering(sort, order)
    page = (
        sa.select(tickets.c.id)
        .where(*conditions(shape, in_order=walks), *([_is_not_before_seek_point(sort, order)] if seeks else []))
        .order_by(*ordering)
        .limit(_LIMIT)
        .offset(sa.bindparam("offset", type_=sa.BigInteger()))
        .subquery("page")
    )
    source = with_people(page.join(tickets, tickets.c.id == page.c.id))
    return Statement(sa.select(*IN_LIST.columns).select_from(source).order_by(*ordering))


def _is_not_before_seek_point(sort: Sort, order: Order) -> sa.ColumnElement[bool]:
    there = tickets.alias("there")
    place = sa.tuple_(SORT_COLUMNS[sort], tickets.c.id)
    begin = sa.select(there.c[SORT_COLUMNS[sort].name], there.c.id).where(there.c.id == sa.bindparam("seek"))
    return place <= begin.scalar_subquery() if order == "desc" else place >= begin.scalar_subquery()


def _ordering(sort: Sort, order: Order) -> list[AnyColumn]:
    return [column.desc() if order == "desc" else column.asc() for column in (SORT_COLUMNS[sort], tickets.c.id)]
