"""Hash and check passwords beside the event loop, a few at a time.

Argon2id is slow and takes 19 MiB on purpose. Two at a time keep the server answering, and a queue that is full is
refused rather than let grow. Whoever floods it fills their own part of it: each address has few places, and the last
places are kept for those who signed in from where they are before, and who come first.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import NamedTuple, TypeVar

from codimir.authentication.passwords import hash_password, is_password
from codimir.authentication.throttling import TooManyAttempts
from codimir.http.errors import ServiceUnavailable
from codimir.problems.problem import Problem

T = TypeVar("T")

THREADS = 2
MAX_QUEUE = 200
PLACES_OF_ADDRESS = 20
"""How many may wait from one address: an office that comes at nine, and a tenth of the queue"""
PLACES_FOR_KNOWN = 50
"""How many places of the queue are kept for those who signed in from where they are before"""


class TooManyAtOnce(TooManyAttempts):
    """One address asks for more at once than it has places."""

    problem = Problem("too_many_at_once")

    def __init__(self) -> None:
        super().__init__(headers={"retry-after": "1"})


class Asker(NamedTuple):
    """On whose behalf something waits: an address, a device, or a person."""

    name: str
    is_known: bool = False
    """Whether somebody signed in from there before, or holds a session or a link"""


class PasswordHasher:
    """Threads that hash."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self._waiting: Counter[Asker] = Counter()
        self._free = THREADS
        self._turns: dict[bool, deque[asyncio.Future[None]]] = {True: deque(), False: deque()}
        """Who waits for a thread, by whether they are known"""

    async def hash_password(self, password: str, asker: Asker) -> str:
        """Return the hash under which a password is kept.

        Raises InvalidInput for a password that cannot be, TooManyAtOnce when too many wait from the same address, and
        ServiceUnavailable when too many wait from everywhere.
        """
        return await self._run(asker, lambda: hash_password(password))

    async def is_password(self, password: str, password_hash: str | None, asker: Asker) -> bool:
        """Return whether this is the password that was hashed; without a hash it never is, and takes as long to say.

        Raises TooManyAtOnce when too many wait from the same address, and ServiceUnavailable when too many wait from
        everywhere.
        """
        return await self._run(asker, lambda: _is_password(password, password_hash))

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _run(self, asker: Asker, work: Callable[[], T]) -> T:
        if self._waiting[asker] >= PLACES_OF_ADDRESS:
            raise TooManyAtOnce
        if self._waiting.total() >= MAX_QUEUE - (0 if asker.is_known else PLACES_FOR_KNOWN):
            raise ServiceUnavailable
        self._waiting[asker] += 1
        try:
            await self._take_turn(is_known=asker.is_known)
            try:
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
            finally:
                self._pass_turn()
        finally:
            self._waiting[asker] -= 1
            if not self._waiting[asker]:
                del self._waiting[asker]

    async def _take_turn(self, *, is_known: bool) -> None:
        """Wait for a thread; whoever is known waits for no stranger that has not begun."""
        if self._free:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._turns[is_known].append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self._pass_turn()
            raise

    def _pass_turn(self) -> None:
        """Let the next one have the thread, who has not given up meanwhile."""
        for queue in (self._turns[True], self._turns[False]):
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1


def _is_password(password: str, password_hash: str | None) -> bool:
    is_right = is_password(password, password_hash or _hash_of_nobody())
    return is_right and password_hash is not None


@cache
def _hash_of_nobody() -> str:
    return hash_password("a password that nobody has")
