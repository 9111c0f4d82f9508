"""The hot routes run a known number of statements, however many rows they give."""

from collections.abc import Iterator
from typing import Any

import pytest

from codimir.database.sqlite import SqliteDatabase
from tests.calls import AsyncCall
from tests.clients import Client

NOT_COUNTED = ("BEGIN", "ROLLBACK", "PRAGMA data_version")


@pytest.fixture
def database_name() -> str:
    return "sqlite"


@pytest.fixture
def statements(db: SqliteDatabase) -> Iterator[list[str]]:
    seen: list[str] = []
    db.trace(lambda sql: None if sql.startswith(NOT_COUNTED) else seen.append(sql))
    yield seen
    db.trace(None)


class TestList:
    async def test_unfiltered_asks_for_the_person_the_total_the_page_and_the_labels(
        self, jane: Client, new_ticket: AsyncCall[Any], statements: list[str]
    ) -> None:
        for _ in range(5):
            await new_ticket(labelIds=["label_1"])
        statements.clear()
        assert (await jane.get("/api/tickets")).total == 5
        assert len(statements) == 4

    async def test_a_filter_by_project_looks_it_up_once(
        self, jane: Client, new_ticket: AsyncCall[Any], statements: list[str]
    ) -> None:
        await new_ticket()
        statements.clear()
        assert (await jane.get("/api/tickets", project="WEB", status="backlog")).total == 1
        assert len(statements) == 5

    async def test_an_empty_list_ends_with_the_total(self, jane: Client, statements: list[str]) -> None:
        statements.clear()
        assert (await jane.get("/api/tickets")).total == 0
        assert len(statements) == 2


class TestGet:
    async def test_one_ticket_takes_the_person_the_ticket_its_details_and_labels(
        self, jane: Client, new_ticket: AsyncCall[Any], statements: list[str]
    ) -> None:
        ticket = await new_ticket()
        statements.clear()
        await jane.get(f"/api/tickets/{ticket['key']}")
        assert len(statements) == 4

    async def test_by_its_id_the_ticket_comes_with_its_details(
        self, jane: Client, new_ticket: AsyncCall[Any], statements: list[str]
    ) -> None:
        ticket = await new_ticket()
        statements.clear()
        await jane.get(f"/api/tickets/{ticket['id']}")
        assert len(statements) == 3
