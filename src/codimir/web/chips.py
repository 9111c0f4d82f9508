"""The filters of a view as chips: what is asked of each field, in words, and what else could be."""

from collections.abc import Mapping

import msgspec

from codimir.authorization.actor import Actor
from codimir.database.core import Transaction
from codimir.kit.values import Values
from codimir.tickets.fields import FIELDS, FILTERS, REFERENCES, Kind
from codimir.web.addresses import Address
from codimir.web.date_ranges import said
from codimir.web.dates import DateFormatter
from codimir.web.display_names import display_names
from codimir.web.lookups import names_of

ICONS: Mapping[str, str] = {
    "relevance": "search",
    **{name: field.icon for field in FIELDS for name in (field.name, field.sort, field.shown_as) if name},
}
"""By the names of fields, of orders and of columns."""


class Chip(msgspec.Struct, frozen=True):
    """What is asked of a field: its values, each with its name, or none where the words of the page name it."""

    field: str
    values: tuple[tuple[str, str | None], ...]


async def chips_of(tx: Transaction, actor: Actor, address: Address, clock: DateFormatter) -> list[Chip]:
    """Return the chips of an address, in the order in which it has them."""
    filters = {field.name: field for field in FILTERS}
    asked: dict[str, tuple[str, ...]] = {name: address.given(name) for name in address.values if name in filters}
    names: Values = {}
    for field, values in asked.items():
        kind = filters[field].kind
        if kind in REFERENCES:
            without = display_names(clock.language).without.get(field)
            names[field] = await names_of(tx, actor, field, values) | ({"none": without} if without else {})
        elif kind is Kind.DATE:
            names[field] = {value: said(value, clock) for value in values}
    return [
        Chip(field, tuple((value, names.get(field, {}).get(value)) for value in values))
        for field, values in asked.items()
    ]
