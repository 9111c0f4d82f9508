"""Texts of people as they stand on a page: HTML made of their Markdown, and nobody waits for somebody else's.

Python cannot stop a parser in the middle, so texts are turned into HTML in a process of their own, each within a limit
of processor time, and what was made is kept under a hash of the text and of what its keys and mentions mean. Very short
texts are turned in place. What is too long, takes too long or comes when too much is waiting is shown as it was
written, with a notice.
"""

import asyncio
import hashlib
import sys
from collections import Counter, OrderedDict
from collections.abc import Mapping
from weakref import WeakValueDictionary

import msgspec
from markupsafe import Markup, escape

from codimir.kit.worker_process import CallFailed, TimeLimitExceeded, WorkerError, WorkerProcess
from codimir.web.markdown import Meaning, to_html

MAX_FORMATTED = 65_536
"""The longest text whose Markdown is read, in characters."""
MAX_FORMATTED_ON_PAGE = 524_288
"""How many characters of the texts of one page are read as Markdown."""
IN_PLACE = 256
"""How many characters of a page may be turned in place; the slowest texts known take 15 µs for each."""
CPU_SECONDS = 2.0
"""How long one text may take, in processor time; the slowest of the greatest length known takes 1 s."""
PATIENCE_SECONDS = 3.0
"""How long a page waits for its texts."""
MAX_WAITING, MAX_WAITING_OF_ONE = 200, 10
"""How many texts may wait for their turn, of all people and of one."""
MAX_BYTES_KEPT = 8 * 1024 * 1024
MAX_WORKER_MEMORY = 1024 * 1024 * 1024
"""Of address space: more than the largest text takes."""
BYTES_OF_HASH = 16


class Prose(msgspec.Struct, frozen=True):
    """A text as it stands on a page."""

    html: Markup = Markup()
    is_plain: bool = False
    """Whether it is shown as it was written"""


class ProseWriter:
    """Turns texts into what stands on a page."""

    def __init__(self) -> None:
        self._worker = WorkerProcess(memory_bytes=MAX_WORKER_MEMORY)
        self._made = MadeBefore(MAX_BYTES_KEPT)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._pages: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[Prose]] = set()
        self._waiting: Counter[str] = Counter()

    async def write(self, texts: Mapping[str, str], meaning: Meaning, person_id: str) -> dict[str, Prose]:
        """Return what stands on a person's page for each of its texts, by their names.

        The first ones go first where not all can be formatted. One person's texts wait for each other.
        """
        end = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        formatted, free = formatted_of(texts), IN_PLACE
        prose = {name: as_written(text) for name, text in texts.items()}
        for name, text in formatted.items():
            means = meaning.of(text)
            key = _hash(text, means)
            found = self._made.get(key)
            if found is None and len(text) <= free:
                free -= len(text)
                found = self._made.keep(key, _safe(to_html(text, means)))
            prose[name] = found or await self._beside(key, text, means, person_id, end)
        return prose

    def turn_of(self, person_id: str) -> asyncio.Lock:
        """Return the lock under which a person's long pages are read and put together, one after the other.

        Each of these steps takes the event loop for some milliseconds; between two of one person everybody else's turn
        comes. It is not held while texts are waited for.
        """
        return self._pages.setdefault(person_id, asyncio.Lock())

    def stop(self) -> None:
        """Give up on what is being written: it is shown as it was written."""
        self._worker.stop()

    async def close(self) -> None:
        """End the process, and wait for what waits for it."""
        await self._worker.close()
        await asyncio.gather(*self._tasks)

    async def _beside(self, key: bytes, text: str, meaning: Meaning, person_id: str, end: float) -> Prose:
        """Have a text written by the process, and wait for it until `end`; it is finished and kept all the same."""
        left = end - asyncio.get_running_loop().time()
        if left <= 0 or self._waiting[person_id] >= MAX_WAITING_OF_ONE or self._waiting.total() >= MAX_WAITING:
            return as_written(text)
        task = asyncio.create_task(self._in_turn(key, text, meaning, person_id), name=person_id)
        self._tasks.add(task)
        self._waiting[person_id] += 1
        task.add_done_callback(self._has_ended)
        await asyncio.wait([task], timeout=left)
        return task.result() if task.done() else as_written(text)

    def _has_ended(self, task: asyncio.Task[Prose]) -> None:
        self._tasks.discard(task)
        self._waiting.subtract([task.get_name()])
        self._waiting += Counter()  # which leaves out who waits for nothing

    async def _in_turn(self, key: bytes, text: str, meaning: Meaning, person_id: str) -> Prose:
        async with self._turns.setdefault(person_id, asyncio.Lock()):
            return self._made.get(key) or await self._call(key, text, meaning)

    async def _call(self, key: bytes, text: str, meaning: Meaning) -> Prose:
        try:
            html = await self._worker.call(
                f"{to_html.__module__}:{to_html.__name__}", text, meaning, returns=str, cpu_seconds=CPU_SECONDS
            )
        except (TimeLimitExceeded, CallFailed):  # and so it would the next time
            return self._made.keep(key, as_written(text))
        except WorkerError:
            return as_written(text)
        return self._made.keep(key, _safe(html))


class MadeBefore:
    """What was made last, under the hash of what it was made of, up to a number of bytes."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._made: OrderedDict[bytes, Prose] = OrderedDict()

    def get(self, key: bytes) -> Prose | None:
        """Return what was made of this, if it is still there."""
        found = self._made.get(key)
        if found is not None:
            self._made.move_to_end(key)
        return found

    def keep(self, key: bytes, made: Prose) -> Prose:
        """Keep what was made, and return it; what has not been used for longest goes."""
        self._bytes += sys.getsizeof(made.html)
        replaced = self._made.pop(key, None)
        self._made[key] = made
        if replaced is not None:
            self._bytes -= sys.getsizeof(replaced.html)
        while self._bytes > self._max_bytes:
            _, oldest = self._made.popitem(last=False)
            self._bytes -= sys.getsizeof(oldest.html)
        return made


def formatted_of(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of a page whose Markdown is read: none that is too long, and not too much of all."""
    free, formatted = MAX_FORMATTED_ON_PAGE, {}
    for name, text in texts.items():
        if len(text) <= min(free, MAX_FORMATTED):
            free -= len(text)
            formatted[name] = text
    return formatted


def as_written(text: str) -> Prose:
    """Show a text as it was written."""
    return Prose(escape(text), is_plain=True)


def _hash(text: str, meaning: Meaning) -> bytes:
    return hashlib.blake2b(msgspec.msgpack.encode((text, meaning)), digest_size=BYTES_OF_HASH).digest()


def _safe(html: str) -> Prose:
    return Prose(Markup(html))  # noqa: S704 - to_html has cleaned it
