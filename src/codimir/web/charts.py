"""The sizes of what the dashboard draws, in the units of its drawings: a hundredth of the largest number."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from codimir.tickets.statistics.timelines import Step

WIDTH = 3
"""Of a step, in which two columns of one stand side by side"""


class Columns(NamedTuple):
    """The two columns of a step: where they stand, and how high they are."""

    created_x: float
    created_height: float
    completed_x: float
    completed_height: float


def columns_of(timeline: Sequence[Step]) -> list[Columns]:
    """Return the columns of the steps of a timeline."""
    most = max((1, *(step.created for step in timeline), *(step.completed for step in timeline)))
    return [
        Columns(at * WIDTH + 0.4, 100 * step.created / most, at * WIDTH + 1.5, 100 * step.completed / most)
        for at, step in enumerate(timeline)
    ]


def shares_of(counts: Mapping[str, int]) -> dict[str, float]:
    """Return how long the bar of each count is."""
    most = max(1, *counts.values())
    return {name: 100 * count / most for name, count in counts.items()}
