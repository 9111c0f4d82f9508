"""A queue in which everybody has a turn, whatever others put into it."""

from collections import OrderedDict, deque
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")

Key = str | None
"""Who waits"""


class FairQueue(Generic[T]):
    """Gives one item of each key in turn, and those of one key in the order in which they came.

    Items are put by any thread and got by one.
    """

    def __init__(self) -> None:
        self._arriving: SimpleQueue[tuple[Key, T] | None] = SimpleQueue()
        self._lines: OrderedDict[Key, deque[T]] = OrderedDict()
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

    def get(self) -> T | None:
        """Return the next item as soon as there is one, or None at the end."""
        if not self._length and not self._has_ended:
            self._line_up(self._arriving.get())
        try:
            return self.get_nowait()
        except Empty:
            return None

    def get_nowait(self) -> T:
        """Return the next item. Raises Empty where there is none."""
        while not self._arriving.empty():
            self._line_up(self._arriving.get_nowait())
        if not self._length:
            raise Empty
        key, line = self._lines.popitem(last=False)
        item = line.popleft()
        self._length -= 1
        if line:
            self._lines[key] = line
        return item

    def _line_up(self, arrived: tuple[Key, T] | None) -> None:
        if arrived is None:
            self._has_ended = True
            return
        key, item = arrived
        self._lines.setdefault(key, deque()).append(item)
        self._length += 1
