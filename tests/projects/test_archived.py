"""An archived project is read, and nothing in it is written."""

from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.clients import Client, People

MESSAGE = "This project is archived: nothing in it can be changed until it is active again"


@pytest.fixture
async def archived(client: People, new_ticket: AsyncCall[Any], jane: Client) -> None:
    await new_ticket()
    await jane.post("/api/tickets/WEB-1/comments", {"content": "First"})
    assert (await client("ada").put("/api/project/WEB", {"status": "archived"})).data["status"] == "archived"


@pytest.mark.usefixtures("archived")
class TestArchived:
    @pytest.mark.parametrize("who", ["jane", "ada", "root"])
    async def test_nobody_writes_in_it(self, client: People, who: str) -> None:
        someone = client(who)
        comment = (await someone.get("/api/tickets/WEB-1/comments")).data[0]["id"]
        replies = [
            await someone.post("/api/tickets", {"title": "New", "projectId": "WEB"}),
            await someone.put("/api/tickets/WEB-1", {"title": "Changed"}),
            await someone.put("/api/tickets/WEB-1/status", {"status": "done"}),
            await someone.delete("/api/tickets/WEB-1"),
            await someone.post("/api/tickets/WEB-1/comments", {"content": "New"}),
            await someone.put(f"/api/tickets/WEB-1/comments/{comment}", {"content": "New"}),
            await someone.post("/api/tickets/WEB-1/time-logs", {"minutes": 5}),
            await someone.post("/api/labels", {"name": "New", "projectId": "WEB"}),
        ]
        assert {(reply.status, reply.error["message"]) for reply in replies} == {(403, MESSAGE)}

    async def test_no_ticket_moves_into_it(self, jane: Client) -> None:
        await jane.post("/api/tickets", {"title": "New", "projectId": "SEC"})
        assert (await jane.put("/api/tickets/SEC-1", {"projectId": "WEB"})).error["message"] == MESSAGE

    async def test_it_is_read_and_its_settings_and_members_change(self, client: People, jane: Client) -> None:
        assert (await jane.get("/api/tickets", project="WEB")).total == 1
        assert (await jane.get("/api/tickets/WEB-1")).status == 200
        ada = client("ada")
        assert (await ada.post("/api/project/WEB/members", {"userId": "user_mia"})).status == 201
        assert (await ada.put("/api/project/WEB", {"status": "active"})).data["status"] == "active"
        assert (await jane.put("/api/tickets/WEB-1", {"title": "Changed"})).status == 200
