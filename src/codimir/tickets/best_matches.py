"""The tickets that match a search, the best first."""

from functools import lru_cache

import msgspec
import sqlalchemy as sa

from codimir.access.actor import Actor
from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.http.errors import NotFound
from codimir.tickets.filters import Matching, Shape, conditions, resolve
from codimir.tickets.queries import KEY, get_visible_ticket, in_list, list_columns, with_people
from codimir.tickets.schemas import TicketInList, TicketSearchQuery
from codimir.tickets.search import FORMS, expression_for, wanted_words
from codimir.tickets.tables import tickets

CANDIDATES = 500
"""How many of the newest matches are ranked, so that a word that everybody uses costs no more than any other."""


async def search_tickets(tx: Transaction, actor: Actor, query: TicketSearchQuery) -> list[TicketInList]:
    """Give the tickets that match best, of the newest that match; a ticket that is asked for by its key comes first."""
    matching = await resolve(tx, actor, query)
    found = await _with_key(tx, actor, query.q.strip(), matching)
    if len(found) < query.limit:
        found += await _with_words(tx, query.q, matching)
    ids = list(dict.fromkeys(found))[: query.limit]
    rows = await tx.all(_ROWS, ticket_ids=ids)
    return await in_list(tx, sorted(rows, key=lambda row: ids.index(row[0])))


async def _with_key(tx: Transaction, actor: Actor, key: str, matching: Matching) -> list[str]:
    """Find the tickets that have this key, or had it before they moved."""
    if not KEY.fullmatch(key):
        return []
    try:
        first = (await get_visible_ticket(tx, actor, key)).ticket.id
    except NotFound:
        return []
    return [row[0] for row in await tx.all(_keyed(matching.shape), **matching.values, key=key.upper(), ticket=first)]


async def _with_words(tx: Transaction, text: str, matching: Matching) -> list[str]:
    searched = None if matching.shape.scope == "all" else matching.values["workspaces"]
    wanted = await wanted_words(tx, text, searched)
    form = FORMS[tx.dialect]
    rows = await tx.all(
        _newest(tx.dialect, matching.shape), **matching.values, words=expression_for(tx, wanted, searched),
        ranking=form.ranking(wanted), candidates=CANDIDATES,
    )  # fmt: skip
    return form.best_first(rows, wanted)


@lru_cache(maxsize=256)
def _keyed(shape: Shape) -> Statement:
    named = (tickets.c.key == sa.bindparam("key")) | (tickets.c.id == sa.bindparam("ticket"))
    looked_up = msgspec.structs.replace(shape, by_words=True)
    return Statement(sa.select(tickets.c.id).where(*conditions(looked_up), named).order_by(tickets.c.id))


@lru_cache(maxsize=512)
def _newest(dialect: str, shape: Shape) -> Statement:
    return Statement(FORMS[dialect].newest(conditions(msgspec.structs.replace(shape, by_words=True))))


_ROWS = Statement(
    sa.select(*list_columns()).select_from(with_people(tickets)).where(is_any_of(tickets.c.id, "ticket_ids"))
)
