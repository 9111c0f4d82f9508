"""Many who listen share the work: an event costs the same statements for one of them as for fifty."""

from collections.abc import Iterator
from typing import Any

import pytest

from codimir.database.sqlite import SqliteDatabase

NOT_COUNTED = ("BEGIN", "ROLLBACK")
PEOPLE = ("ada", "jane", "john", "mia", "victor")


@pytest.fixture
def database_name() -> str:
    return "sqlite"


@pytest.fixture
def statements(db: SqliteDatabase) -> Iterator[list[str]]:
    seen: list[str] = []
    connection = db._in_place  # noqa: SLF001 - the connection is where statements can be seen
    connection.set_trace_callback(lambda sql: None if sql.startswith(NOT_COUNTED) else seen.append(sql))
    yield seen
    connection.set_trace_callback(None)


class TestSharing:
    @pytest.mark.parametrize("count", [1, 50])
    async def test_an_event_is_read_once_for_all(
        self, follow: Any, new_ticket: Any, statements: list[str], count: int
    ) -> None:
        everyone = [await follow(PEOPLE[n % len(PEOPLE)]) for n in range(count)]
        statements.clear()
        await new_ticket()
        for listening in everyone:
            assert await listening.types(1) == ["ticket.created"]
        read = [sql for sql in statements if "FROM events" in sql]
        rechecked = [sql for sql in statements if "FROM ended_sessions" in sql]
        assert (len(read), len(rechecked)) == (1, 1)
        assert len(statements) < 20
