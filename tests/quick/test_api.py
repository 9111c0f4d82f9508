"""POST /api/tickets/quick."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codimir.kit.lines import is_one_line
from tests.calls import AsyncCall, Recorded, RowCounts
from tests.clients import Client, People

ROUTE = "/api/tickets/quick"
LINE = "Fix login !high @john #bug due 2030-12-24 WEB"


@pytest.fixture
def preview(jane: Client) -> AsyncCall[Any]:
    """Ask what a line of Jane's means."""

    async def ask(text: str, **more: Any) -> Any:
        reply = await jane.post(ROUTE, {"text": text, "preview": True, **more})
        assert reply.status == 200, reply.body
        return reply.data

    return ask


class TestCreate:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        assert (await client().post(ROUTE, {"text": LINE})).status == 401

    async def test_outsider_has_no_such_project(self, client: People, row_counts: RowCounts) -> None:
        reply = await client("eve").post(ROUTE, {"text": LINE})
        assert reply.data["title"] == "Fix login @john WEB"
        assert (reply.data["workspaceId"], reply.data["assignee"], reply.data["type"]) == (
            "workspace_globex",
            None,
            "BUG",
        )
        reply = await client("eve").post(ROUTE, {"text": LINE, "projectId": "WEB"})
        assert reply.details == {"projectId": ["Invalid project ID"]}

    async def test_viewer_may_not(self, client: People) -> None:
        assert (await client("victor").post(ROUTE, {"text": LINE})).status == 403

    async def test_member_creates_what_the_line_says(self, jane: Client, recorded: Recorded) -> None:
        reply = await jane.post(ROUTE, {"text": LINE, "description": "It *crashes*."})
        assert (reply.status, reply.headers["location"]) == (201, f"/api/tickets/{reply.data['id']}")
        assert reply.data["key"] == "WEB-1"
        assert reply.data.items() >= {
            "title": "Fix login", "description": "It *crashes*.", "priority": "high", "assigneeId": "user_102",
            "type": "TASK", "status": "backlog", "dueDate": "2030-12-24T00:00:00Z",
        }.items()  # fmt: skip
        assert [label["id"] for label in reply.data["labels"]] == ["label_1"]
        assert [kind for kind, _ in await recorded(reply.data["id"])] == ["ticket.created"]

    @pytest.mark.parametrize("text", ["WEB", "!high @john"])
    async def test_a_line_needs_a_title(self, jane: Client, text: str) -> None:
        reply = await jane.post(ROUTE, {"text": text})
        assert (reply.status, reply.details) == (400, {"text": ["Title is required"]})

    async def test_a_title_can_be_too_long(self, jane: Client) -> None:
        reply = await jane.post(ROUTE, {"text": "x" * 256})
        assert (reply.status, list(reply.details)) == (400, ["text"])

    async def test_every_wrong_field_is_named(self, jane: Client) -> None:
        reply = await jane.post(ROUTE, {"text": "Fix", "projectId": "NO", "workspaceId": "workspace_globex"})
        assert list(reply.details) == ["projectId", "workspaceId"]

    async def test_sent_twice_it_is_done_once(self, jane: Client) -> None:
        replies = [
            await jane.request("POST", ROUTE, {"text": LINE}, headers={"idempotency-key": "one"}) for _ in range(2)
        ]
        assert [reply.data["key"] for reply in replies] == ["WEB-1", "WEB-1"]

    async def test_a_preview_sent_twice_is_answered_alike(self, jane: Client) -> None:
        replies = [
            await jane.request("POST", ROUTE, {"text": text, "preview": True}, headers={"idempotency-key": "one"})
            for text in (LINE, LINE, "Other")
        ]
        assert [reply.status for reply in replies] == [200, 200, 422]
        assert replies[0].response.content == replies[1].response.content
        assert replies[1].headers["idempotent-replayed"] == "true"


class TestPreview:
    async def test_nothing_is_created(self, preview: AsyncCall[Any], row_counts: RowCounts) -> None:
        before = await row_counts()
        said = await preview(LINE)
        assert await row_counts() == before
        assert (said["title"], said["priority"], said["type"]) == ("Fix login", "high", "TASK")
        assert (said["project"]["key"], said["assignee"]["name"]) == ("WEB", "John Doe")
        assert [label["name"] for label in said["labels"]] == ["bug"]
        assert [(each["text"], each["field"], each["value"]) for each in said["spans"]] == [
            ("!high", "priority", "high"), ("@john", "assignee", "user_102"), ("#bug", "label", "label_1"),
            ("due 2030-12-24", "due", "2030-12-24"), ("WEB", "project", "WEB"),
        ]  # fmt: skip

    async def test_the_project_of_the_page_is_the_default(self, preview: AsyncCall[Any]) -> None:
        assert (await preview("Fix", projectId="web"))["project"]["key"] == "WEB"
        assert (await preview("Fix SEC", projectId="web"))["project"]["key"] == "SEC"
        assert (await preview("Fix"))["project"] is None

    async def test_a_label_of_another_project_is_none(self, preview: AsyncCall[Any]) -> None:
        assert (await preview("Fix #cve #frontend", projectId="WEB"))["title"] == "Fix #cve"
        assert (await preview("Fix #cve #frontend SEC"))["title"] == "Fix #frontend"

    async def test_who_cannot_see_the_project_is_not_meant(self, preview: AsyncCall[Any]) -> None:
        assert (await preview("Fix @mia SEC"))["title"] == "Fix @mia"
        assert (await preview("Fix @mia WEB"))["assignee"]["name"] == "Mia Member"

    async def test_me(self, preview: AsyncCall[Any]) -> None:
        assert (await preview("Fix @me"))["assignee"]["id"] == "user_101"

    async def test_a_project_that_is_not_seen_is_a_word(self, client: People, preview: AsyncCall[Any]) -> None:
        assert (await preview("Fix EVIL"))["title"] == "Fix EVIL"
        reply = await client("mia").post(ROUTE, {"text": "Fix SEC", "preview": True})
        assert (reply.data["title"], reply.data["project"]) == ("Fix SEC", None)

    async def test_a_day_is_that_of_the_person(self, jane: Client, preview: AsyncCall[Any]) -> None:
        await jane.put("/api/user/preferences", {"timezone": "Pacific/Kiritimati"})
        east = (await preview("Fix due today"))["spans"][0]["value"]
        assert (await preview("Fix due 24 dec 2030"))["dueDate"] == "2030-12-24T00:00:00Z"
        await jane.put("/api/user/preferences", {"timezone": "Pacific/Pago_Pago"})
        west = (await preview("Fix due today"))["spans"][0]["value"]
        assert date.fromisoformat(east) > date.fromisoformat(west)

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60))
    async def test_no_text_fails(self, jane: Client, text: str) -> None:
        reply = await jane.post(ROUTE, {"text": f"x !{text} #{text} @{text} due {text}", "preview": True})
        is_line = is_one_line("".join(each for each in text if not each.isspace()))
        assert reply.status == (200 if is_line else 400), reply.body
