"""The delivery worker reads the event log and sends what is due, until it is stopped; each process of a server has one.

One slow receiver never holds up the others: a host has a few requests under way at most, one that did not answer lately
even fewer, and all of them together have a limit. Everything that is written, is written by one loop: the results of
all attempts that have ended, and what is taken next, in one transaction.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial

from codimir.database.clock_jumps import may_delete_by_age
from codimir.database.core import Database, DatabaseError, Transaction
from codimir.database.watching import Watch
from codimir.kit.background import cancel_all
from codimir.kit.clock import Clock, utc_now
from codimir.kit.networks import Networks
from codimir.kit.outages import Outage
from codimir.webhooks.outbox import read_log
from codimir.webhooks.purging import purge
from codimir.webhooks.queue import Claimed, Sent, due_hosts, next_due, record_results, release, take
from codimir.webhooks.schedule import LOG_KEPT
from codimir.webhooks.sending import MAX_CONNECTIONS, Outcome, Sender
from codimir.webhooks.signing import headers_for

MAX_UNDER_WAY = MAX_CONNECTIONS
MAX_FOR_A_HOST = 16
MAX_FOR_A_SILENT_HOST = 2
MIN_REST = 0.2
MAX_REST = 30.0
"""After so many seconds the worker looks again, whether it was woken or not."""
SECONDS_TO_COLLECT = 0.02
"""Where much is committed at once, the log is read so often and no more."""
SECONDS_TO_FINISH = 5.0
PURGED_EVERY = timedelta(hours=1)

log = logging.getLogger("codimir.webhooks")


@asynccontextmanager
async def running_delivery_worker(db: Database, allowed: Networks) -> AsyncIterator[None]:
    """Deliver while the context lasts; what is under way at its end gets a few seconds more."""
    sender = Sender(allowed)
    delivery_worker = DeliveryWorker(db, sender)
    work = asyncio.create_task(delivery_worker.work())
    try:
        yield
    finally:
        delivery_worker.stop()
        await asyncio.wait((work,))
        await delivery_worker.wind_up()
        await sender.close()


class DeliveryWorker:
    """Delivers for the webhooks of a database."""

    def __init__(self, db: Database, sender: Sender, clock: Clock = utc_now) -> None:
        self._db = db
        self._sender = sender
        self._clock = clock
        self._under_way: dict[asyncio.Task[Outcome], Claimed] = {}
        self._sent: list[Sent] = []
        self._silent: set[str] = set()
        self._watch = Watch()
        self._stopped = asyncio.Event()
        self._outage = Outage("webhooks wait", log, (DatabaseError,))
        self._purge_at = clock()

    async def work(self) -> None:
        """Work until stopped; trouble with the database is waited out, and a defect is logged and survived."""
        async with self._db.watch(SECONDS_TO_COLLECT) as self._watch:
            while not self._stopped.is_set():
                [rest] = await asyncio.gather(self._turn(), return_exceptions=True)
                if isinstance(rest, BaseException):
                    await self._pause(self._outage.failed(rest))
                else:
                    self._outage.recovered()
                    await self._watch.wait(rest)

    def stop(self) -> None:
        """Take nothing more."""
        self._stopped.set()
        self._watch.wake()

    async def wind_up(self) -> None:
        """Let what is under way end, write it down, and give back the rest."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=SECONDS_TO_FINISH)
        unfinished = dict(self._under_way)
        await cancel_all(unfinished)
        with suppress(DatabaseError):  # whatever is not written is due again by itself
            await self._db.write(partial(self._last_words, unfinished=list(unfinished.values())))

    async def _pause(self, seconds: float) -> None:
        """Wait for so long, whatever is committed meanwhile, unless the worker is stopped."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopped.wait()

    async def _turn(self) -> float:
        """Do what there is to do, and give the seconds until there may be more; 0 where there is."""
        progressed = await read_log(self._db)
        took = await self._exchange()
        await self._purge()
        return 0 if progressed or took or self._sent else await self._seconds_to_rest()

    async def _exchange(self) -> int:
        """Write down what has ended and take what there is room for; give how many were taken."""
        room = self._room(await self._db.read(due_hosts))
        sent, self._sent = self._sent, []
        if not sent and not room:
            return 0

        async def unit(tx: Transaction) -> list[Claimed]:
            if sent:
                await record_results(tx, sent)
            return await take(tx, room)

        try:
            taken = await self._db.write(unit)
        except DatabaseError:
            self._sent += sent
            raise
        for each in taken:
            self._start(each)
        return len(taken)

    def _room(self, hosts: list[str]) -> dict[str, int]:
        """Return how many more requests each host may get now."""
        busy = Counter(taken.host for taken in self._under_way.values())
        left = MAX_UNDER_WAY - len(self._under_way)
        room: dict[str, int] = {}
        for host in hosts:
            most = MAX_FOR_A_SILENT_HOST if host in self._silent else MAX_FOR_A_HOST
            room[host] = max(0, min(left, most - busy[host]))
            left -= room[host]
        return {host: most for host, most in room.items() if most}

    def _start(self, taken: Claimed) -> None:
        now = self._clock()
        body = taken.body.encode()
        headers = headers_for(taken.event_id, now, body, taken.secrets_at(now))
        task = asyncio.create_task(self._sender.post(taken.url, headers, body, now))
        self._under_way[task] = taken
        task.add_done_callback(self._end)

    def _end(self, task: "asyncio.Task[Outcome]") -> None:
        taken = self._under_way.pop(task)
        if task.cancelled():
            return
        if (defect := task.exception()) is not None:
            log.error("delivery %s could not be tried", taken.id, exc_info=defect)
            return
        outcome = task.result()
        if outcome.status is None:
            self._silent.add(taken.host)
        else:
            self._silent.discard(taken.host)
        self._sent.append(Sent(taken, outcome))
        self._watch.wake()

    async def _seconds_to_rest(self) -> float:
        """Return how long there is nothing to do; whatever ends or is committed meanwhile wakes the worker."""
        due = await self._db.read(next_due)
        if due is None:
            return MAX_REST
        return min(max((due - self._clock()).total_seconds(), MIN_REST), MAX_REST)

    async def _purge(self) -> None:
        now = self._clock()
        if now < self._purge_at:
            return
        self._purge_at = now + PURGED_EVERY
        if await may_delete_by_age(self._db):
            purged = await self._db.write(lambda tx: purge(tx, tx.now - LOG_KEPT))
            self._purge_at = now if purged else self._purge_at

    async def _last_words(self, tx: Transaction, unfinished: list[Claimed]) -> None:
        if self._sent:
            await record_results(tx, self._sent)
        await release(tx, unfinished)
