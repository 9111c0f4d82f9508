"""PUT /api/tickets/{id}/assignee."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People

ASSIGNEE = "/api/tickets/WEB-1/assignee"


class TestAssign:
    async def test_nobody_must_sign_in(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        assert (await client().put(ASSIGNEE, {"assigneeId": None})).status == 401

    async def test_who_only_reads_may_not(self, client: People, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        for who, user_id in (("victor", "user_victor"), ("mia", "user_mia")):
            assert (await client(who).put(ASSIGNEE, {"assigneeId": user_id})).status == 403
        assert (await jane.get("/api/tickets/WEB-1")).data == ticket

    async def test_member_gives_it_to_john(self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded) -> None:
        ticket = await new_ticket()
        reply = await jane.put(ASSIGNEE, {"assigneeId": "user_102"})
        assert (reply.status, reply.data["assigneeId"]) == (200, "user_102")
        assert reply.data["assignee"] == {
            "id": "user_102", "name": "John Doe", "email": "john@example.com", "image": None,
        }  # fmt: skip
        assert reply.data["updatedAt"] > ticket["updatedAt"]
        assert (await recorded(ticket["id"]))[1:] == [("ticket.assigned", {"assigneeId": [None, "user_102"]})]

    async def test_null_unassigns(self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded) -> None:
        ticket = await new_ticket(assigneeId="user_102")
        reply = await jane.put(ASSIGNEE, {"assigneeId": None})
        assert (reply.data["assigneeId"], reply.data["assignee"]) == (None, None)
        assert (await recorded(ticket["id"]))[1:] == [("ticket.assigned", {"assigneeId": ["user_102", None]})]

    async def test_same_assignee_records_nothing(
        self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded
    ) -> None:
        ticket = await new_ticket(assigneeId="user_102")
        assert (await jane.put(ASSIGNEE, {"assigneeId": "user_102"})).data == ticket
        assert len(await recorded(ticket["id"])) == 1

    async def test_everyone_who_sees_the_ticket_can_get_it(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        await new_ticket(projectId="SEC")
        for user_id in ("user_mia", "user_victor", "user_ada", "user_root", "user_101"):
            assert (await jane.put(ASSIGNEE, {"assigneeId": user_id})).status == 200, user_id
        for user_id in ("user_ada", "user_root", "user_101", "user_102"):
            assert (await jane.put("/api/tickets/SEC-1/assignee", {"assigneeId": user_id})).status == 200, user_id

    async def test_who_does_not_see_it_is_as_who_does_not_exist(
        self, jane: Client, new_ticket: AsyncCall[Any], set_user: AsyncCall[None]
    ) -> None:
        await new_ticket(projectId="SEC")
        await set_user("john", disabled_at=datetime(2024, 1, 1, tzinfo=UTC))
        names = ("user_mia", "user_victor", "user_eve", "user_102", "user_none", "", "JANE", "me")
        replies = [await jane.put("/api/tickets/SEC-1/assignee", {"assigneeId": name}) for name in names]
        assert {reply.status for reply in replies} == {400}
        assert len({reply.response.content for reply in replies}) == 1
        assert replies[0].body == {
            "error": {
                "code": "VALIDATION_ERROR",
                "message": "Invalid input data",
                "details": {"assigneeId": ["Invalid assignee ID"]},
            }
        }
        assert (await jane.get("/api/tickets/SEC-1")).data["assigneeId"] is None

    async def test_outsider_never_gets_it(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        await new_ticket(projectId=None)
        for who in ("jane", "ada", "root"):
            reply = await client(who).put(ASSIGNEE, {"assigneeId": "user_eve"})
            assert reply.details == {"assigneeId": ["Invalid assignee ID"]}

    @pytest.mark.parametrize(
        ("body", "field"),
        [({}, "assigneeId"), ({"assigneeId": 5}, "assigneeId"), ({"assigneeId": None, "status": "done"}, "status")],
    )
    async def test_body_names_the_assignee_and_nothing_else(
        self, jane: Client, new_ticket: AsyncCall[Any], body: Any, field: str
    ) -> None:
        await new_ticket()
        reply = await jane.put(ASSIGNEE, body)
        assert (reply.status, list(reply.details)) == (400, [field])
