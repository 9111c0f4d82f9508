"""No hot read looks at every ticket or at every event: an index, or a counter, answers each of its statements."""

import re
from typing import Any

import pytest

from codimir.database.core import Database
from codimir.database.sqlite import SqliteDatabase
from tests.calls import AsyncCall
from tests.clients import Client
from tests.plans import query_plan

HOT = (
    "/api/tickets",
    "/api/tickets?sort=priority",
    "/api/tickets?project=WEB&status=backlog",
    "/api/tickets?project=WEB&sort=rank",
    "/api/tickets?assignee=me",
    "/api/tickets?assignee=none&status=backlog",
    "/api/tickets?reporter=me",
    "/api/tickets?label=label_1",
    "/api/tickets?due=overdue",
    "/api/tickets/WEB-1",
    "/api/tickets/WEB-1/history",
    "/api/tickets/stats",
    "/api/tickets/stats?project=WEB",
    "/api/workspaces/workspace_789/activity",
    "/api/projects/web/activity",
    "/projects/WEB/board",
    "/my-work",
)
WHOLE_TABLE = re.compile(r"SCAN (tickets|events|past_tickets|comments|ticket_labels)$")


@pytest.fixture
def database_name() -> str:
    return "sqlite"


class TestSqlite:
    @pytest.mark.parametrize("path", HOT)
    async def test_no_table_is_read_whole(
        self, db: SqliteDatabase, jane: Client, new_ticket: AsyncCall[Any], path: str
    ) -> None:
        await new_ticket(labelIds=["label_1"])
        statements: list[str] = []
        db.trace(statements.append)
        reply = await jane.http.get(path, headers={"accept": "text/html, application/json"})
        db.trace(None)
        assert reply.status_code == 200
        reads = [sql for sql in statements if sql.startswith(("SELECT", "WITH"))]
        assert reads
        for sql in reads:
            assert [step for step in await query_plan(db, sql) if WHOLE_TABLE.match(step)] == [], sql

    async def test_what_is_read_whole_is_seen(self, db: Database) -> None:
        assert any(WHOLE_TABLE.match(step) for step in await query_plan(db, "SELECT title FROM tickets"))


class TestOnTheWire:
    async def test_a_list_of_twenty(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        """A reply has what it says and hardly more."""
        for number in range(20):
            await new_ticket(title=f"Ticket {number:02}", labelIds=["label_1"], assigneeId="user_102")
        reply = (await jane.get("/api/tickets", limit=20)).response
        headers = sum(len(name) + len(value) + len(": \r\n") for name, value in reply.headers.raw)
        assert len(reply.content) < 20 * 900  # it is 20 * 723
        assert headers < 300  # they are 192
