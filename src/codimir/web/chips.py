"""The filters of a view as chips: what is asked of each field, in words, and what else could be."""

from collections.abc import Mapping
from typing import Any

import msgspec

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.web.addresses import Address
from codimir.web.date_ranges import SPANS, said
from codimir.web.dates import Clock
from codimir.web.lookups import names_of
from codimir.web.wording import wording

FIXED = ("status", "priority", "type")
NAMED = ("assignee", "reporter", "project", "group", "label", "workspace")
CHANGEABLE = (*FIXED, *NAMED)
ARCHIVED = "archived"
FIELDS = (*CHANGEABLE, *SPANS, ARCHIVED)
ICONS: Mapping[str, str] = {
    "status": "status-todo", "priority": "priority-medium", "type": "type-TASK", "assignee": "person",
    "reporter": "person", "project": "project", "group": "people", "label": "label", "workspace": "rail",
    "title": "edit", "key": "link", "labels": "label", "rank": "board", "createdAt": "clock", "updatedAt": "clock",
    "due": "calendar", "created": "calendar", "completed": "calendar",
    "archived": "project", "relevance": "search",
}  # fmt: skip


class Chip(msgspec.Struct, frozen=True):
    """What is asked of a field: its values, each with its name, or none where the words of the page name it."""

    field: str
    values: tuple[tuple[str, str | None], ...]


async def chips_of(tx: Transaction, actor: Actor, address: Address, clock: Clock) -> list[Chip]:
    """Give the chips of an address, in the order in which it has them."""
    asked: dict[str, tuple[str, ...]] = {name: address.given(name) for name in address.values if name in FIELDS}
    names: dict[str, Any] = {}
    for field, values in asked.items():
        if field in NAMED:
            without = wording(clock.language).without.get(field)
            names[field] = await names_of(tx, actor, field, values) | ({"none": without} if without else {})
        elif field in SPANS:
            names[field] = {value: said(value, clock) for value in values}
    return [
        Chip(field, tuple((value, names.get(field, {}).get(value)) for value in values))
        for field, values in asked.items()
    ]
