"""How the tickets of a list are found: the one place that chooses.

A list can be read in three ways. `COLLECT` lets the database choose an index by the filters, collects what matches and
sorts it. `WALK` keeps it from that (`hide_from_planner` in `database/statements.py`), so that it walks over the index
that has the order, and looks at each ticket until the page is full. `READ` takes the first page straight from an index
that has both the filter and the order; later pages find their ids in it first. Which one is best is a question of how
many match.

Processor time of the first page on 100,000 tickets, for a member of a workspace that has them all:

| case | plan | ms | by the other way |
|---|---|---|---|
| few match the words that are searched for (148): each is looked up by its id | COLLECT | 4.1 | 7.8 |
| more than `DENSE` match, of several projects (4,409; 100,000) | WALK | 0.20; 0.18 | 14; 264 |
| one project in the order made by hand | WALK | 0.10 | 0.17 |
| one project, or one status of it, as they changed | READ | 0.10 | 0.12 |
| anything else: few match (35; 224) | COLLECT | 0.4; 8 | 7.4; 20 |

Besides, a page that is `MIN_SEEK_OFFSET` from the first begins at a known point (`keyset_cache.py`): page 500 of
100,000 tickets 12 → 0.3 ms. And how many match is read from counters where these answer all that is asked
(`has_counters`, docs/decisions/0068-counters.md).

PostgreSQL keeps statistics of its own and is told nothing of all this but the shape of the statement.
"""

from collections.abc import Callable
from typing import NamedTuple

from codimir.model.ticket_counters import KINDS
from codimir.tickets.fields import FILTERS
from codimir.tickets.listing.shape import FilterShape

DENSE = 2_000
"""From how many matches on it is cheaper to walk the index of the order than to collect the matches and sort them."""
COUNTED = frozenset(field.name for field in FILTERS if field.column in ("container_id", *KINDS))
"""The filters that counters answer: where a ticket is, its status, its priority and its type."""


class Plan(NamedTuple):
    """How the page of a list is read."""

    walks: bool
    """Whether the filters are kept from choosing an index, so that the index of the order is walked"""
    reads_at_once: bool
    """Whether the first page is read straight from an index, without finding its ids first"""


COLLECT, WALK, READ = Plan(False, False), Plan(True, True), Plan(False, True)


class Asked(NamedTuple):
    """What a plan depends on."""

    shape: FilterShape
    total: int
    """How many tickets match"""
    sort: str


CASES: tuple[tuple[Callable[[Asked], bool], Plan], ...] = (
    (lambda asked: asked.shape.by_words, COLLECT),
    (lambda asked: is_dense(asked.shape, asked.total), WALK),
    (lambda asked: asked.sort == "rank" and walks_by_hand(asked.shape), WALK),
    (lambda asked: asked.sort == "updatedAt" and is_part_of_one_project(asked.shape), READ),
)
"""The first that holds counts; without one it is `COLLECT`."""


def choose_plan(shape: FilterShape, total: int, sort: str) -> Plan:
    """Return how a page of the tickets that match is best read, in an order by its name."""
    asked = Asked(shape, total, sort)
    return next((plan for holds, plan in CASES if holds(asked)), COLLECT)


def is_dense(shape: FilterShape, total: int) -> bool:
    """Return whether so many tickets match that walking the index of the order costs less than sorting them."""
    return total > DENSE and not shape.is_in_one_project and not shape.by_words


def walks_by_hand(shape: FilterShape) -> bool:
    """Return whether the index of the order made by hand is walked: it has that of each project."""
    return shape.is_in_one_project and not shape.with_words


def is_part_of_one_project(shape: FilterShape) -> bool:
    """Return whether they are all of one project or of one status in it: an index has those as they changed."""
    return (
        shape.is_in_one_project
        and not (shape.with_words or shape.by_label or shape.spans or shape.archived is not None)
        and all(f.field in ("project", "status") and not (f.several or f.or_none) for f in shape.filters)
    )


def has_counters(shape: FilterShape) -> bool:
    """Return whether counters tell how many match; by any other filter there are fewer tickets to look at."""
    is_elsewhere = shape.with_words or shape.by_label or shape.spans
    return not is_elsewhere and COUNTED.issuperset(f.field for f in shape.filters)
