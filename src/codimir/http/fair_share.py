"""The event loop is shared fairly: whoever has taken least of it lately goes first.

All requests of a process are worked on by one event loop, so the time that one takes is time that everybody waits. What
each person takes is measured, step by step. While more than one person asks, requests are begun a few at a time, those
first of whoever has taken least; between, the loop looks who else has come. Where only one person asks, nothing waits.
"""

import asyncio
import math
from collections.abc import Coroutine, Generator
from queue import Empty
from time import perf_counter
from typing import Any, Generic, TypeVar

from codimir.database.core import PERSON
from codimir.database.fair_queue import FairQueue, Key

T = TypeVar("T")

SECONDS_AT_ONCE = 0.002
"""Requests are begun together that take no longer than this, by what those before them took"""
SECONDS_OTHERS_COUNT = 1.0
"""So long after a request of somebody else more than one person asks"""
HOPS = 3
"""After so many turns of the loop whoever came meanwhile stands in line: one for the work, two for a new request."""


class FairShare:
    """What each person takes of an event loop, and who waits for their turn."""

    def __init__(self) -> None:
        self._waiting: FairQueue[asyncio.Future[None]] = FairQueue()
        self._last: tuple[Key, float] = (None, -math.inf)
        self._others_until = -math.inf
        self._is_taken = False

    def note(self, person: Key, seconds: float) -> None:
        """Note that somebody has taken the loop for so long."""
        self._waiting.took(person, seconds)

    async def turn(self) -> None:
        """Wait until a step of whoever asks may be begun; at once, where nobody else asks."""
        self._note_asker(PERSON.get())
        if not self.is_shared():
            return
        loop = asyncio.get_running_loop()
        if not self._is_taken:
            self._is_taken = True
            self._look_again(loop)
            return
        begins = loop.create_future()
        self._waiting.put(PERSON.get(), begins)
        await begins

    def is_shared(self) -> bool:
        """Return whether more than one person has asked lately."""
        return perf_counter() < self._others_until

    def _note_asker(self, person: Key) -> None:
        last, at = self._last
        if person != last:
            self._others_until = at + SECONDS_OTHERS_COUNT
        self._last = (person, perf_counter())

    def _look_again(self, loop: asyncio.AbstractEventLoop, hops: int = HOPS) -> None:
        if hops:
            loop.call_soon(self._look_again, loop, hops - 1)
        else:
            self._begin_next(loop)

    def _begin_next(self, loop: asyncio.AbstractEventLoop) -> None:
        left, self._is_taken = SECONDS_AT_ONCE, False
        try:
            while left > 0:
                begins, expected = self._waiting.get_nowait(left if self._is_taken else math.inf)
                if not begins.done():
                    begins.set_result(None)
                    self._is_taken = True
                    left -= expected
        except Empty:
            pass
        if self._is_taken:
            self._look_again(loop)


class Measured(Generic[T]):
    """Something to await that notes who has taken the loop, and for how long."""

    __slots__ = ("_share", "_work")

    def __init__(self, work: Coroutine[Any, Any, T], share: FairShare) -> None:
        self._work = work
        self._share = share

    def __await__(self) -> Generator[Any, None, T]:
        """Do the work, and note each of its steps."""
        work, note = self._work, self._share.note
        error: BaseException | None = None
        while True:
            began = perf_counter()
            try:
                waits_for = work.send(None) if error is None else work.throw(error)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            finally:
                note(PERSON.get(), perf_counter() - began)
            error = None
            try:
                yield waits_for
            except BaseException as raised:  # noqa: BLE001 - it is raised where the work waits
                error = raised
