"""DELETE /api/tickets/{id}."""

from typing import Any

from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People

TICKET = "/api/tickets/WEB-1"


class TestDelete:
    async def test_nobody_must_sign_in(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        assert (await client().delete(TICKET)).status == 401

    async def test_other_members_and_readers_may_not(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(assigneeId="user_102")
        for who in ("victor", "mia", "john"):
            reply = await client(who).delete(TICKET)
            assert (reply.status, reply.error["code"]) == (403, "FORBIDDEN"), who
        assert (await jane.get(TICKET)).data == ticket

    async def test_reporter_who_may_only_read_now_may_not(
        self, jane: Client, new_ticket: AsyncCall[Any], set_user: AsyncCall[None]
    ) -> None:
        await new_ticket()
        await set_user("jane", role="VIEWER")
        assert (await jane.delete(TICKET)).status == 403
        assert (await jane.get(TICKET)).status == 200

    async def test_reporter_moves_it_to_the_trash(
        self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded
    ) -> None:
        ticket = await new_ticket()
        reply = await jane.delete("/api/tickets/web-1")
        assert (reply.status, reply.response.content) == (204, b"")
        [_, (kind, changes)] = await recorded(ticket["id"])
        assert kind == "ticket.deleted"
        assert list(changes) == ["deletedAt"]

    async def test_administrators_may(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        for number, who in enumerate(("root", "ada"), start=1):
            await new_ticket()
            assert (await client(who).delete(f"/api/tickets/WEB-{number}")).status == 204
        await new_ticket(projectId="SEC")
        assert (await client("john").delete("/api/tickets/SEC-1")).status == 204

    async def test_then_it_is_nowhere(self, client: People, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        await jane.delete(TICKET)
        for who in ("jane", "ada", "root"):
            someone = client(who)
            for name in (ticket["id"], "WEB-1"):
                path = f"/api/tickets/{name}"
                replies = [
                    await someone.get(path), await someone.put(path, {"title": "x"}), await someone.delete(path),
                    await someone.put(f"{path}/status", {"status": "done"}),
                    await someone.put(f"{path}/assignee", {"assigneeId": None}),
                ]  # fmt: skip
                assert [reply.status for reply in replies] == [404] * 5
            assert (await someone.get("/api/tickets")).total == 0
            assert (await someone.get("/api/tickets/stats")).data["total"] == 0

    async def test_key_is_not_used_again(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        await jane.delete(TICKET)
        assert (await new_ticket())["key"] == "WEB-2"
        assert (await jane.get(TICKET)).status == 404

    async def test_former_key_does_not_find_it_either(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        await jane.put(TICKET, {"projectId": "SEC"})
        assert (await jane.delete(TICKET)).status == 204
        assert [(await jane.get(f"/api/tickets/{key}")).status for key in ("WEB-1", "SEC-1")] == [404, 404]
