"""Who left is still named by tickets, and can be asked for."""

from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.clients import Client, People


@pytest.fixture
async def left(jane: Client, client: People, new_ticket: AsyncCall[Any]) -> str:
    """Let John get a ticket and leave the workspace; give his id."""
    await new_ticket(assigneeId="user_102")
    assert (await client("ada").delete("/api/workspaces/workspace_789/members/user_102")).status in (200, 204)
    return "user_102"


class TestFilter:
    @pytest.mark.parametrize("path", ["/api/tickets", "/api/tickets/stats"])
    async def test_the_api_takes_them(self, jane: Client, left: str, path: str) -> None:
        assert (await jane.get(path, assignee=left)).status == 200

    async def test_their_tickets_are_found(self, jane: Client, left: str) -> None:
        found = (await jane.get("/api/tickets", assignee=f"{left},user_101")).data
        kept = [ticket for ticket in found if ticket["assigneeId"] == left]
        assert (await jane.get("/api/tickets", reporter=left)).total == 0
        assert len(kept) == len(found)

    async def test_pages_say_their_name(self, jane: Client, left: str) -> None:
        for path in ("/tickets", "/projects/WEB/list", "/projects/WEB/dashboard"):
            page = await jane.http.get(path, params={"assignee": left})
            assert page.status_code == 200, path
        assert "John Doe" in (await jane.http.get("/tickets", params={"assignee": left})).text

    async def test_strangers_are_as_if_they_did_not_exist(self, jane: Client, client: People, left: str) -> None:
        stranger = await jane.get("/api/tickets", assignee="user_eve")
        nobody = await jane.get("/api/tickets", assignee="user_none")
        elsewhere = await client("eve").get("/api/tickets", assignee=left)
        assert [reply.status for reply in (stranger, nobody, elsewhere)] == [400, 400, 400]
        assert stranger.error == nobody.error

    async def test_they_cannot_be_given_anything(self, jane: Client, left: str, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        assert (await jane.put(f"/api/tickets/{ticket['id']}/assignee", {"assigneeId": left})).status == 400
