"""The hot routes ask PostgreSQL a known number of times, because each time is a way there and back.

What is sent once for each connection, to prepare a statement, is not counted.
"""

from typing import Any

import asyncpg
import pytest

from tests.calls import AsyncCall
from tests.clients import Client

SNAPSHOT, BEGIN, COMMIT = "pg_current_snapshot", "BEGIN", "COMMIT"


@pytest.fixture
def database_name() -> str:
    return "postgresql"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the statements that any connection is given."""
    seen: list[str] = []

    def noted(name: str) -> Any:
        run = getattr(asyncpg.Connection, name)

        async def note(connection: Any, query: str, *arguments: Any, **options: Any) -> Any:
            seen.append(query)
            return await run(connection, query, *arguments, **options)

        return note

    for name in ("execute", "fetch", "fetchrow", "fetchval"):
        monkeypatch.setattr(asyncpg.Connection, name, noted(name))
    return seen


class TestGet:
    async def test_by_its_id_a_ticket_comes_in_one_statement_beside_the_snapshot(
        self, jane: Client, new_ticket: AsyncCall[Any], sent: list[str]
    ) -> None:
        ticket = await _with_all_around(jane, new_ticket)
        await jane.get("/api/tickets", limit=1)
        sent.clear()
        await jane.get(f"/api/tickets/{ticket['id']}")
        assert _kinds(sent) == [SNAPSHOT, "SELECT"]

    async def test_the_one_statement_gives_what_several_give(
        self, jane: Client, new_ticket: AsyncCall[Any], sent: list[str]
    ) -> None:
        ticket = await _with_all_around(jane, new_ticket)
        by_id = await jane.get(f"/api/tickets/{ticket['id']}")
        sent.clear()
        by_key = await jane.get(f"/api/tickets/{ticket['key']}")
        assert _kinds(sent) == [SNAPSHOT, BEGIN, *["SELECT"] * 4, COMMIT]
        assert by_id.data == by_key.data
        assert [label["name"] for label in by_id.data["labels"]] == ["bug", "frontend"]
        assert [comment["content"] for comment in by_id.data["comments"]] == ["First", "Second"]

    async def test_what_is_not_visible_is_not_found(
        self, jane: Client, client: Any, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        assert (await client("eve").get(f"/api/tickets/{ticket['id']}")).status == 404


class TestList:
    async def test_a_list_is_a_transaction_of_few_statements(
        self, jane: Client, new_ticket: AsyncCall[Any], sent: list[str]
    ) -> None:
        for _ in range(3):
            await new_ticket()
        await jane.get("/api/tickets", project="WEB", status="backlog")
        sent.clear()
        assert (await jane.get("/api/tickets", project="WEB", status="backlog", limit=2)).total == 3
        assert _kinds(sent)[:2] == [SNAPSHOT, BEGIN]
        assert _kinds(sent)[-1] == COMMIT
        assert len(sent) <= 7


async def _with_all_around(jane: Client, new_ticket: AsyncCall[Any]) -> Any:
    ticket = await new_ticket(labelIds=["label_2", "label_1"])
    for content in ("First", "Second"):
        await jane.post(f"/api/tickets/{ticket['id']}/comments", {"content": content})
    return ticket


def _kinds(sent: list[str]) -> list[str]:
    return [SNAPSHOT if SNAPSHOT in query else query.split(maxsplit=1)[0].rstrip(";") for query in sent]
