"""Hash and check passwords beside the event loop, a few at a time.

Argon2id is slow and takes 19 MiB on purpose. Two at a time keep the server answering, and a queue that is full is
refused rather than let grow.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from codimir.access.passwords import hash_password, is_password
from codimir.http.errors import ServiceUnavailable

T = TypeVar("T")

THREADS = 2
LONGEST_QUEUE = 200


class Hashing:
    """Threads that hash."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self._waiting = 0

    async def hash_password(self, password: str) -> str:
        """Give the hash under which a password is kept.

        Raises InvalidInput for a password that cannot be, ServiceUnavailable when too many wait.
        """
        return await self._run(lambda: hash_password(password))

    async def is_password(self, password: str, password_hash: str | None) -> bool:
        """Say whether this is the password that was hashed; without a hash it never is, and takes as long to say.

        Raises ServiceUnavailable when too many wait.
        """
        return await self._run(lambda: _is_password(password, password_hash))

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= LONGEST_QUEUE:
            raise ServiceUnavailable
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _is_password(password: str, password_hash: str | None) -> bool:
    is_right = is_password(password, password_hash or _hash_of_nobody())
    return is_right and password_hash is not None


@cache
def _hash_of_nobody() -> str:
    return hash_password("a password that nobody has")
