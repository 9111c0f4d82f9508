"""PUT /api/tickets/{id}/status."""

from typing import Any

import pytest

from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People

STATUS = "/api/tickets/WEB-1/status"
STAGE_OF = {
    "backlog": "PLANNING", "todo": "PLANNING", "in_progress": "DEVELOPMENT", "in_review": "TESTING",
    "done": "COMPLETED", "cancelled": "PLANNING",
}  # fmt: skip


class TestStatus:
    async def test_nobody_must_sign_in(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        assert (await client().put(STATUS, {"status": "done"})).status == 401

    async def test_who_only_reads_may_not(self, client: People, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        for who in ("victor", "mia"):
            assert (await client(who).put(STATUS, {"status": "done"})).status == 403
        assert (await jane.get("/api/tickets/WEB-1")).data == ticket

    async def test_done_completes_it(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded
    ) -> None:
        ticket = await new_ticket()
        reply = await client("john").put(STATUS, {"status": "done"})
        assert reply.status == 200
        assert (reply.data["status"], reply.data["stage"]) == ("done", "COMPLETED")
        assert reply.data["completedAt"] == reply.data["updatedAt"] > ticket["createdAt"]
        assert (await jane.get("/api/tickets/WEB-1")).data == reply.data
        [_, (kind, changes)] = await recorded(ticket["id"])
        assert (kind, changes["status"], changes["stage"]) == (
            "ticket.status_changed", ["backlog", "done"], ["PLANNING", "COMPLETED"],
        )  # fmt: skip
        assert changes["completedAt"][0] is None
        assert set(changes) == {"status", "stage", "completedAt"}

    async def test_stage_follows_the_status(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        for status in ("todo", "in_progress", "in_review", "done", "in_review", "in_progress", "backlog", "cancelled"):
            ticket = (await jane.put(STATUS, {"status": status})).data
            assert (ticket["status"], ticket["stage"]) == (status, STAGE_OF[status])
            assert (ticket["completedAt"] is not None) == (status == "done")

    async def test_new_ticket_begins_in_the_stage_of_its_status(self, new_ticket: AsyncCall[Any]) -> None:
        for status, stage in STAGE_OF.items():
            ticket = await new_ticket(status=status)
            assert (ticket["status"], ticket["stage"]) == (status, stage)
            assert ticket["completedAt"] == (ticket["createdAt"] if status == "done" else None)

    async def test_done_again_keeps_when_it_was_completed(
        self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded
    ) -> None:
        ticket = await new_ticket()
        first = await jane.put(STATUS, {"status": "done"})
        assert (await jane.put(STATUS, {"status": "done"})).data == first.data
        assert len(await recorded(ticket["id"])) == 2

    async def test_entering_done_again_completes_it_anew(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        first = (await jane.put(STATUS, {"status": "done"})).data
        assert (await jane.put(STATUS, {"status": "todo"})).data["completedAt"] is None
        assert (await jane.put(STATUS, {"status": "done"})).data["completedAt"] > first["completedAt"]

    async def test_cancelled_keeps_the_stage_that_it_reached(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket(status="in_review")
        ticket = (await jane.put(STATUS, {"status": "cancelled"})).data
        assert (ticket["stage"], ticket["completedAt"]) == ("TESTING", None)

    async def test_cancelling_what_was_done_clears_that_it_was_completed(
        self, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(status="done")
        ticket = (await jane.put(STATUS, {"status": "cancelled"})).data
        assert (ticket["stage"], ticket["completedAt"]) == ("PLANNING", None)

    @pytest.mark.parametrize("path", ["/api/tickets/WEB-1/status", "/api/tickets/WEB-1"])
    async def test_stage_of_the_same_request_wins(self, jane: Client, new_ticket: AsyncCall[Any], path: str) -> None:
        await new_ticket()
        ticket = (await jane.put(path, {"status": "done", "stage": "DEPLOYMENT"})).data
        assert (ticket["status"], ticket["stage"]) == ("done", "DEPLOYMENT")
        assert ticket["completedAt"] is not None

    async def test_stage_alone_is_an_update(self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded) -> None:
        ticket = await new_ticket()
        reply = await jane.put("/api/tickets/WEB-1", {"stage": "COMPLETED"})
        assert (reply.data["status"], reply.data["completedAt"]) == ("backlog", None)
        assert (await recorded(ticket["id"]))[1:] == [("ticket.updated", {"stage": ["PLANNING", "COMPLETED"]})]

    async def test_update_with_a_status_does_the_same(
        self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded
    ) -> None:
        ticket = await new_ticket()
        reply = await jane.put("/api/tickets/WEB-1", {"status": "done"})
        assert (reply.data["stage"], reply.data["completedAt"]) == ("COMPLETED", reply.data["updatedAt"])
        assert [kind for kind, _ in await recorded(ticket["id"])] == ["ticket.created", "ticket.status_changed"]

    @pytest.mark.parametrize(
        ("body", "field", "problem"),
        [
            ({}, "status", "Status is required"),
            ({"status": None}, "status", "Must be"),
            (
                {"status": "finished"},
                "status",
                "Must be one of: backlog, todo, in_progress, in_review, done, cancelled",
            ),
            ({"status": "DONE"}, "status", "Must be one of"),
            ({"status": 4}, "status", "Must be"),
            ({"status": "done", "stage": None}, "stage", "Must be"),
            ({"status": "done", "completedAt": "2020-01-01T00:00:00Z"}, "completedAt", "Unknown field"),
        ],
    )
    async def test_what_is_wrong_is_said(
        self, jane: Client, new_ticket: AsyncCall[Any], body: Any, field: str, problem: str
    ) -> None:
        ticket = await new_ticket()
        reply = await jane.put(STATUS, body)
        assert (reply.status, list(reply.details)) == (400, [field])
        assert reply.details[field][0].startswith(problem)
        assert (await jane.get("/api/tickets/WEB-1")).data == ticket
