"""A queue in which everybody has as much of what is scarce as everybody else, whatever they put into it."""

import math
from collections import OrderedDict, deque
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from codimir.database.core import Stranger

T = TypeVar("T")

Key = str | Stranger | None
"""Who waits"""
STRANGERS = Stranger("")
"""The key that all strangers have together"""
MAX_COMPARED = 64
"""Of so many keys that wait the one is chosen that has taken least."""
HEAD_START = 0.01
"""So many seconds less than others who comes anew has taken."""
FADING = 0.8
"""What is left of an expectation after each time that it was too high"""
MAX_REMEMBERED = 1_000


class FairQueue(Generic[T]):
    """Gives an item of the key that has taken least time, and those of one key in the order in which they came.

    Who has not waited for a while gains nothing by it but a short head start, as in schedulers of processes: over any
    time, keys that always wait take as much as each other. Strangers count as one person, and among them each address
    as one: a crowd of them holds up people no more than one person does, and from one address not those of others.

    Items are put by any thread; everything else is for one thread.
    """

    def __init__(self) -> None:
        self._arriving: SimpleQueue[tuple[Key, T] | None] = SimpleQueue()
        self._people: _Lines[T] = _Lines()
        self._strangers: _Lines[T] = _Lines()
        self._length = 0
        self._has_ended = False

    def __len__(self) -> int:
        """Return about how many items wait; another thread may be at it."""
        return self._arriving.qsize() + self._length

    def put(self, key: Key, item: T) -> None:
        """Put an item in line."""
        self._arriving.put((key, item))

    def end(self) -> None:
        """Let `get` return None when nothing is left."""
        self._arriving.put(None)

    def took(self, key: Key, seconds: float) -> None:
        """Note for how long an item of a key has held up all others."""
        if isinstance(key, Stranger):
            self._strangers.took(key, seconds)
            key = STRANGERS
        self._people.took(key, seconds)

    def get(self) -> T | None:
        """Return the next item as soon as there is one, or None at the end."""
        if not self._length and not self._has_ended:
            self._line_up(self._arriving.get())
        try:
            return self.get_nowait()[0]
        except Empty:
            return None

    def get_nowait(self, most: float = math.inf) -> tuple[T, float]:
        """Return the next item, and for how many seconds it will hold up others, by what those of its key did before.

        Raises Empty where there is none, or when that is longer than `most`.
        """
        while not self._arriving.empty():
            self._line_up(self._arriving.get_nowait())
        if not self._length:
            raise Empty
        key = self._people.next_key()
        expected = self._people.expected_of(key)
        if expected > most:
            raise Empty
        self._length -= 1
        item = self._people.popleft(key)
        if item is not None:
            return item, expected
        item = self._strangers.popleft(self._strangers.next_key())
        assert item is not None  # noqa: S101 - for each of them there is a place among people
        return item, expected

    def _line_up(self, arrived: tuple[Key, T] | None) -> None:
        if arrived is None:
            self._has_ended = True
            return
        key, item = arrived
        if isinstance(key, Stranger):
            self._strangers.append(key, item)
            self._people.append(STRANGERS, None)
        else:
            self._people.append(key, item)
        self._length += 1


class _Lines(Generic[T]):
    """A line for each key, and what each key has taken."""

    def __init__(self) -> None:
        self._lines: OrderedDict[Key, deque[T | None]] = OrderedDict()
        self._taken: dict[Key, float] = {}
        self._expected: dict[Key, float] = {}
        self._least = 0.0
        """What the key had taken whose turn it was last"""

    def append(self, key: Key, item: T | None) -> None:
        """Put an item at the end of a line."""
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = deque()
            self._taken[key] = self._taken_by(key)
        line.append(item)

    def next_key(self) -> Key:
        """Return the key that has taken least; of those that have taken as much, the one that has waited longest."""
        return min(islice(self._lines, MAX_COMPARED), key=self._taken.__getitem__)

    def expected_of(self, key: Key) -> float:
        """Return how long the next item of a key will take at most, by what the last ones did; 0 where nobody knows."""
        return self._expected.get(key, 0.0)

    def popleft(self, key: Key) -> T | None:
        """Take the first item of a key, which then waits behind those that have taken as much."""
        line = self._lines.pop(key)
        self._least = max(self._least, self._taken[key])
        item = line.popleft()
        if line:
            self._lines[key] = line
        return item

    def took(self, key: Key, seconds: float) -> None:
        """Note how long an item of a key has taken."""
        taken = self._taken[key] = self._taken_by(key) + seconds
        self._expected[key] = max(seconds, FADING * self._expected.get(key, 0.0))
        if not self._lines:
            self._least = taken
            if len(self._taken) > MAX_REMEMBERED:
                self._taken.clear()
                self._expected.clear()

    def _taken_by(self, key: Key) -> float:
        return max(self._taken.get(key, 0.0), self._least - HEAD_START)
