"""One reader in each process reads every new event once and hands it to those who listen.

A thousand people who listen cost a thousand looks at an event in memory, and at most a handful of statements.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import NamedTuple

from codimir.authentication.revalidation import Credential, Mark, fingerprints_of
from codimir.database.core import Database, DatabaseError, Transaction
from codimir.events.cursors import CursorMaker, Positions
from codimir.events.queries import LogReader, RecordedEvent, advance, read_after, without_old_values
from codimir.feeds.queries import READ_AT_ONCE, Subscription, with_tickets
from codimir.http.replies import encode
from codimir.kit.background import cancel_all
from codimir.kit.outages import Outage

log = logging.getLogger("codimir")

MAX_WAITING = 1_000
MAX_WAITING_BYTES = 4 * 1024 * 1024
SECONDS_BETWEEN_LOOKS = 2.0
"""How often the log is looked at when nobody says that it grew: announcements are a hint, not a promise."""
MAX_PAUSE = 5.0
"""How many seconds the log is not looked at, at most, after it could not be read."""


class EncodedEvent(NamedTuple):
    """An event, written once for everyone, and once more for who may not know what was before it."""

    event: RecordedEvent
    body: bytes
    without_before: bytes

    def body_for(self, viewer: LogReader) -> bytes:
        """Return what someone may know of it."""
        return self.body if self.body is self.without_before or viewer.sees_before(self.event) else self.without_before


async def written(tx: Transaction, wanted: list[RecordedEvent]) -> list[EncodedEvent]:
    """Write events for everyone."""
    bodies = [encode(shown) for shown in await with_tickets(tx, wanted)]
    parted = [event for event in wanted if event.has_private_past]
    shorter = await with_tickets(tx, [without_old_values(event) for event in parted]) if parted else []
    others = {shown.id: encode(shown) for shown in shorter}
    return [EncodedEvent(event, body, others.get(event.id, body)) for event, body in zip(wanted, bodies, strict=True)]


class Subscriber:
    """Someone who listens: what they want, where they stand, and what waits for them.

    What waits is bounded. Who reads too slowly is ended, and reads on from their cursor when they come back.
    """

    __slots__ = ("_cursors", "_waiting", "_waiting_bytes", "_woken", "ended", "holder", "interest", "mark", "positions")

    def __init__(
        self, interest: Subscription, positions: Positions, holder: Credential, mark: Mark, cursors: CursorMaker
    ) -> None:
        self._cursors = cursors
        self.interest = interest
        self.positions = positions
        self.holder = holder
        self.mark = mark
        self.ended = False
        self._waiting: deque[EncodedEvent] = deque()
        self._waiting_bytes = 0
        self._woken = asyncio.Event()

    @property
    def cursor(self) -> bytes:
        """Write where they stand."""
        return self._cursors.cursor_of(self.positions).encode()

    def tell(self, told: EncodedEvent) -> None:
        """Put an event in line, unless it has been read already."""
        if self.ended or told.event.version <= self.positions[told.event.workspace_id]:
            return
        self._waiting.append(told)
        self._waiting_bytes += max(len(told.body), len(told.without_before))
        if len(self._waiting) > MAX_WAITING or self._waiting_bytes > MAX_WAITING_BYTES:
            self.end()
        self._woken.set()

    def end(self) -> None:
        """Let the stream end; nothing that waits is sent any more."""
        self.ended = True
        self._waiting.clear()
        self._woken.set()

    def pass_by(self, positions: Positions) -> None:
        """Move on past events that were not for them, when none waits that is."""
        if not self._waiting:
            for workspace, position in self.positions.items():
                self.positions[workspace] = max(position, positions.get(workspace, 0))

    async def next(self, seconds: float) -> list[EncodedEvent]:
        """Return what waits, as soon as something does; nothing when the time is up or the stream has ended."""
        if not self._waiting and not self.ended:
            try:
                async with asyncio.timeout(seconds):
                    await self._woken.wait()
            except TimeoutError:
                return []
        self._woken.clear()
        taken, self._waiting, self._waiting_bytes = list(self._waiting), deque(), 0
        return taken


class Broadcaster:
    """Everyone who listens in this process."""

    def __init__(self, db: Database, cursors: CursorMaker) -> None:
        self.db = db
        self.cursors = cursors
        self.positions: Positions = {}
        """How far the log of each workspace that someone listens to has been handed on."""
        self.is_closed = False
        self._listeners: dict[str, set[Subscriber]] = {}
        self._open: set[Subscriber] = set()
        self._reading: asyncio.Task[None] | None = None

    @property
    def listener_count(self) -> int:
        """Return how many listen, apart from those who still read what was there before."""
        return len(self._open)

    @asynccontextmanager
    async def listening(self, listener: Subscriber) -> AsyncIterator[Positions]:
        """Hand on every event from now on; gives how far the log had been handed on before, to read up to there."""
        self._open.add(listener)
        for workspace, position in listener.positions.items():
            self._listeners.setdefault(workspace, set()).add(listener)
            self.positions.setdefault(workspace, position)
        if self._reading is None:
            self._reading = asyncio.get_running_loop().create_task(self._read())
            self._reading.add_done_callback(self._stopped)
        if self.is_closed:
            listener.end()
        try:
            yield {workspace: self.positions[workspace] for workspace in listener.positions}
        finally:
            self._forget(listener)

    def end_all(self) -> None:
        """End every stream, and every one that is opened from now on: the process is about to stop."""
        self.is_closed = True
        for listener in self._open:
            listener.end()

    async def close(self) -> None:
        """End every stream and stop reading."""
        self.end_all()
        if self._reading is not None:
            await cancel_all([self._reading])

    def _forget(self, listener: Subscriber) -> None:
        self._open.discard(listener)
        for workspace in listener.positions:
            others = self._listeners[workspace]
            others.discard(listener)
            if not others:
                del self._listeners[workspace], self.positions[workspace]
        if not self._open and self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _stopped(self, reading: "asyncio.Task[None]") -> None:
        """End whoever still listens, whatever the reason is, so that nobody waits for what never comes."""
        if self._reading is reading:
            self._reading = None
        if not reading.cancelled() and (defect := reading.exception()) is not None:
            log.error("the reader of the event log failed", exc_info=defect)
            for listener in self._open:
                listener.end()

    async def _read(self) -> None:
        outage = Outage("the event log cannot be read", log, (DatabaseError,), longest_pause=MAX_PAUSE)
        async with self.db.watch() as watch:
            while True:
                try:
                    more = await self._hand_on()
                except DatabaseError as error:
                    more = False
                    await asyncio.sleep(outage.failed(error))
                else:
                    outage.recovered()
                if more:
                    await asyncio.sleep(0)
                else:
                    await watch.wait(SECONDS_BETWEEN_LOOKS)

    async def _hand_on(self) -> bool:
        """Read the next events and hand them on; say whether there are more.

        A workspace that was let go and begun anew meanwhile has another position: it is read again.
        """
        start = dict(self.positions)

        async def unit(tx: Transaction) -> tuple[list[EncodedEvent], bool, list[RecordedEvent]]:
            read, more = await read_after(tx, start, READ_AT_ONCE)
            return await written(tx, [event for event in read if self._wanting(event)]), more, read

        told, more, read = await self.db.read(unit)
        await self._recheck({listener for each in told for listener in self._wanting(each.event)})
        same = {workspace for workspace, position in start.items() if self.positions.get(workspace) == position}
        for each in told:
            if each.event.workspace_id in same:
                for listener in self._wanting(each.event):
                    listener.tell(each)
        self.positions.update({w: position for w, position in advance({}, read).items() if w in same})
        return more

    def _wanting(self, event: RecordedEvent) -> list[Subscriber]:
        return [each for each in self._listeners.get(event.workspace_id, ()) if each.interest.matches(event)]

    async def _recheck(self, listeners: Iterable[Subscriber]) -> None:
        """End whoever's access has changed: they come back and are let in as what they are now."""
        listening = [each for each in listeners if not each.ended]
        if not listening:
            return
        marks = await self.db.read(lambda tx: fingerprints_of(tx, {each.holder for each in listening}))
        for listener in listening:
            if marks[listener.holder] != listener.mark:
                listener.end()
