"""Count tries to sign in, so that passwords cannot be guessed: in the database, for all workers together."""

import math
from collections.abc import Mapping
from datetime import timedelta

from codimir.authentication.counting import SlidingCount, count_key
from codimir.database.core import Database, Transaction
from codimir.http.errors import RateLimited
from codimir.model.authentication import sign_in_tries
from codimir.problems.problem import Problem

WINDOW = timedelta(minutes=1)
TRIES_OF_BOTH = 10
"""How many tries an account gets from one address in a minute."""
TRIES_OF_ACCOUNT = 30
"""How many tries an account gets from all strange addresses together; those who signed in before do not share it."""
TRIES_OF_ADDRESS = 100
"""How many tries an address gets for all accounts together: an office signs in from one address."""


class TooManyAttempts(RateLimited):
    """Somebody guesses passwords, or forgot theirs."""

    problem = Problem("too_many_tries")


def tries_of(account: str, address: str) -> dict[str, int]:
    """Name what a try counts against, and how often that may happen in a minute."""
    return {
        count_key("both", account, address): TRIES_OF_BOTH,
        count_key("account", account): TRIES_OF_ACCOUNT,
        count_key("address", address): TRIES_OF_ADDRESS,
    }


def tries_of_known(account: str, device: str) -> dict[str, int]:
    """Name what a try counts against that comes from where somebody signed in to the account before.

    Nobody else shares it: strangers who use up what an account gets from everywhere keep nobody out who was in before.
    """
    return {count_key("known", account, device): TRIES_OF_BOTH}


async def record_attempt(tx: Transaction, limits: Mapping[str, int]) -> float | None:
    """Count a try; where there were too many, count nothing and give the seconds after which there may be another."""
    return await _TRIES.count(tx, limits)


async def count_or_refuse(db: Database, account: str, address: str, device: str | None = None) -> None:
    """Count a try, of a device that is known by itself.

    Raises TooManyAttempts where there were too many.
    """
    limits = tries_of(account, address) if device is None else tries_of_known(account, device)
    seconds = await db.write(lambda tx: record_attempt(tx, limits))
    if seconds is not None:
        raise too_many_tries(seconds)


async def forgive_attempt(tx: Transaction, limits: Mapping[str, int]) -> None:
    """Take back the latest try, because it was a good one."""
    await _TRIES.take_back(tx, limits)


def too_many_tries(seconds: float) -> TooManyAttempts:
    """Return when there may be another try."""
    return TooManyAttempts(headers={"retry-after": str(max(1, math.ceil(seconds)))})


_TRIES = SlidingCount(sign_in_tries, sign_in_tries.c.tried_at, WINDOW)
