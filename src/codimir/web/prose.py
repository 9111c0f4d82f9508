"""Texts of people as they stand on a page: HTML made of their Markdown, and nobody waits for somebody else's.

Python cannot stop a parser in the middle, so texts are turned into HTML in a process of their own, each within a limit
of processor time, and what was read is kept under a hash of the text. Very short texts are read in place. What names
mean to a reader is filled in afterwards, at a microsecond for each. What is too long, takes too long or comes when too
much is waiting is shown as it was written, with a notice.
"""

import asyncio
import hashlib
import sys
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import msgspec
from markupsafe import Markup, escape

from codimir.kit.lazy import lazy_module
from codimir.kit.lines import as_one_line
from codimir.kit.worker_process import CallFailed, TimeLimitExceeded, WorkerError, WorkerProcess
from codimir.users.handles import MENTION_SIGNS, Mentions
from codimir.web.markdown_meaning import MAX_PLAIN, Meaning, Reading, with_meaning
from codimir.web.tasks import fingerprint

if TYPE_CHECKING:
    from codimir.web import markdown
else:
    markdown = lazy_module("codimir.web.markdown")

MAX_FORMATTED = 65_536
"""The longest text whose Markdown is read, in characters."""
MAX_FORMATTED_ON_PAGE = 524_288
"""How many characters of the texts of one page are read as Markdown."""
MAX_NAMES_ON_PAGE = 1_000
"""In so many names of the texts of one page it is looked up what they mean; in later texts they stand as text."""
READ_TEXT = "codimir.web.markdown:read_text"
"""What the process calls; here it is loaded only when a short text is read."""
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
BYTES_OF_ENTRY = 256
"""About what an entry takes besides its HTML, and a name in it."""


class Prose(msgspec.Struct, frozen=True):
    """A text as it stands on a page."""

    html: Markup = Markup()
    is_plain: bool = False
    """Whether it is shown as it was written"""
    tasks: tuple[int, int] = (0, 0)
    """How many of its tasks are done, and how many there are"""
    seen: str = ""
    """What tells, when a task is ticked, that nothing but ticks has changed meanwhile"""


Readings = Mapping[str, Reading | None]
"""What texts say, by their names; None for one that is shown as it was written"""


class ProseWriter:
    """Reads texts and gives what stands on a page."""

    def __init__(self) -> None:
        self._worker = WorkerProcess(memory_bytes=MAX_WORKER_MEMORY)
        self._made = MadeBefore(MAX_BYTES_KEPT)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[Reading | None]] = set()
        self._waiting: Counter[str] = Counter()

    async def read(
        self, texts: Mapping[str, str], person_id: str, patience: float | None = None
    ) -> dict[str, Reading | None]:
        """Return what each text of a person's page says, by their names; None for what takes longer than `patience`.

        The first ones go first where not all can be formatted. One person's texts wait for each other.
        """
        end = asyncio.get_running_loop().time() + (PATIENCE_SECONDS if patience is None else patience)
        readings: dict[str, Reading | None] = dict.fromkeys(texts)
        free = IN_PLACE
        for name, text in formatted_of(texts).items():
            key = _hash(text)
            if key in self._made:
                readings[name] = self._made.get(key)
            elif len(text) <= free:
                free -= len(text)
                readings[name] = self._made.keep(key, markdown.read_text(text))
            else:
                readings[name] = await self._beside(key, text, person_id, end)
        return readings

    async def say(self, texts: Mapping[str, str], person_id: str) -> dict[str, str]:
        """Return what each text says in one line, by their names."""
        readings = await self.read(texts, person_id)
        return {
            name: reading.plain if reading else as_one_line(texts[name][:MAX_PLAIN])
            for name, reading in readings.items()
        }

    async def mentions_in(self, texts: Iterable[str]) -> dict[str, Mentions]:
        """Return the mentions that a page marks in each of these texts, however long it takes to read them.

        Raises WorkerError when they cannot be read now.
        """
        found: dict[str, Mentions] = {}
        for text in texts:
            may_mention = len(text) <= MAX_FORMATTED and not MENTION_SIGNS.isdisjoint(text)
            reading = await self._in_turn(_hash(text), text, "") if may_mention else None
            found[text] = [name.handles for name in reading.names if name.handles] if reading else []
        return found

    def stop(self) -> None:
        """Give up on what is being written: it is shown as it was written."""
        self._worker.stop()

    async def close(self) -> None:
        """End the process, and wait for what waits for it."""
        await self._worker.close()
        await asyncio.gather(*self._tasks)

    async def _beside(self, key: bytes, text: str, person_id: str, end: float) -> Reading | None:
        """Have a text read by the process, and wait for it until `end`; it is finished and kept all the same."""
        left = end - asyncio.get_running_loop().time()
        if left <= 0 or self._waiting[person_id] >= MAX_WAITING_OF_ONE or self._waiting.total() >= MAX_WAITING:
            return None
        task = asyncio.create_task(self._in_turn_if_possible(key, text, person_id), name=person_id)
        self._tasks.add(task)
        self._waiting[person_id] += 1
        task.add_done_callback(self._has_ended)
        await asyncio.wait([task], timeout=left)
        return task.result() if task.done() else None

    def _has_ended(self, task: asyncio.Task[Reading | None]) -> None:
        self._tasks.discard(task)
        self._waiting.subtract([task.get_name()])
        self._waiting += Counter()  # which leaves out who waits for nothing

    async def _in_turn_if_possible(self, key: bytes, text: str, person_id: str) -> Reading | None:
        try:
            return await self._in_turn(key, text, person_id)
        except WorkerError:
            return None

    async def _in_turn(self, key: bytes, text: str, person_id: str) -> Reading | None:
        async with self._turns.setdefault(person_id, asyncio.Lock()):
            return self._made.get(key) if key in self._made else await self._call(key, text)

    async def _call(self, key: bytes, text: str) -> Reading | None:
        try:
            reading = await self._worker.call(READ_TEXT, text, returns=Reading, cpu_seconds=CPU_SECONDS)
        except (TimeLimitExceeded, CallFailed):  # and so it would the next time
            return self._made.keep(key, None)
        return self._made.keep(key, reading)


class MadeBefore:
    """What was read last, under the hash of the text, up to a number of bytes; None for what cannot be read."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._made: OrderedDict[bytes, Reading | None] = OrderedDict()

    def __contains__(self, key: bytes) -> bool:
        """Return whether it is still there."""
        return key in self._made

    def get(self, key: bytes) -> Reading | None:
        """Return what is there."""
        self._made.move_to_end(key)
        return self._made[key]

    def keep(self, key: bytes, made: Reading | None) -> Reading | None:
        """Keep what was read, and return it; what has not been used for longest goes."""
        self._bytes += _size(made)
        if key in self._made:
            self._bytes -= _size(self._made.pop(key))
        self._made[key] = made
        while self._bytes > self._max_bytes:
            _, oldest = self._made.popitem(last=False)
            self._bytes -= _size(oldest)
        return made


def looked_up(readings: Readings) -> dict[str, Reading]:
    """Return those texts of a page whose names are looked up: the first ones with names, up to a number of these."""
    free, chosen = MAX_NAMES_ON_PAGE, {}
    for name, reading in readings.items():
        if reading is not None and 0 < len(reading.names) <= free:
            free -= len(reading.names)
            chosen[name] = reading
    return chosen


def shown(texts: Mapping[str, str], readings: Readings, meanings: Mapping[str, Meaning]) -> dict[str, Prose]:
    """Return how texts stand on a page, once it is known what their names mean to the reader."""
    nothing = Meaning()
    return {name: _shown(text, readings[name], meanings.get(name, nothing)) for name, text in texts.items()}


def formatted_of(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of a page whose Markdown is read: none that is too long, and not too much of all."""
    free, formatted = MAX_FORMATTED_ON_PAGE, {}
    for name, text in texts.items():
        if len(text) <= min(free, MAX_FORMATTED):
            free -= len(text)
            formatted[name] = text
    return formatted


def _shown(text: str, reading: Reading | None, meaning: Meaning) -> Prose:
    if reading is None:
        return Prose(escape(text), is_plain=True)
    html = Markup(with_meaning(reading, meaning))  # noqa: S704 - read_text has cleaned it
    return Prose(html, tasks=reading.tasks, seen=fingerprint(text) if reading.tasks[1] else "")


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=BYTES_OF_HASH).digest()


def _size(reading: Reading | None) -> int:
    if reading is None:
        return BYTES_OF_ENTRY
    return BYTES_OF_ENTRY + sum(map(sys.getsizeof, reading.pieces)) + BYTES_OF_ENTRY * len(reading.names)
