"""The clock of the machine is put back: what is written then is never older than what it belongs to."""

from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar

from codimir.kit.clock import utc_now
from tests.calls import AsyncCall, Call
from tests.clients import Client, People


@pytest.fixture
def undelete(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> Call[None]:
    """Put the clock back by so much."""

    def change(by: timedelta) -> None:
        monkeypatch.setattr(app.state.database, "_clock", lambda: utc_now() - by)

    return change


async def created(someone: Any, path: str, body: Any) -> str:
    reply = await someone.post(path, body)
    assert reply.status == 201, reply.body
    return f"{path}/{reply.data['id']}"


class TestUpdatedAt:
    @pytest.mark.parametrize(
        ("path", "new", "change"),
        [
            ("/api/tickets", {"title": "Fix login"}, {"title": "Mend login"}),
            ("/api/projects", {"name": "Apps", "key": "APP"}, {"name": "Programs"}),
            ("/api/groups", {"name": "Apps", "workspaceId": "workspace_789"}, {"name": "Programs"}),
        ],
        ids=["ticket", "project", "group"],
    )
    async def test_it_is_not_before_created_at(
        self, client: People, undelete: Call[None], path: str, new: Any, change: Any
    ) -> None:
        ada = client("ada")
        made = await created(ada, path, new)
        undelete(timedelta(hours=2))
        reply = await ada.put(made, change)
        assert reply.status == 200, reply.body
        after = (await ada.get(made)).data
        assert after["updatedAt"] == after["createdAt"]

    async def test_what_hangs_on_a_ticket_touches_it_no_earlier(
        self, jane: Client, client: People, new_ticket: AsyncCall[Any], undelete: Call[None]
    ) -> None:
        ticket = await new_ticket(labelIds=["label_1"], groupId="group_103")
        undelete(timedelta(hours=2))
        await jane.post("/api/tickets/WEB-1/comments", {"content": "Seen on staging"})
        assert (await client("ada").delete("/api/labels/label_1")).status == 204
        assert (await client("ada").delete("/api/groups/group_103")).status == 204
        after = (await jane.get("/api/tickets/WEB-1")).data
        assert (after["_count"]["comments"], after["createdAt"]) == (1, ticket["createdAt"])
        assert after["updatedAt"] == after["createdAt"]

    async def test_it_moves_on_where_the_clock_is_right(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        await jane.put("/api/tickets/WEB-1", {"title": "Mend login"})
        after = (await jane.get("/api/tickets/WEB-1")).data
        assert after["updatedAt"] > after["createdAt"]
