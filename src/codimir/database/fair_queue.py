"""A queue in which everybody has a turn, whatever others put into it."""

from collections import OrderedDict, deque
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from codimir.database.core import Stranger

T = TypeVar("T")

Key = str | Stranger | None
"""Who waits"""
STRANGERS = Stranger("")
"""The key that all strangers have together"""


class FairQueue(Generic[T]):
    """Gives one item of each key in turn, and those of one key in the order in which they came.

    Strangers have one turn together, and in it one of each address: a crowd of them holds up people no more than one
    person does, and from one address it does not hold up those of others.

    Items are put by any thread and got by one.
    """

    def __init__(self) -> None:
        self._arriving: SimpleQueue[tuple[Key, T] | None] = SimpleQueue()
        self._lines: _Lines[T] = _Lines()
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
        self._length -= 1
        return self._lines.popleft()

    def _line_up(self, arrived: tuple[Key, T] | None) -> None:
        if arrived is None:
            self._has_ended = True
            return
        key, item = arrived
        lines = self._lines.within(STRANGERS) if isinstance(key, Stranger) else self._lines
        lines.append(key, item)
        self._length += 1


class _Lines(Generic[T]):
    """Lines, each of items or of lines, of which each gives its first item in turn."""

    def __init__(self) -> None:
        self._lines: OrderedDict[Key, deque[T] | _Lines[T]] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._lines)

    def within(self, key: Key) -> "_Lines[T]":
        """Return the lines that have one turn together."""
        line = self._lines.setdefault(key, _Lines())
        assert isinstance(line, _Lines)  # noqa: S101 - no item has this key
        return line

    def append(self, key: Key, item: T) -> None:
        """Put an item at the end of a line."""
        line = self._lines.setdefault(key, deque())
        assert isinstance(line, deque)  # noqa: S101 - no lines have this key
        line.append(item)

    def popleft(self) -> T:
        """Take the first item of the line whose turn it is, which then waits for all others."""
        key, line = self._lines.popitem(last=False)
        item = line.popleft()
        if line:
            self._lines[key] = line
        return item
