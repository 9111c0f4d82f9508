"""Where in a list its pages begin, so that the next page need not count its way from the first ticket.

Pages by number have to skip what stands before them: who reads a list of 100,000 tickets to its end, page after page,
makes the database walk over all of it a thousand times. A ticket whose place in the list is known is as good as a
number to seek to (keyset pagination), for as long as nothing in the list has moved: so each point is kept with the
versions of what its reader sees, and counts only under the same ones.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import NamedTuple

from codimir.revisions.read_tracking import PureCache
from codimir.revisions.versions import Versions

MIN_SEEK_OFFSET = 200
"""How many tickets are skipped faster than anything is looked up."""
MAX_LISTS = 32
MAX_POINTS = 512


class SeekPoint(NamedTuple):
    """A ticket and how many stand before it in its list."""

    offset: int
    ticket_id: str


class KeysetCache(PureCache):
    """The points of the lists that were read last, in any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lists: OrderedDict[Hashable, tuple[Versions, list[SeekPoint]]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many points are remembered of all lists."""
        with self._lock:
            return sum(len(points) for _, points in self._lists.values())

    def nearest(self, listing: Hashable, versions: Versions, offset: int) -> SeekPoint | None:
        """Return the last known point of a list that is not behind an offset."""
        with self._lock:
            points = self._points(listing, versions)
            place = bisect_right(points, offset, key=lambda point: point.offset)
            return points[place - 1] if place else None

    def note(self, listing: Hashable, versions: Versions, *found: SeekPoint) -> None:
        """Remember points of a list as it is at these versions."""
        with self._lock:
            points = self._points(listing, versions)
            if len(points) >= MAX_POINTS:
                del points[::2]  # who reads on and on still finds one near
            for point in found:
                place = bisect_right(points, point.offset, key=lambda other: other.offset)
                if not place or points[place - 1].offset != point.offset:
                    points.insert(place, point)

    def _points(self, listing: Hashable, versions: Versions) -> list[SeekPoint]:
        kept = self._lists.get(listing)
        if kept is None or kept[0] != versions:
            kept = self._lists[listing] = (versions, [])
        self._lists.move_to_end(listing)
        if len(self._lists) > MAX_LISTS:
            self._lists.popitem(last=False)
        return kept[1]
