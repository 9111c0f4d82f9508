"""Pages of a list, and the shapes that every reply has."""

from typing import Annotated, Any, Generic, TypeVar

import msgspec
import sqlalchemy as sa
from msgspec import Meta

from codimir.database.core import Transaction
from codimir.database.expressions import AnySelect
from codimir.database.projection import Projection
from codimir.database.statements import Row, Statement
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


class PageQuery(Query, frozen=True):
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


class Paged(Generic[T]):
    """A list that is read by pages: how many rows it has, and the rows of one page."""

    def __init__(
        self,
        of: Projection[T],
        rows: AnySelect,
        *order: Any,
        counted: "AnySelect | None" = None,
        page: "AnySelect | None" = None,
    ) -> None:
        """Read what a statement selects, whose columns begin with those of the projection, in an order.

        `counted` selects as many rows where those are counted more cheaply; `page` is the statement of a page where
        that is found by its ids first (`page_of`).
        """
        self.of = of
        self.count = Statement(
            rows.with_only_columns(sa.func.count(), maintain_column_froms=True)
            if counted is None
            else sa.select(sa.func.count()).select_from(counted.subquery("counted"))
        )
        self.page = Statement(page_of(rows.order_by(*order)) if page is None else page)


def page_of(rows: AnySelect) -> AnySelect:
    """Keep a statement to the rows of one page, by the values `limit` and `offset`."""
    return rows.limit(sa.bindparam("limit", type_=sa.Integer())).offset(sa.bindparam("offset", type_=sa.BigInteger()))


async def paginate(tx: Transaction, listed: Paged[T], query: PageQuery, **values: object) -> Page[T]:
    """Return one page of a list, whose statement takes these values."""
    total, rows = await page_of_rows(tx, listed, query, **values)
    return query.of(listed.of.all(rows), total)


async def page_of_rows(
    tx: Transaction, listed: Paged[Any], query: PageQuery, **values: object
) -> tuple[int, list[Row]]:
    """Return how many rows a list has, and those of one page."""
    total = int(await tx.fetch_value(listed.count, **values))
    if total <= query.offset:
        return total, []
    return total, await tx.fetch_all(listed.page, **values, limit=query.limit, offset=query.offset)
