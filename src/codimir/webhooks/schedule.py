"""When a delivery is tried again, and when its webhook is left alone: the schedule of Standard Webhooks 1.0.0."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after each failed attempt the next one follows; the first is immediate."""
JITTER = 0.2
"""By how much of itself a delay grows at most, so that what failed together does not come back together."""
MAX_WAIT = timedelta(hours=24)
"""A receiver that asks for more patience gets this much."""
PAUSED_AFTER = timedelta(days=5)
"""A webhook of which every attempt has failed for so long is paused."""
LOG_KEPT = timedelta(days=30)
"""How long deliveries stay in the log."""
SECRET_OVERLAP = timedelta(hours=24)
"""How long a secret still signs after another has taken its place."""


def next_attempt(failures: int, now: datetime, headers: Mapping[str, str]) -> datetime | None:
    """Return when to try again after so many failures, or None when the schedule has ended.

    `Retry-After` of the reply moves the attempt later, never earlier, and by at most a day.
    """
    if failures > len(DELAYS):
        return None
    delay = DELAYS[failures - 1] * (1 + random.uniform(0, JITTER))  # noqa: S311 - jitter, not a secret
    return now + max(delay, min(retry_after(headers.get("retry-after", ""), now), MAX_WAIT))


def retry_after(value: str, now: datetime) -> timedelta:
    """Read a `Retry-After` header (RFC 9110, 10.2.3): seconds or a date; zero for anything else."""
    if value.isascii() and value.isdigit():
        return timedelta(seconds=int(value[:9]))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return timedelta(0)
    return max(moment - now, timedelta(0)) if moment.tzinfo else timedelta(0)
