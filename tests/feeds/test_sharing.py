"""Many who listen share the work: an event costs the same statements for one of them as for fifty."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar

from codimir.database.sqlite import SqliteDatabase
from codimir.feeds import broadcaster, stream
from tests.calls import AsyncCall

NOT_COUNTED = ("BEGIN", "ROLLBACK")
PEOPLE = ("ada", "jane", "john", "mia", "victor")


@pytest.fixture
def database_name() -> str:
    return "sqlite"


@pytest.fixture(autouse=True)
def nothing_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody look again before something happens: how often they do depends on how long a test takes."""
    monkeypatch.setattr(broadcaster, "SECONDS_BETWEEN_LOOKS", 3600)
    monkeypatch.setattr(stream, "SECONDS_BETWEEN_BEATS", 3600)


@pytest.fixture
def statements(db: SqliteDatabase) -> Iterator[list[str]]:
    seen: list[str] = []
    db.trace(lambda sql: None if sql.startswith(NOT_COUNTED) else seen.append(sql))
    yield seen
    db.trace(None)


async def until_all_listen(app: Litestar, count: int) -> None:
    """Wait until nobody reads any more, for themselves alone, what was there before they came."""
    async with asyncio.timeout(60):
        while app.state.hub.listener_count < count:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)


class TestSharing:
    @pytest.mark.parametrize("count", [1, 50])
    async def test_an_event_is_read_once_for_all(
        self, app: Litestar, follow: AsyncCall[Any], new_ticket: AsyncCall[Any], statements: list[str], count: int
    ) -> None:
        everyone = [await follow(PEOPLE[n % len(PEOPLE)]) for n in range(count)]
        await until_all_listen(app, count)
        statements.clear()
        await new_ticket()
        for listening in everyone:
            assert await listening.types(1) == ["ticket.created"]
        read = [sql for sql in statements if "FROM events" in sql]
        rechecked = [sql for sql in statements if "FROM ended_sessions" in sql]
        assert (len(read), len(rechecked)) == (1, 1)
        assert len(statements) < 20
