"""Labels."""

from typing import Any

import pytest

from tests.calls import AsyncCall, Recorded
from tests.clients import People


async def names(someone: Any, **query: Any) -> list[str]:
    reply = await someone.get("/api/labels", **query)
    assert reply.status == 200, reply.body
    assert reply.total == len(reply.data)
    return [label["name"] for label in reply.data]


class TestList:
    async def test_those_of_a_project_are_for_who_sees_it(self, client: People) -> None:
        assert (await client().get("/api/labels")).status == 401
        assert await names(client("jane")) == ["bug", "cve", "frontend"]
        assert await names(client("mia")) == ["bug", "frontend"]
        assert await names(client("eve")) == ["evil"]
        assert await names(client("root")) == ["bug", "cve", "evil", "frontend"]
        assert await names(client("jane"), project="web") == ["bug", "frontend"]
        assert await names(client("root"), workspace="workspace_globex") == ["evil"]

    async def test_what_is_not_seen_cannot_be_asked_for(self, client: People) -> None:
        for query in ({"project": "SEC"}, {"project": "none"}, {"workspace": "workspace_globex"}):
            reply = await client("mia").get("/api/labels", **query)
            assert (reply.status, list(reply.details)) == (400, list(query))

    async def test_one_is_found_by_who_sees_it(self, client: People) -> None:
        reply = await client("jane").get("/api/labels/label_sec")
        assert reply.data == {
            "id": "label_sec", "name": "cve", "color": "#000000", "projectId": "project_sec",
            "workspaceId": "workspace_789",
        }  # fmt: skip
        hidden, unknown = [await client("mia").get(f"/api/labels/{name}") for name in ("label_sec", "none")]
        assert (hidden.status, hidden.response.content) == (404, unknown.response.content)


class TestCreate:
    async def test_of_a_project_and_of_a_workspace(self, client: People, recorded: Recorded) -> None:
        of_project = await client("john").post("/api/labels", {"name": " Urgent ", "projectId": "sec"})
        assert (of_project.status, of_project.data["name"], of_project.data["projectId"]) == (
            201, "Urgent", "project_sec",
        )  # fmt: skip
        assert (await client("john").get(of_project.headers["location"])).data == of_project.data
        of_workspace = await client("ada").post("/api/labels", {"name": "Urgent", "color": "#FF0000"})
        assert (of_workspace.data["projectId"], of_workspace.data["color"]) == (None, "#FF0000")
        assert await recorded(of_workspace.data["id"]) == [
            ("label.created", {"name": [None, "Urgent"], "color": [None, "#FF0000"]})
        ]

    async def test_name_is_taken_once_in_its_place(self, client: People) -> None:
        reply = await client("ada").post("/api/labels", {"name": "BUG"})
        assert (reply.status, list(reply.details)) == (409, ["name"])
        assert (await client("ada").post("/api/labels", {"name": "bug", "projectId": "WEB"})).status == 201

    @pytest.mark.parametrize("who", ["jane", "victor"])
    async def test_who_does_not_administer_may_not(self, client: People, who: str) -> None:
        assert (await client(who).post("/api/labels", {"name": "x"})).status == 403
        assert (await client(who).post("/api/labels", {"name": "x", "projectId": "WEB"})).status == 403

    async def test_place_must_be_seen(self, client: People) -> None:
        bodies = [{"projectId": "EVIL"}, {"projectId": "no"}, {"workspaceId": "workspace_globex"}]
        for body in bodies:
            reply = await client("ada").post("/api/labels", {"name": "x", **body})
            assert (reply.status, list(reply.details)) == (400, list(body))
        both = {"name": "x", "projectId": "WEB", "workspaceId": "workspace_globex"}
        assert (await client("root").post("/api/labels", both)).status == 400

    @pytest.mark.parametrize("color", ["red", "#fff", "#gggggg", "", "#1234567"])
    async def test_color_has_its_form(self, client: People, color: str) -> None:
        reply = await client("ada").post("/api/labels", {"name": "x", "color": color})
        assert (reply.status, list(reply.details)) == (400, ["color"])


class TestUpdate:
    async def test_administrators_change_it_everywhere(
        self, client: People, new_ticket: AsyncCall[Any], recorded: Recorded
    ) -> None:
        await new_ticket(labelIds=["label_1"])
        assert (await client("jane").put("/api/labels/label_1", {"name": "defect"})).status == 403
        reply = await client("ada").put("/api/labels/label_1", {"name": "defect", "color": "#d73a4a"})
        assert reply.data["name"] == "defect"
        assert (await client("jane").get("/api/tickets/WEB-1")).data["labels"][0]["name"] == "defect"
        assert await recorded("label_1") == [("label.updated", {"name": ["bug", "defect"]})]
        assert (await client("ada").put("/api/labels/label_1", {"name": "Defect"})).data["name"] == "Defect"


class TestDelete:
    async def test_it_is_taken_off_its_tickets_which_say_so(
        self, client: People, new_ticket: AsyncCall[Any], recorded: Recorded
    ) -> None:
        ticket = await new_ticket(labelIds=["label_1", "label_2"])
        gone = await new_ticket(labelIds=["label_1"])
        await client("jane").delete(f"/api/tickets/{gone['id']}")
        assert (await client("jane").delete("/api/labels/label_1")).status == 403
        assert (await client("ada").delete("/api/labels/label_1")).status == 204
        after = (await client("jane").get("/api/tickets/WEB-1")).data
        assert [label["id"] for label in after["labels"]] == ["label_2"]
        assert after["updatedAt"] > ticket["updatedAt"]
        assert (await recorded(ticket["id"]))[1:] == [
            ("ticket.updated", {"labelIds": [["label_1", "label_2"], ["label_2"]]})
        ]
        assert len(await recorded(gone["id"])) == 2
        assert await recorded("label_1") == [("label.deleted", {"name": ["bug", None], "color": ["#d73a4a", None]})]
        assert (await client("ada").get("/api/labels/label_1")).status == 404
