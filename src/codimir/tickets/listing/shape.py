"""What a filter asks, without the values: everything that changes the SQL of it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from codimir.kit.values import ReadOnlyValues
from codimir.tickets.date_ranges import DateRange
from codimir.tickets.search.backend import QueryTerm


class Filter(msgspec.Struct, frozen=True):
    """What is asked of a field: a value, one of several, nothing at all, or either."""

    field: str
    column: str
    several: bool
    or_none: bool
    has_values: bool


class BoundFilter(msgspec.Struct, frozen=True):
    """The shape of a filter, from which its conditions are built, and the values that are bound to them."""

    shape: "FilterShape"
    values: ReadOnlyValues
    wanted: Sequence[QueryTerm] = ()
    """The words that are searched for"""


class FilterShape(msgspec.Struct, frozen=True):
    """Everything about a filter that changes its SQL."""

    breadth: str
    """`all` for who sees everything, `workspaces` for the whole of some, `containers` for what is visible in some"""
    single_workspace: bool
    names_workspaces: bool
    filters: tuple[Filter, ...]
    spans: tuple[DateRange, ...] = ()
    with_words: bool = False
    by_words: bool = False
    """Whether so few tickets match the words that each of them is looked up"""
    by_label: bool = False
    single_label: bool = False
    archived: bool | None = None
    """Whether the tickets are those of archived projects, or all others; None for both"""
    hides_trashed_projects: bool = False
    """Whether tickets may be live whose project is in the trash, and the scope does not leave them out already"""

    def of_scope_alone(self) -> "FilterShape":
        """Return the shape that asks nothing but what the actor sees."""
        nothing: dict[str, Any] = {"filters": (), "spans": (), "by_label": False, "archived": None}
        return msgspec.structs.replace(self, with_words=False, by_words=True, **nothing)

    def of_places_alone(self) -> "FilterShape":
        """Return the shape of all tickets of the places that are asked for."""
        places = tuple(f for f in self.filters if f.field == "project")
        return msgspec.structs.replace(self.of_scope_alone(), filters=places, by_words=False, archived=self.archived)

    @property
    def asks_scope_and_words(self) -> bool:
        """Return whether nothing is asked but words and what the actor sees."""
        return self.with_words and self.of_scope_alone() == msgspec.structs.replace(
            self, with_words=False, by_words=True
        )

    @property
    def is_in_one_project(self) -> bool:
        """Return whether the tickets are those of one project."""
        return any(f.field == "project" and f.has_values and not (f.several or f.or_none) for f in self.filters)
