"""Which plan reads a page of a list, for each case of the table in `listing/plan.py`."""

import msgspec
import pytest

from codimir.tickets.date_ranges import OVERDUE_NOW
from codimir.tickets.listing.plan import (
    COLLECT,
    DENSE,
    DENSE_IN_A_PROJECT,
    READ,
    WALK,
    Asked,
    Plan,
    choose_plan,
    facet_of,
    has_counters,
    is_found_at_once,
)
from codimir.tickets.listing.shape import Filter, FilterShape

ALL = FilterShape("containers", single_workspace=True, names_workspaces=False, filters=())
ONE = Filter("project", "container_id", several=False, or_none=False, has_values=True)
IN_PROJECT = msgspec.structs.replace(ALL, filters=(ONE,))
IN_STATUS = msgspec.structs.replace(ALL, filters=(ONE, Filter("status", "status", False, False, True)))
OF_SOMEONE = Filter("assignee", "assignee_id", several=False, or_none=False, has_values=True)
IN_KIND = msgspec.structs.replace(ALL, filters=(Filter("type", "type", False, False, True),))
THEIRS = msgspec.structs.replace(ALL, filters=(OF_SOMEONE,))
THEIRS_IN_PROJECT = msgspec.structs.replace(ALL, filters=(ONE, OF_SOMEONE))
LABELLED = msgspec.structs.replace(ALL, by_label=True, single_label=True)
FEW_WORDS = msgspec.structs.replace(ALL, with_words=True, by_words=True)


@pytest.mark.parametrize(
    ("shape", "total", "sort", "plan"),
    [
        (FEW_WORDS, DENSE + 1, "updatedAt", COLLECT),
        (msgspec.structs.replace(FEW_WORDS, by_words=False), DENSE + 1, "updatedAt", WALK),
        (ALL, DENSE + 1, "title", WALK),
        (ALL, DENSE, "title", COLLECT),
        (ALL, DENSE + 1, "rank", COLLECT),
        (IN_PROJECT, DENSE + 1, "rank", WALK),
        (IN_PROJECT, 1, "rank", WALK),
        (IN_PROJECT, DENSE + 1, "updatedAt", READ),
        (IN_STATUS, 1, "updatedAt", READ),
        (IN_PROJECT, DENSE + 1, "title", COLLECT),
        (IN_PROJECT, DENSE_IN_A_PROJECT + 1, "priority", WALK),
        (IN_PROJECT, DENSE_IN_A_PROJECT, "priority", COLLECT),
        (THEIRS_IN_PROJECT, DENSE_IN_A_PROJECT + 1, "updatedAt", WALK),
        (THEIRS_IN_PROJECT, DENSE_IN_A_PROJECT + 1, "status", COLLECT),
        (THEIRS, DENSE, "updatedAt", COLLECT),
        (msgspec.structs.replace(IN_PROJECT, by_label=True), 1, "updatedAt", COLLECT),
        (msgspec.structs.replace(IN_PROJECT, with_words=True), 1, "rank", COLLECT),
    ],
)
def test_the_first_case_that_holds_counts(shape: FilterShape, total: int, sort: str, plan: Plan) -> None:
    assert choose_plan(Asked(shape, total, sort)) == plan


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


@pytest.mark.parametrize(
    ("shape", "fields", "facet"),
    [
        (ALL, (), None),
        (THEIRS, (), "assignee_id"),
        (THEIRS, ("assignee_id",), "assignee_id"),
        (THEIRS, ("status",), "assignee_id"),
        (IN_STATUS, ("assignee_id",), "assignee_id"),
        (THEIRS, ("priority",), None),
        (THEIRS_IN_PROJECT, (), "assignee_id"),
        (LABELLED, (), "label_id"),
        (msgspec.structs.replace(LABELLED, single_label=False), (), None),
        (msgspec.structs.replace(LABELLED, filters=(OF_SOMEONE,)), (), None),
        (msgspec.structs.replace(THEIRS, spans=(OVERDUE_NOW,)), (), None),
        (msgspec.structs.replace(THEIRS, with_words=True), (), None),
    ],
)
def test_whose_counters_tell(shape: FilterShape, fields: tuple[str, ...], facet: str | None) -> None:
    assert facet_of(shape, fields) == facet


@pytest.mark.parametrize(
    ("shape", "total", "sort", "at_once"),
    [
        (ALL, DENSE + 1, "title", True),
        (ALL, DENSE + 1, "rank", False),
        (IN_STATUS, 1, "priority", True),
        (IN_PROJECT, DENSE + 1, "title", False),
        (IN_KIND, DENSE + 1, "title", True),
        (IN_KIND, 1, "title", False),
        (THEIRS, 1, "title", True),
        (LABELLED, DENSE + 1, "title", True),
        (LABELLED, 1, "title", False),
        (msgspec.structs.replace(ALL, spans=(OVERDUE_NOW,)), 1, "title", False),
    ],
)
def test_what_is_found_at_once_however_many_tickets_there_are(
    shape: FilterShape, total: int, sort: str, *, at_once: bool
) -> None:
    asked = Asked(shape, total, sort)
    assert is_found_at_once(asked, choose_plan(asked)) is at_once
