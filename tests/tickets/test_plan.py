"""Which plan reads a page of a list, for each case of the table in `listing/plan.py`."""

import msgspec
import pytest

from codimir.tickets.date_ranges import OVERDUE_NOW
from codimir.tickets.listing.plan import COLLECT, DENSE, READ, WALK, Plan, choose_plan, has_counters
from codimir.tickets.listing.shape import Filter, FilterShape

ALL = FilterShape("containers", single_workspace=True, names_workspaces=False, filters=())
ONE = Filter("project", "container_id", several=False, or_none=False, has_values=True)
IN_PROJECT = msgspec.structs.replace(ALL, filters=(ONE,))
IN_STATUS = msgspec.structs.replace(ALL, filters=(ONE, Filter("status", "status", False, False, True)))
OF_SOMEONE = Filter("assignee", "assignee_id", several=False, or_none=False, has_values=True)
FEW_WORDS = msgspec.structs.replace(ALL, with_words=True, by_words=True)


@pytest.mark.parametrize(
    ("shape", "total", "sort", "plan"),
    [
        (FEW_WORDS, DENSE + 1, "updatedAt", COLLECT),
        (msgspec.structs.replace(FEW_WORDS, by_words=False), DENSE + 1, "updatedAt", WALK),
        (ALL, DENSE + 1, "title", WALK),
        (ALL, DENSE, "title", COLLECT),
        (IN_PROJECT, DENSE + 1, "rank", WALK),
        (IN_PROJECT, 1, "rank", WALK),
        (IN_PROJECT, DENSE + 1, "updatedAt", READ),
        (IN_STATUS, 1, "updatedAt", READ),
        (IN_PROJECT, DENSE + 1, "title", COLLECT),
        (msgspec.structs.replace(IN_PROJECT, by_label=True), 1, "updatedAt", COLLECT),
        (msgspec.structs.replace(IN_PROJECT, with_words=True), 1, "rank", COLLECT),
    ],
)
def test_the_first_case_that_holds_counts(shape: FilterShape, total: int, sort: str, plan: Plan) -> None:
    assert choose_plan(shape, total, sort) == plan


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        (ALL, True),
        (IN_STATUS, True),
        (msgspec.structs.replace(IN_STATUS, names_workspaces=True), True),
        (msgspec.structs.replace(ALL, hides_trashed_projects=True), True),
        (msgspec.structs.replace(ALL, filters=(OF_SOMEONE,)), False),
        (msgspec.structs.replace(ALL, archived=False), True),
        (msgspec.structs.replace(ALL, by_label=True), False),
        (msgspec.structs.replace(ALL, spans=(OVERDUE_NOW,)), False),
        (FEW_WORDS, False),
    ],
)
def test_what_counters_tell(shape: FilterShape, *, told: bool) -> None:
    assert has_counters(shape) is told
