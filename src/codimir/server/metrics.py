"""Requests, counted by route, status and time, in the text format of Prometheus (version 0.0.4)."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds in seconds; one more bucket is without"""
NAME = "codimir_http_request_duration_seconds"
NO_ROUTE = "(none)"


class RequestMetrics:
    """A histogram of the time that requests took, for each method, pattern of a path and status."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str, int], list[int]] = {}
        self._seconds: dict[tuple[str, str, int], float] = {}

    def note(self, scope: Any, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        key = (scope["method"], scope.get("path_template", NO_ROUTE), status)
        buckets = self._buckets.get(key)
        if buckets is None:
            buckets = self._buckets[key] = [0] * (len(BUCKETS) + 1)
        buckets[bisect_left(BUCKETS, seconds)] += 1
        self._seconds[key] = self._seconds.get(key, 0.0) + seconds

    def lines(self) -> Iterator[str]:
        """Yield the lines that tell it."""
        yield f"# HELP {NAME} How long requests took, from when their header had come to the end of the reply."
        yield f"# TYPE {NAME} histogram"
        for (method, route, status), buckets in sorted(self._buckets.items()):
            labels = f'method="{method}",route="{route}",status="{status}"'
            count = 0
            for bound, number in zip((*BUCKETS, "+Inf"), buckets, strict=True):
                count += number
                yield f'{NAME}_bucket{{{labels},le="{bound}"}} {count}'
            yield f"{NAME}_sum{{{labels}}} {self._seconds[method, route, status]:.6f}"
            yield f"{NAME}_count{{{labels}}} {count}"


REQUESTS = RequestMetrics()
"""Those of this process"""


def note_request(scope: Any, status: int, seconds: float) -> None:
    """Count a request that this process has answered."""
    REQUESTS.note(scope, status, seconds)
