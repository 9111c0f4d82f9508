"""Time logged on a ticket."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People


@pytest.fixture
def new_log(jane: Client) -> AsyncCall[Any]:
    """Let Jane log time on a ticket and give the log."""

    async def make(ticket: Any, minutes: int = 30, **fields: Any) -> Any:
        reply = await jane.post(f"/api/tickets/{ticket['id']}/time-logs", {"minutes": minutes, **fields})
        assert reply.status == 201, reply.body
        return reply.data

    return make


class TestAdd:
    async def test_who_may(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        statuses = {}
        for who in (None, "eve", "victor", "mia", "john", "ada", "root"):
            reply = await client(who).post(f"/api/tickets/{ticket['id']}/time-logs", {"minutes": 5})
            statuses[who] = reply.status
        refused = {None: 401, "eve": 404, "victor": 403, "mia": 403}
        assert statuses == {**refused, "john": 201, "ada": 201, "root": 201}

    async def test_member_logs_time(self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded) -> None:
        ticket = await new_ticket()
        body = {"minutes": 90, "description": "Pairing", "startedAt": "2024-02-15T10:00:00+02:00"}
        reply = await jane.post("/api/tickets/WEB-1/time-logs", body)
        log = reply.data
        assert reply.status == 201
        assert reply.headers["location"] == f"/api/tickets/{ticket['id']}/time-logs/{log['id']}"
        assert (log["minutes"], log["description"], log["startedAt"]) == (90, "Pairing", "2024-02-15T08:00:00Z")
        assert (log["ticketId"], log["userId"], log["user"]["name"]) == (ticket["id"], "user_101", "Jane Smith")
        assert (await jane.get(reply.headers["location"])).data == log
        after = (await jane.get("/api/tickets/WEB-1")).data
        assert after["_count"] == {"comments": 0, "attachments": 0, "timeLogs": 1}
        assert after["updatedAt"] == log["createdAt"]
        changes = {"minutes": [None, 90], "description": [None, "Pairing"], "startedAt": [None, "2024-02-15T08:00:00Z"]}
        assert await recorded(log["id"]) == [("time.logged", changes)]

    async def test_it_started_now_unless_it_says_otherwise(
        self, new_ticket: AsyncCall[Any], new_log: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        for log in (await new_log(ticket), await new_log(ticket, startedAt=None, description=None)):
            assert log["startedAt"] == log["createdAt"]
            assert log["description"] is None
            assert abs(datetime.now(UTC) - datetime.fromisoformat(log["startedAt"])).seconds < 60

    async def test_limits(self, jane: Client, new_ticket: AsyncCall[Any], new_log: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        await new_log(ticket, 1)
        await new_log(ticket, 100_000, description="x" * 10_000)
        reply = await jane.post(
            "/api/tickets/WEB-1/time-logs", {"minutes": 0, "description": "x" * 10_001, "startedAt": "today"}
        )
        assert reply.status == 400
        assert set(reply.details) == {"minutes", "description", "startedAt"}
        for minutes in (100_001, 1.5, "5", None, True, -1):
            reply = await jane.post("/api/tickets/WEB-1/time-logs", {"minutes": minutes})
            assert (reply.status, list(reply.details)) == (400, ["minutes"])
        assert (await jane.post("/api/tickets/WEB-1/time-logs", {})).details == {"minutes": ["Minutes is required"]}


class TestList:
    async def test_outsider_sees_no_ticket(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        assert (await client("eve").get(f"/api/tickets/{ticket['id']}/time-logs")).status == 404

    async def test_newest_first_with_the_sum_of_all(
        self, client: People, new_ticket: AsyncCall[Any], new_log: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        for day in (3, 1, 2):
            await new_log(ticket, 10 * day, startedAt=f"2024-01-0{day}T00:00:00Z")
        await new_log(await new_ticket(), 1000)
        reply = await client("victor").get("/api/tickets/WEB-1/time-logs", limit=2)
        assert [log["minutes"] for log in reply.data] == [30, 20]
        assert (reply.total, reply.body["totalMinutes"]) == (3, 60)

    async def test_nothing_sums_to_zero(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        reply = await jane.get("/api/tickets/WEB-1/time-logs")
        assert (reply.data, reply.total, reply.body["totalMinutes"]) == ([], 0, 0)


class TestUpdate:
    async def test_only_whose_it_is_and_administrators_may(
        self, client: People, new_ticket: AsyncCall[Any], new_log: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        log = await new_log(ticket)
        path = f"/api/tickets/{ticket['id']}/time-logs/{log['id']}"
        statuses = {}
        for minutes, who in enumerate((None, "eve", "victor", "john", "jane", "ada"), 1):
            statuses[who] = (await client(who).put(path, {"minutes": minutes})).status
        assert statuses == {None: 401, "eve": 404, "victor": 403, "john": 403, "jane": 200, "ada": 200}

    async def test_owner_corrects_it(
        self, jane: Client, new_ticket: AsyncCall[Any], new_log: AsyncCall[Any], recorded: Recorded
    ) -> None:
        log = await new_log(await new_ticket(), 30, description="Pairing", startedAt="2024-01-01T00:00:00Z")
        reply = await jane.put(f"/api/tickets/WEB-1/time-logs/{log['id']}", {"minutes": 45, "description": None})
        assert reply.data == {**log, "minutes": 45, "description": None}
        changes = {"minutes": [30, 45], "description": ["Pairing", None]}
        assert (await recorded(log["id"]))[1] == ("time.updated", changes)
        assert (await jane.get("/api/tickets/WEB-1")).data["updatedAt"] > log["createdAt"]

    async def test_nothing_new_changes_nothing(
        self, jane: Client, new_ticket: AsyncCall[Any], new_log: AsyncCall[Any], recorded: Recorded
    ) -> None:
        log = await new_log(await new_ticket(), 30, startedAt="2024-01-01T00:00:00Z")
        for body in ({}, {"minutes": 30, "startedAt": "2024-01-01T01:00:00+01:00"}):
            reply = await jane.put(f"/api/tickets/WEB-1/time-logs/{log['id']}", body)
            assert (reply.status, reply.data) == (200, log)
        assert len(await recorded(log["id"])) == 1

    async def test_only_the_description_can_be_cleared(
        self, jane: Client, new_ticket: AsyncCall[Any], new_log: AsyncCall[Any]
    ) -> None:
        log = await new_log(await new_ticket())
        reply = await jane.put(f"/api/tickets/WEB-1/time-logs/{log['id']}", {"minutes": None, "startedAt": None})
        assert (reply.status, set(reply.details)) == (400, {"minutes", "startedAt"})


class TestDelete:
    async def test_only_whose_it_is_and_administrators_may(
        self, client: People, new_ticket: AsyncCall[Any], new_log: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        for who, status in [(None, 401), ("eve", 404), ("victor", 403), ("john", 403), ("jane", 204), ("ada", 204)]:
            log = await new_log(ticket)
            reply = await client(who).delete(f"/api/tickets/{ticket['id']}/time-logs/{log['id']}")
            assert (who, reply.status) == (who, status)

    async def test_it_is_gone_and_not_counted(
        self, jane: Client, new_ticket: AsyncCall[Any], new_log: AsyncCall[Any], recorded: Recorded
    ) -> None:
        log = await new_log(await new_ticket())
        path = f"/api/tickets/WEB-1/time-logs/{log['id']}"
        assert (await jane.delete(path)).status == 204
        assert (await jane.delete(path)).error["message"] == "Time log not found"
        page = await jane.get("/api/tickets/WEB-1/time-logs")
        assert (page.total, page.body["totalMinutes"]) == (0, 0)
        assert (await jane.get("/api/tickets/WEB-1")).data["_count"]["timeLogs"] == 0
        assert [kind for kind, _ in await recorded(log["id"])] == ["time.logged", "time.deleted"]

    async def test_time_on_another_ticket_is_not_found(
        self, jane: Client, new_ticket: AsyncCall[Any], new_log: AsyncCall[Any]
    ) -> None:
        log = await new_log(await new_ticket())
        await new_ticket()
        there = f"/api/tickets/WEB-2/time-logs/{log['id']}"
        unknown = await jane.get("/api/tickets/WEB-2/time-logs/timelog_none")
        for reply in (await jane.get(there), await jane.put(there, {"minutes": 1}), await jane.delete(there)):
            assert (reply.status, reply.body) == (404, unknown.body)
