"""What the tests of notifications need besides the cast: the event log read for people, as often as they say."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from codimir.database.core import Database
from codimir.notifications.fanout import read_log
from tests.clients import People
from tests.prose import mentions_in


@pytest.fixture
def tell(db: Database) -> Callable[[], Awaitable[None]]:
    """Read the event log to its end."""

    async def read() -> None:
        while await read_log(db, mentions_in, mails=True):
            pass

    return read


@pytest.fixture
def inbox(client: People, tell: Callable[[], Awaitable[None]]) -> Callable[..., Awaitable[list[tuple[Any, ...]]]]:
    """Give what someone was told, the newest first: (kind, who did it, the ticket's title)."""

    async def read(who: str, **query: Any) -> list[tuple[Any, ...]]:
        await tell()
        found = (await client(who).get("/api/notifications", **query)).body["data"]
        return [(each["kind"], each["actor"]["name"], each["ticket"] and each["ticket"]["title"]) for each in found]

    return read
