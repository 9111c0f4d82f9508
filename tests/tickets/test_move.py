"""PUT /api/tickets/{id} with a projectId: a ticket moves."""

from typing import Any

import pytest

from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People


class TestMove:
    @pytest.mark.parametrize("target", ["project_sec", "SEC", "sec"])
    async def test_gets_a_new_key_and_the_old_one_still_finds_it(
        self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded, target: str
    ) -> None:
        ticket = await new_ticket(labelIds=["label_1", "label_2"], groupId="group_103")
        reply = await jane.put("/api/tickets/WEB-1", {"projectId": target})
        assert reply.status == 200
        assert (reply.data["key"], reply.data["projectId"]) == ("SEC-1", "project_sec")
        assert [label["id"] for label in reply.data["labels"]] == ["label_1"]
        assert reply.data["groupId"] == "group_103"
        for name in ("WEB-1", "web-1", "SEC-1", ticket["id"]):
            assert (await jane.get(f"/api/tickets/{name}")).data == reply.data
        assert (await recorded(ticket["id"]))[1:] == [
            ("ticket.updated", {
                "projectId": ["project_456", "project_sec"],
                "key": ["WEB-1", "SEC-1"],
                "labelIds": [["label_1", "label_2"], ["label_1"]],
            }),
        ]  # fmt: skip
        assert (await new_ticket())["key"] == "WEB-2"

    async def test_old_key_does_not_show_it_to_who_no_longer_sees_it(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        mia = client("mia")
        assert (await mia.get("/api/tickets/WEB-1")).status == 200
        await jane.put("/api/tickets/WEB-1", {"projectId": "SEC"})
        assert [(await mia.get(f"/api/tickets/{name}")).status for name in ("WEB-1", "SEC-1")] == [404, 404]
        assert (await mia.get("/api/tickets")).total == 0

    async def test_leaves_its_project_for_none_and_comes_back(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket(labelIds=["label_1", "label_2"])
        out = await jane.put("/api/tickets/WEB-1", {"projectId": None})
        assert (out.data["projectId"], out.data["project"], out.data["key"]) == (None, None, None)
        assert [label["id"] for label in out.data["labels"]] == ["label_1"]
        back = await jane.put("/api/tickets/WEB-1", {"projectId": "WEB", "labelIds": ["label_2"]})
        assert (back.data["key"], [label["id"] for label in back.data["labels"]]) == ("WEB-1", ["label_2"])
        assert (await jane.get("/api/tickets/WEB-1")).data["id"] == ticket["id"]
        assert (await new_ticket())["key"] == "WEB-2"

    async def test_every_key_that_it_ever_had_finds_it(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        path = f"/api/tickets/{ticket['id']}"
        keys = [(await jane.put(path, {"projectId": target})).data["key"] for target in ("SEC", "WEB", "SEC", None)]
        assert keys == ["SEC-1", "WEB-1", "SEC-1", None]
        for key in keys[:-1]:
            assert (await jane.get(f"/api/tickets/{key}")).data["id"] == ticket["id"]

    async def test_target_that_is_not_seen_is_as_one_that_does_not_exist(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any], join: AsyncCall[None]
    ) -> None:
        ticket = await new_ticket()
        await join("mia", "MEMBER", "workspace_789", "project_456")
        mia = client("mia")
        names = ("project_sec", "SEC", "project_evil", "EVIL", "project_none", "")
        replies = [await mia.put("/api/tickets/WEB-1", {"projectId": name}) for name in names]
        assert {reply.status for reply in replies} == {400}
        assert len({reply.response.content for reply in replies}) == 1
        assert replies[0].details == {"projectId": ["Invalid project ID"]}
        assert (await jane.get("/api/tickets/WEB-1")).data == ticket

    async def test_other_workspace_is_refused(self, client: People, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        reply = await client("root").put("/api/tickets/WEB-1", {"projectId": "EVIL"})
        assert (reply.status, reply.details) == (400, {"projectId": ["Must be a project of the ticket's workspace"]})
        assert (await jane.get("/api/tickets/WEB-1")).data == ticket

    async def test_who_only_reads_the_target_may_not(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any], join: AsyncCall[None]
    ) -> None:
        ticket = await new_ticket()
        await join("mia", "MEMBER", "workspace_789", "project_456")
        await join("mia", "VIEWER", "workspace_789", "project_sec")
        assert (await client("mia").put("/api/tickets/WEB-1", {"projectId": "SEC"})).status == 403
        assert (await jane.get("/api/tickets/WEB-1")).data == ticket
        assert (await new_ticket(projectId="SEC"))["key"] == "SEC-1"

    async def test_assignee_must_see_the_target(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket(assigneeId="user_mia")
        reply = await jane.put("/api/tickets/WEB-1", {"projectId": "SEC"})
        assert (reply.status, reply.details) == (400, {"assigneeId": ["Invalid assignee ID"]})
        assert (await jane.get("/api/tickets/WEB-1")).data == ticket
        reply = await jane.put("/api/tickets/WEB-1", {"projectId": "SEC", "assigneeId": None})
        assert (reply.data["key"], reply.data["assigneeId"]) == ("SEC-1", None)

    async def test_labels_must_fit_the_target(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        reply = await jane.put("/api/tickets/WEB-1", {"projectId": "SEC", "labelIds": ["label_2", "label_1"]})
        assert reply.details == {"labelIds": ["Invalid label ID: label_2"]}
        reply = await jane.put("/api/tickets/WEB-1", {"projectId": "SEC", "labelIds": ["label_sec"]})
        assert [label["id"] for label in reply.data["labels"]] == ["label_sec"]

    async def test_key_means_the_project_of_its_own_workspace(
        self, client: People, new_ticket: AsyncCall[Any], load_project: AsyncCall[None]
    ) -> None:
        await load_project("project_twin", workspace_id="workspace_globex", key="SEC")
        await new_ticket()
        reply = await client("root").put("/api/tickets/WEB-1", {"projectId": "SEC"})
        assert reply.data["projectId"] == "project_sec"
