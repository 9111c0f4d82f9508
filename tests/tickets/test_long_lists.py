"""Lists whose cost grows with the tickets are read on a reader thread where there are many, so that nobody waits."""

from typing import Any

import pytest

from codimir.database.core import Database
from codimir.tickets.listing import pages
from tests.calls import AsyncCall
from tests.clients import Client, People


@pytest.fixture
def on_threads(db: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each read that is done on a reader thread."""
    seen: list[str] = []
    read_long = db.read_long

    async def note(unit: Any) -> Any:
        seen.append("a read")
        return await read_long(unit)

    monkeypatch.setattr(db, "read_long", note)
    return seen


@pytest.fixture
async def few_are_many(monkeypatch: pytest.MonkeyPatch, new_ticket: AsyncCall[Any]) -> None:
    for number in range(4):
        await new_ticket(title=f"Ticket {number}", stage="TESTING" if number else "PLANNING", labelIds=["label_1"])
    monkeypatch.setattr(pages, "MAX_LOOKED_AT", 3)


@pytest.mark.usefixtures("few_are_many")
class TestMany:
    @pytest.mark.parametrize(
        ("query", "total"),
        [
            ({"stage": "TESTING"}, 3),
            ({"updated": "today"}, 4),
            ({"label": "label_1", "priority": "medium"}, 4),
            ({"type": "TASK"}, 4),
        ],
    )
    async def test_what_no_counter_and_no_order_answers(
        self, jane: Client, on_threads: list[str], query: dict[str, str], total: int
    ) -> None:
        reply = await jane.get("/api/tickets", **query)
        assert (reply.total, len(reply.data)) == (total, total)
        assert on_threads == ["a read"]

    @pytest.mark.parametrize(
        "query", [{}, {"assignee": "none"}, {"reporter": "me", "status": "backlog"}, {"project": "WEB"}]
    )
    async def test_what_counters_tell_is_read_in_place(
        self, jane: Client, on_threads: list[str], query: dict[str, str]
    ) -> None:
        assert (await jane.get("/api/tickets", **query)).total == 4
        assert on_threads == []

    async def test_the_page_of_a_list(self, client: People, on_threads: list[str]) -> None:
        reply = await client("jane").http.get("/tickets?stage=TESTING")
        assert reply.status_code == 200
        assert on_threads
        assert "Ticket 3" in reply.text
        assert "Ticket 0" not in reply.text


class TestFew:
    async def test_they_are_read_in_place(
        self, jane: Client, new_ticket: AsyncCall[Any], on_threads: list[str]
    ) -> None:
        await new_ticket()
        assert (await jane.get("/api/tickets", stage="PLANNING")).total == 1
        assert on_threads == []
