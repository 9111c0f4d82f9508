"""Pages of a list, and the shapes that every reply has."""

from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta

from codimir.http.validation import Query

T = TypeVar("T")

PageNumber = Annotated[int, Meta(ge=1, le=1_000_000_000, description="Which page, from 1")]
PageSize = Annotated[int, Meta(ge=1, le=100, description="How many on a page")]


class Reply(msgspec.Struct, rename="camel", gc=False):
    """A part of a reply; it is a tree, so the collector of cycles need not look at it."""


class Data(Reply, Generic[T]):
    """One thing."""

    data: T


class Pagination(Reply):
    """Where a page stands in its list; `total` is exact for the same filters and the same viewer."""

    page: int
    limit: int
    total: int
    total_pages: int


class Page(Reply, Generic[T]):
    """One page of a list."""

    data: list[T]
    pagination: Pagination


class PageQuery(Query):
    """Which page of a list."""

    page: PageNumber = 1
    limit: PageSize = 20

    @property
    def offset(self) -> int:
        """Count the items before this page."""
        return (self.page - 1) * self.limit

    def of(self, items: list[T], total: int) -> Page[T]:
        """Put items into their page."""
        return Page(items, Pagination(self.page, self.limit, total, -(-total // self.limit)))
