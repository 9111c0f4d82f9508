"""GET …/history and …/activity: who changed what, told to who may see it."""

from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.clients import Client, People


def told(reply: Any) -> list[Any]:
    return [each["type"] for each in reply.data]


class TestHistory:
    async def test_anonymous(self, client: People) -> None:
        assert (await client().get("/api/tickets/WEB-1/history")).status == 401

    async def test_outsider(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        theirs, nothing = [await client("eve").get(f"/api/tickets/{ref}/history") for ref in ("WEB-1", "WEB-99")]
        assert theirs.status == 404
        assert theirs.response.content == nothing.response.content

    async def test_it_tells_who_changed_what_from_what_to_what(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(labelIds=["label_1"])
        await client("john").put("/api/tickets/WEB-1", {"assigneeId": "user_102", "groupId": "group_103"})
        reply = await jane.get("/api/tickets/web-1/history")
        assert (reply.status, reply.total) == (200, 3)
        assigned = next(each for each in reply.data if each["type"] == "ticket.assigned")
        assert assigned["actor"] == {
            "id": "user_102", "name": "John Doe", "email": "john@example.com", "image": None,
        }  # fmt: skip
        assert assigned["changes"] == {"assigneeId": [None, "user_102"]}
        assert assigned["names"] == {"user_102": "John Doe"}
        assert assigned["ticket"] == {"id": ticket["id"], "key": "WEB-1", "title": "Fix login"}
        assert assigned["project"] == {"id": "project_456", "key": "WEB", "name": "Website"}
        assert assigned["id"].startswith("evt_")
        created = reply.data[-1]
        assert created["type"] == "ticket.created"
        assert created["names"] == {"label_1": "bug", "project_456": "Website", "user_101": "Jane Smith"}

    async def test_what_hangs_on_it_is_told_too_the_newest_first(
        self, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        await jane.put("/api/tickets/WEB-1/status", {"status": "todo"})
        await jane.post("/api/tickets/WEB-1/comments", {"content": "Look"})
        reply = await jane.get("/api/tickets/WEB-1/history")
        assert told(reply) == ["comment.created", "ticket.status_changed", "ticket.created"]

    async def test_pages(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        for n in range(4):
            await jane.put("/api/tickets/WEB-1", {"title": str(n)})
        pages = [await jane.get("/api/tickets/WEB-1/history", limit=2, page=page) for page in (1, 2, 3, 4)]
        assert [[each["changes"]["title"][1] for each in page.data] for page in pages] == [
            ["3", "2"], ["1", "0"], ["Fix login"], [],
        ]  # fmt: skip
        assert {page.total for page in pages} == {5}

    async def test_what_happened_out_of_sight_stays_there(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(title="secret", projectId="project_sec", labelIds=["label_sec"])
        await jane.put(f"/api/tickets/{ticket['id']}", {"title": "open", "projectId": "project_456"})
        seen = await client("mia").get(f"/api/tickets/{ticket['id']}/history")
        assert (told(seen), seen.total) == (["ticket.updated"], 1)
        assert "Security" not in seen.response.text
        assert "cve" not in seen.response.text
        whole = await jane.get(f"/api/tickets/{ticket['id']}/history")
        assert (told(whole), whole.total) == (["ticket.updated", "ticket.created"], 2)
        assert whole.data[0]["names"]["project_sec"] == "Security"

    @pytest.mark.parametrize("query", [{"page": "0"}, {"limit": "101"}, {"sort": "title"}])
    async def test_a_wrong_query(self, jane: Client, new_ticket: AsyncCall[Any], query: Any) -> None:
        await new_ticket()
        assert (await jane.get("/api/tickets/WEB-1/history", **query)).status == 400


PLACES = {"project": "/api/projects/project_456/activity", "workspace": "/api/workspaces/workspace_789/activity"}


class TestActivity:
    @pytest.mark.parametrize("path", PLACES.values())
    async def test_anonymous_and_outsider(self, client: People, path: str) -> None:
        assert (await client().get(path)).status == 401
        theirs = await client("eve").get(path)
        nothing = await client("eve").get(path.replace("456", "nowhere").replace("789", "nowhere"))
        assert theirs.status == 404
        assert theirs.response.content == nothing.response.content

    async def test_a_project_tells_what_happened_in_it(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(title="here")
        await new_ticket(title="secret", projectId="project_sec")
        await jane.post("/api/tickets/WEB-1/comments", {"content": "Look"})
        for who in ("ada", "jane", "mia", "victor", "root"):
            reply = await client(who).get("/api/projects/web/activity")
            assert (told(reply), reply.total) == (["comment.created", "ticket.created"], 2), who
        assert (await client("mia").get("/api/projects/SEC/activity")).status == 404

    async def test_a_workspace_tells_what_one_may_see(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        for project, title in (("project_456", "open"), ("project_sec", "secret"), (None, "nowhere")):
            await new_ticket(title=title, projectId=project)
        seen = {}
        for who in ("ada", "jane", "mia", "victor", "root"):
            reply = await client(who).get("/api/workspaces/workspace_789/activity")
            assert reply.total == len(reply.data)
            seen[who] = [each["ticket"]["title"] for each in reply.data]
        everything = ["nowhere", "secret", "open"]
        assert seen == {
            "ada": everything, "jane": everything, "root": everything, "mia": ["nowhere", "open"],
            "victor": ["nowhere", "open"],
        }  # fmt: skip

    @pytest.mark.parametrize("path", PLACES.values())
    async def test_a_ticket_takes_its_past_along_out_of_sight(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any], path: str
    ) -> None:
        await new_ticket(title="Oops, a password")
        await jane.put("/api/tickets/WEB-1", {"projectId": "project_sec"})
        reply = await client("mia").get(path)
        assert (reply.data, reply.total) == ([], 0)
        assert (await client("ada").get(path)).total > 0
