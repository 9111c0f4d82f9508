"""Keys that tickets had before: their project was given another one, or they moved.

Whoever wrote `WEB-12` into a text, a bookmark or a commit means the same ticket for ever, as far as they see it.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.authorization.visibility_sql import visible_containers, visible_projects
from codimir.database.core import Transaction
from codimir.database.statements import Statement, is_any_of
from codimir.model.keys import parts_of_ticket_key
from codimir.model.projects import former_project_keys, projects
from codimir.model.tickets import former_ticket_keys, tickets

MAX_FORMER_KEYS = 50
"""So many keys that are of no ticket now are looked up at once."""
MAX_KEYS_IN_SEARCH = 8


class Found(NamedTuple):
    """The ticket that is meant by a key."""

    asked: str
    ticket_id: str
    key: str | None
    title: str


async def find_by_keys(tx: Transaction, actor: Actor, keys: Collection[str]) -> dict[str, Found]:
    """Return the tickets that the actor sees by keys in capitals that they have or had; of two the present one.

    A key from before a ticket moved counts for who sees the project that it was in.
    """
    if not keys:
        return {}
    bound = {"actor_id": actor.id, "workspaces": list(actor.workspaces)}
    rows = await tx.fetch_all(_present(everywhere=actor.is_admin), keys=list(keys), **bound)
    found = {row[0]: Found(*row) for row in rows}
    left = [key for key in keys if key not in found and parts_of_ticket_key(key)][:MAX_FORMER_KEYS]
    if left:
        parts = [key.split("-") for key in left]
        rows = await tx.fetch_all(
            _former(everywhere=actor.is_admin), keys=left, project_keys=list({name for name, _ in parts}),
            numbers=list({int(number) for _, number in parts}), **bound,
        )  # fmt: skip
        found |= {row[0]: Found(*row) for row in reversed(rows)}
    return found


async def with_present_keys(tx: Transaction, actor: Actor, text: str) -> str:
    """Return what is searched for with keys from before replaced by those that the same tickets have now."""
    words = text.split()
    keys = {word.upper() for word in words if parts_of_ticket_key(word)}
    if not keys:
        return text
    found = await find_by_keys(tx, actor, sorted(keys)[:MAX_KEYS_IN_SEARCH])
    present = {key: ticket.key for key, ticket in found.items() if ticket.key and ticket.key != key}
    return " ".join(present.get(word.upper(), word) for word in words) if present else text


@lru_cache(maxsize=2)
def _present(*, everywhere: bool) -> Statement:
    found = sa.select(tickets.c.key, tickets.c.id, tickets.c.key, tickets.c.title).where(
        is_any_of(tickets.c.key, "keys"), tickets.c.deleted_at.is_(None)
    )
    return Statement(found if everywhere else found.where(tickets.c.container_id.in_(visible_containers())))


@lru_cache(maxsize=2)
def _former(*, everywhere: bool) -> Statement:
    """Find tickets by a number that they have, or had, in a project that has, or had, a key; the oldest first."""
    named = sa.select(projects.c.id, projects.c.key).where(is_any_of(projects.c.key, "project_keys"))
    was_named = sa.select(former_project_keys.c.project_id, former_project_keys.c.key).where(
        is_any_of(former_project_keys.c.key, "project_keys")
    )
    meant = named.union(was_named).subquery("meant")
    moved = former_ticket_keys.c
    places: list[tuple[sa.FromClause, sa.ColumnElement[int], list[sa.ColumnElement[bool]]]] = [
        (tickets.join(meant, tickets.c.project_id == meant.c.id), tickets.c.number, []),
        (
            tickets.join(former_ticket_keys, moved.ticket_id == tickets.c.id).join(
                meant, moved.project_id == meant.c.id
            ),
            moved.number,
            [] if everywhere else [moved.project_id.in_(visible_projects(in_trash=None))],
        ),
    ]  # fmt: skip
    visible = [] if everywhere else [tickets.c.container_id.in_(visible_containers())]
    parts = []
    for source, number, there in places:
        key = meant.c.key + "-" + sa.cast(number, sa.Text())
        parts.append(
            sa.select(key.label("asked"), tickets.c.id, tickets.c.key, tickets.c.title, tickets.c.created_at)
            .select_from(source)
            .where(
                is_any_of(number, "numbers"), is_any_of(key, "keys"), tickets.c.deleted_at.is_(None), *there, *visible
            )
        )
    found = sa.union(*parts).subquery("found")
    columns = (found.c.asked, found.c.id, found.c.key, found.c.title)
    return Statement(sa.select(*columns).order_by(found.c.created_at, found.c.id))
