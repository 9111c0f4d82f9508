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
| more than `DENSE_IN_A_PROJECT` of a project in an order that an index has for each project (6,664) | WALK | 0.3 | 18 |
| anything else: few match (35; 224) | COLLECT | 0.4; 8 | 7.4; 20 |

Besides, a page that is `MIN_SEEK_OFFSET` from the first begins at a known point (`keyset_cache.py`): page 500 of
100,000 tickets 12 → 0.3 ms. And how many match is read from counters where these answer all that is asked
(`is_counted`, docs/decisions/0068-counters.md): 2,733 tickets of somebody among 100,000 135 → 0.8 ms, 15,516 with a
label 49 → 0.9 ms. What counters do not answer, or no index finds at once (`is_found_at_once`), costs more the more
tickets there are; where these are many it is read on a reader thread, and nobody else waits (`pages.read_list`).

PostgreSQL keeps statistics of its own and is told nothing of all this but the shape of the statement.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from codimir.model.ticket_counters import FACETS, KINDS
from codimir.tickets.fields import FILTERS
from codimir.tickets.listing.shape import FilterShape

DENSE = 2_000
"""From how many matches on it is cheaper to walk the index of the order than to collect the matches and sort them."""
COUNTED = frozenset(field.name for field in FILTERS if field.column in ("container_id", *KINDS))
"""The filters that counters answer: where a ticket is, its status, its priority and its type."""
LABEL = "label_id"
BESIDE_A_FACET = frozenset({"container_id", "status"})
"""What else the counters of a person, a group or a label tell apart"""
ORDERS_OF_A_PROJECT = ("updatedAt", "createdAt", "priority", "rank")
"""Those in which an index has the tickets of each project"""
DENSE_IN_A_PROJECT = 500


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
    (lambda asked: asked.sort == "rank" and not asked.shape.is_in_one_project, COLLECT),
    (lambda asked: is_dense(asked.shape, asked.total), WALK),
    (lambda asked: asked.sort == "rank" and walks_by_hand(asked.shape), WALK),
    (lambda asked: asked.sort == "updatedAt" and is_part_of_one_project(asked.shape), READ),
    (lambda asked: is_dense_in_project(asked.shape, asked.total, asked.sort), WALK),
)
"""The first that holds counts; without one it is `COLLECT`."""


def choose_plan(asked: Asked) -> Plan:
    """Return how a page of the tickets that match is best read."""
    return next((plan for holds, plan in CASES if holds(asked)), COLLECT)


def is_dense(shape: FilterShape, total: int) -> bool:
    """Return whether so many tickets match that walking the index of the order costs less than sorting them."""
    return total > DENSE and not shape.is_in_one_project and not shape.by_words


def is_dense_in_project(shape: FilterShape, total: int, sort: str) -> bool:
    """Return whether so many tickets of a project match that its order is walked for them."""
    is_ordered = shape.is_in_one_project and sort in ORDERS_OF_A_PROJECT
    return is_ordered and is_counted(shape) and total > DENSE_IN_A_PROJECT


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


def facet_of(shape: FilterShape, fields: Sequence[str] = ()) -> str | None:
    """Return the one of `FACETS` whose counters tell how many match, also by the values of some fields; None for none.

    Several labels are not counted so: a ticket can have more than one of them.
    """
    if shape.with_words or shape.spans or (shape.by_label and not shape.single_label):
        return None
    asked = [*(f.column for f in shape.filters), *fields, *([LABEL] if shape.by_label else [])]
    facets = {column for column in asked if column in FACETS}
    if len(facets) != 1 or not facets.union(BESIDE_A_FACET).issuperset(asked):
        return None
    return facets.pop()


def is_counted(shape: FilterShape) -> bool:
    """Return whether counters tell how many match, however many there are."""
    return has_counters(shape) or facet_of(shape) is not None


def is_found_at_once(asked: Asked, plan: Plan) -> bool:
    """Return whether the page costs no more where there are a million tickets.

    So it is where the order is walked over, and where an index has the few tickets that match.
    """
    if not is_counted(asked.shape):
        return False
    return plan is not COLLECT or (asked.total <= DENSE and _has_index(asked.shape))


def _has_index(shape: FilterShape) -> bool:
    """Return whether an index begins with what is asked for: a person, a group, or places with a status or without."""
    if shape.by_label:
        return False
    return facet_of(shape) is not None or BESIDE_A_FACET.issuperset(f.column for f in shape.filters)
