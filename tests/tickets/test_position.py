"""PUT /api/tickets/{id}/position: the order made by hand."""

import asyncio
from typing import Any

import pytest

from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People


@pytest.fixture
async def five(new_ticket: AsyncCall[Any]) -> list[str]:
    """Five tickets of WEB, the newest on top: WEB-5 to WEB-1."""
    return [(await new_ticket())["id"] for _ in range(5)]


@pytest.fixture
def order(jane: Client) -> AsyncCall[str]:
    """Give the numbers of WEB's tickets in the order made by hand."""

    async def read(**filters: str) -> str:
        reply = await jane.get("/api/tickets", project="WEB", sort="rank", **filters)
        return "".join(ticket["key"].removeprefix("WEB-") for ticket in reply.data)

    return read


def at(number: int) -> str:
    return f"/api/tickets/WEB-{number}/position"


@pytest.mark.usefixtures("five")
class TestPosition:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        assert (await client().put(at(1), {"before": "WEB-2"})).status == 401

    async def test_outsider_finds_no_ticket(self, client: People, order: AsyncCall[str]) -> None:
        assert (await client("eve").put(at(1), {"before": "WEB-2"})).status == 404
        assert await order() == "54321"

    async def test_who_only_reads_may_not(self, client: People, order: AsyncCall[str]) -> None:
        for who in ("victor", "mia"):
            assert (await client(who).put(at(1), {"before": "WEB-2"})).status == 403
            assert (await client(who).put(at(1), {})).status == 403
        assert await order() == "54321"

    @pytest.mark.parametrize(
        ("number", "position", "expected"),
        [
            (1, {"before": "WEB-4"}, "51432"),
            (1, {"before": "web-5"}, "15432"),
            (5, {"after": "WEB-1"}, "43215"),
            (5, {"after": "WEB-3"}, "43521"),
            (3, {"before": "WEB-2"}, "54321"),
            (3, {"after": "WEB-4"}, "54321"),
            (3, {}, "54321"),
            (3, {"before": None, "after": None}, "54321"),
        ],
    )
    async def test_it_goes_beside_another(
        self, jane: Client, order: AsyncCall[str], number: int, position: Any, expected: str
    ) -> None:
        reply = await jane.put(at(number), position)
        assert reply.status == 200
        assert reply.data["key"] == f"WEB-{number}"
        assert await order() == expected
        assert await order(order="asc") == expected[::-1]

    async def test_what_is_new_comes_to_the_top(
        self, jane: Client, new_ticket: AsyncCall[Any], order: AsyncCall[str]
    ) -> None:
        await jane.put(at(1), {"before": "WEB-5"})
        await new_ticket()
        await jane.put(at(2), {"before": "WEB-6"})
        await new_ticket()
        assert await order() == "7261543"

    async def test_fields_change_with_it_in_one_batch(
        self, jane: Client, order: AsyncCall[str], five: list[str], recorded: Recorded
    ) -> None:
        change = {"after": "WEB-5", "status": "done", "priority": "high", "assigneeId": "user_102"}
        reply = await jane.put(at(1), change)
        assert (reply.data["status"], reply.data["stage"]) == ("done", "COMPLETED")
        assert (reply.data["priority"], reply.data["assigneeId"]) == ("high", "user_102")
        assert await order() == "51432"
        kinds = [kind for kind, _ in (await recorded(five[0]))[1:]]
        assert kinds == ["ticket.status_changed", "ticket.updated", "ticket.assigned", "ticket.ranked"]
        history = (await jane.get("/api/tickets/WEB-1/history")).data
        assert len({event["batchId"] for event in history[:4]}) == 1

    async def test_undo_puts_it_back(self, jane: Client, order: AsyncCall[str]) -> None:
        await jane.put(at(1), {"before": "WEB-5", "status": "done"})
        batch_id = (await jane.get("/api/tickets/WEB-1/history")).data[0]["batchId"]
        assert (await jane.post(f"/api/batches/{batch_id}/undo")).status == 200
        assert (await jane.get("/api/tickets/WEB-1")).data["status"] == "backlog"
        assert await order() == "54321"

    async def test_undo_keeps_a_newer_place(self, client: People, jane: Client, order: AsyncCall[str]) -> None:
        await jane.put(at(1), {"before": "WEB-5"})
        batch_id = (await jane.get("/api/tickets/WEB-1/history")).data[0]["batchId"]
        await client("john").put(at(1), {"after": "WEB-3"})
        reply = await jane.post(f"/api/batches/{batch_id}/undo")
        assert (reply.status, reply.body["error"]["details"]["rank"]["changedBy"]["name"]) == (409, "John Doe")
        assert await order() == "54312"

    async def test_the_place_alone_leaves_the_ticket_unchanged(
        self, jane: Client, five: list[str], recorded: Recorded
    ) -> None:
        before = (await jane.get("/api/tickets/WEB-1")).data
        assert (await jane.put(at(1), {"before": "WEB-3"})).data == before
        [_, (kind, changes)] = await recorded(five[0])
        assert (kind, list(changes)) == ("ticket.ranked", ["rank"])
        await jane.put(at(1), {"before": "WEB-3"})
        assert len(await recorded(five[0])) == 2

    async def test_everything_wrong_is_named_at_once(
        self, jane: Client, client: People, new_ticket: AsyncCall[Any], order: AsyncCall[str]
    ) -> None:
        await new_ticket(projectId="SEC")
        wrong = {"before": "WEB-99", "status": "lost", "assigneeId": "user_none", "rank": "a"}
        assert set((await jane.put(at(1), wrong)).details) == {"before", "status", "assigneeId", "rank"}
        for position, said in (
            ({"before": "WEB-1"}, {"before": ["Must be another ticket"]}),
            ({"after": "SEC-1"}, {"after": ["Must be a ticket of the same project"]}),
            ({"after": "WEB-2", "before": "WEB-3"}, {"after": ["Cannot be combined with before"]}),
            ({"before": "", "status": "done"}, {"before": ["Invalid ticket ID"]}),
        ):
            assert (await jane.put(at(1), position)).details == said
        mine = await client("mia").get("/api/tickets/WEB-1")
        assert mine.data["status"] == "backlog"
        assert await order() == "54321"

    async def test_a_ticket_in_the_trash_is_no_neighbour(self, jane: Client, order: AsyncCall[str]) -> None:
        await jane.delete("/api/tickets/WEB-3")
        assert set((await jane.put(at(1), {"before": "WEB-3"})).details) == {"before"}
        await jane.put(at(1), {"before": "WEB-2"})
        assert await order() == "5412"

    async def test_filtered_it_stands_where_it_does_in_all(self, jane: Client, order: AsyncCall[str]) -> None:
        await jane.put(at(2), {"before": "WEB-5", "status": "todo"})
        await jane.put(at(4), {"status": "todo"})
        assert await order(status="todo") == "24"
        assert await order(status="backlog") == "531"

    async def test_the_past_has_no_order(self, jane: Client) -> None:
        reply = await jane.get("/api/tickets", sort="rank", asOf="2026-01-01T00:00:00Z")
        assert set(reply.details) == {"sort"}

    async def test_moves_at_once_get_different_places(
        self, jane: Client, client: People, order: AsyncCall[str], new_ticket: AsyncCall[Any]
    ) -> None:
        for _ in range(4):
            await new_ticket()
        people = [jane, client("john"), client("ada")]
        moves = [(n, {"before": "WEB-9"} if n % 2 else {"after": "WEB-9"}) for n in range(1, 9)] * 3
        replies = await asyncio.gather(*(people[i % 3].put(at(n), body) for i, (n, body) in enumerate(moves)))
        assert {reply.status for reply in replies} == {200}
        found = await order()
        assert sorted(found) == list("123456789")
        assert set(found[:4]) == set("1357")
        assert found[4] == "9"

    async def test_without_a_project_the_workspace_has_the_order(
        self, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        first, second = [await new_ticket(projectId=None) for _ in range(2)]
        assert (await jane.put(f"/api/tickets/{first['id']}/position", {"before": second["id"]})).status == 200
        reply = await jane.get("/api/tickets", sort="rank", limit=2)
        assert [ticket["id"] for ticket in reply.data] == [first["id"], second["id"]]
