"""The tickets that match a search, the best first."""

from collections.abc import Sequence
from functools import lru_cache

import msgspec
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.http.errors import NotFound
from codimir.http.paging import Page
from codimir.model.keys import parts_of_ticket_key
from codimir.model.tickets import tickets
from codimir.tickets.former_keys import with_present_keys
from codimir.tickets.listing.filters import bind_filter, conditions
from codimir.tickets.listing.pages import count_matching
from codimir.tickets.listing.plan import is_dense
from codimir.tickets.listing.shape import BoundFilter, FilterShape
from codimir.tickets.queries import IN_LIST, get_visible_ticket, in_list, with_people
from codimir.tickets.schemas import TicketInList, TicketListQuery, TicketSearchQuery
from codimir.tickets.search.backend import QueryTerm
from codimir.tickets.search.index import BACKENDS, expression_for, title_expression_for, wanted_words

CANDIDATES = 500
"""How many of the newest matches are ranked, so that a word that everybody uses costs no more than any other.

Those that have every word in their title are the best. They are looked for first, so many of them too; where they fill
the page, nothing else is read.
"""


async def search_tickets(tx: Transaction, actor: Actor, query: TicketSearchQuery) -> list[TicketInList]:
    """Return the tickets that match best, of the newest that match; one that is asked for by its key comes first."""
    matching = await bind_filter(tx, actor, query)
    found = await _with_key(tx, actor, query.q.strip(), matching)
    if len(found) < query.limit:
        searched = None if matching.shape.breadth == "all" else matching.values["workspaces"]
        wanted = await wanted_words(tx, query.q, searched)
        found += await _with_words(tx, matching, wanted, query.limit)
    ids = list(dict.fromkeys(found))[: query.limit]
    rows = await tx.fetch_all(_ROWS, ticket_ids=ids)
    return await in_list(tx, sorted(rows, key=lambda row: ids.index(row[0])))


async def list_best_matches(tx: Transaction, actor: Actor, query: TicketListQuery) -> Page[TicketInList]:
    """Return one page of the tickets that match a search, the best first, then those that are not ranked as changed."""
    matching = await bind_filter(tx, actor, query)
    total = await count_matching(tx, matching)
    ranked = await _ranked(tx, actor, query, matching) if total > query.offset else []
    ids = ranked[query.offset : query.offset + query.limit]
    rows = await tx.fetch_all(_ROWS, ticket_ids=ids)
    found = sorted(rows, key=lambda row: ids.index(row[0]))
    if len(ids) < query.limit and total > len(ranked):
        found += await tx.fetch_all(
            _others(matching.shape, in_order=is_dense(matching.shape, total)), **matching.values, ranked=ranked,
            limit=query.limit - len(ids), offset=max(0, query.offset - len(ranked)),
        )  # fmt: skip
    return query.of(await in_list(tx, found), total)


async def _ranked(tx: Transaction, actor: Actor, query: TicketListQuery, matching: BoundFilter) -> list[str]:
    words = await with_present_keys(tx, actor, (query.search or "").strip())
    with_key = await _with_key(tx, actor, words, matching)
    with_words = await _with_words(tx, matching, matching.wanted, query.offset + query.limit)
    return list(dict.fromkeys([*with_key, *with_words]))


async def _with_key(tx: Transaction, actor: Actor, key: str, matching: BoundFilter) -> list[str]:
    """Find the tickets that have this key, or had it before they moved."""
    if parts_of_ticket_key(key) is None:
        return []
    try:
        first = (await get_visible_ticket(tx, actor, key)).ticket.id
    except NotFound:
        return []
    return await tx.fetch_column(_keyed(matching.shape), **matching.values, key=key.upper(), ticket=first)


async def _with_words(tx: Transaction, matching: BoundFilter, wanted: Sequence[QueryTerm], count: int) -> list[str]:
    """Find the best matches: at least so many, if there are, or all that are ranked."""
    searched = None if matching.shape.breadth == "all" else matching.values["workspaces"]
    in_title = await _with_title(tx, matching, await title_expression_for(tx, wanted, searched), count)
    if len(in_title) >= count:
        return in_title
    form = BACKENDS[tx.dialect]
    words = matching.values.get("words") or await expression_for(tx, wanted, searched)
    bound = {**matching.values, "words": words, "ranking": form.ranking(wanted), "candidates": CANDIDATES}
    rows = await tx.fetch_all(_newest(tx.dialect, matching.shape), **bound)
    return list(dict.fromkeys([*in_title, *await form.best_first(tx, rows, wanted, count)]))


async def _with_title(tx: Transaction, matching: BoundFilter, expression: str, count: int) -> list[str]:
    """Find the newest tickets that have every word in their title, at most so many; as matches go, none is better."""
    if not expression:
        return []
    bound = {**matching.values, "words": expression, "ranking": [], "candidates": min(count, CANDIDATES)}
    return [row[0] for row in await tx.fetch_all(_newest(tx.dialect, matching.shape), **bound)]


@lru_cache(maxsize=256)
def _keyed(shape: FilterShape) -> Statement:
    named = (tickets.c.key == sa.bindparam("key")) | (tickets.c.id == sa.bindparam("ticket"))
    looked_up = msgspec.structs.replace(shape, by_words=True, with_words=False)
    return Statement(sa.select(tickets.c.id).where(*conditions(looked_up), named).order_by(tickets.c.id))


@lru_cache(maxsize=512)
def _newest(dialect: str, shape: FilterShape) -> Statement:
    """Select the newest matches; tickets are asked only what the index cannot tell of them."""
    form, looked_up = BACKENDS[dialect], msgspec.structs.replace(shape, by_words=True, with_words=False)
    if form.scoped is None:
        return Statement(form.newest([], conditions(looked_up)))
    scope = looked_up.of_scope_alone()
    others = [] if scope == looked_up else conditions(looked_up)
    return Statement(form.newest(conditions(scope, table=form.scoped), others))


@lru_cache(maxsize=256)
def _others(shape: FilterShape, *, in_order: bool) -> Statement:
    """Select what matches and is not ranked, as it was changed last."""
    return Statement(
        sa.select(*IN_LIST.columns)
        .select_from(with_people(tickets))
        .where(*conditions(shape, in_order=in_order), ~is_any_of(tickets.c.id, "ranked"))
        .order_by(tickets.c.updated_at.desc(), tickets.c.id.desc())
        .limit(sa.bindparam("limit", type_=sa.Integer()))
        .offset(sa.bindparam("offset", type_=sa.BigInteger()))
    )


_ROWS = Statement(
    sa.select(*IN_LIST.columns).select_from(with_people(tickets)).where(is_any_of(tickets.c.id, "ticket_ids"))
)
