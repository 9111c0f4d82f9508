"""What texts of people mean to whoever reads them: which of their keys are tickets, and who is mentioned."""

from collections.abc import Sequence
from functools import cache

import sqlalchemy as sa

from codimir.access.actor import Actor
from codimir.access.scoping import visible_containers
from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.tickets.tables import tickets
from codimir.users.handles import handles_in
from codimir.users.mentions import find_mentioned
from codimir.web.markdown import KEY, Meaning

MAX_KEYS = 200


async def find_meaning(tx: Transaction, actor: Actor, workspace_id: str, texts: Sequence[str]) -> Meaning:
    """Look up which keys in texts are tickets that the actor sees, and who is mentioned."""
    keys = sorted({key for text in texts for key in KEY.findall(text)})[:MAX_KEYS]
    values = {"keys": keys, "actor_id": actor.id, "workspaces": list(actor.workspaces)}
    rows = await tx.all(_titles(all_of_them=actor.is_admin), **values) if keys else []
    handles = {handle for text in texts for handle in handles_in(text)}
    people = await find_mentioned(tx, workspace_id, handles)
    return Meaning(dict(rows), {handle: person.name for handle, person in people.items()})


@cache
def _titles(*, all_of_them: bool) -> Statement:
    found = sa.select(tickets.c.key, tickets.c.title).where(
        is_any_of(tickets.c.key, "keys"), tickets.c.deleted_at.is_(None)
    )
    return Statement(found if all_of_them else found.where(tickets.c.container_id.in_(visible_containers())))
