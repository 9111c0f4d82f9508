r"""Texts come with `\r\n`, `\n` and lone `\r`: kept with `\n`, and edited on the page as well as by the API."""

from typing import Any

import pytest

from codimir.database.core import Database
from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People

ENDS = {"crlf": "\r\n", "lf": "\n", "cr": "\r"}


def body(end: str) -> str:
    return end.join(["## Steps", "", "- [ ] open `WEB`", "", "| a | b |", "|---|---|", "| 1 | 2 |", ""])


@pytest.fixture(params=[*ENDS.values()], ids=[*ENDS])
def end(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class TestDescription:
    async def test_one_way_to_end_a_line_is_kept(self, new_ticket: AsyncCall[Any], end: str) -> None:
        assert (await new_ticket(description=body(end)))["description"] == body("\n")

    async def test_what_the_api_wrote_is_edited_on_the_page(
        self, jane: Client, new_ticket: AsyncCall[Any], end: str
    ) -> None:
        ticket = await new_ticket(description=body(end))
        form = {"field": "description", "seen": body("\r\n"), "value": body("\r\n") + "More"}  # as every browser sends
        reply = await jane.http.post(f"/tickets/{ticket['id']}/edit", data=form)
        assert reply.status_code in (200, 303)
        assert (await jane.get(f"/api/tickets/{ticket['id']}")).data["description"] == body("\n") + "More"

    async def test_text_from_before_this_rule_is_edited_too(
        self, jane: Client, load_ticket: AsyncCall[None], end: str
    ) -> None:
        await load_ticket("ticket_old", description=body(end))
        form = {"field": "description", "seen": body("\r\n"), "value": "New"}
        assert (await jane.http.post("/tickets/ticket_old/edit", data=form)).status_code in (200, 303)
        assert (await jane.get("/api/tickets/ticket_old")).data["description"] == "New"

    async def test_the_same_text_with_other_line_ends_is_no_change(
        self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded, end: str
    ) -> None:
        ticket = await new_ticket(description=body("\n"))
        await jane.put(f"/api/tickets/{ticket['id']}", {"description": body(end)})
        assert [kind for kind, _ in await recorded(ticket["id"])] == ["ticket.created"]

    async def test_what_somebody_else_wrote_is_still_a_conflict(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket(description="one\r\ntwo")
        form = {"field": "description", "seen": "one\r\nzero", "value": "mine"}
        assert (await jane.http.post(f"/tickets/{ticket['id']}/edit", data=form)).status_code == 409


class TestTitles:
    async def test_a_title_from_before_with_a_break_is_edited_on_the_page(
        self, jane: Client, load_ticket: AsyncCall[None], end: str
    ) -> None:
        await load_ticket("ticket_old", title=f"one{end}two")
        form = {"field": "title", "seen": "one\r\ntwo", "value": "one two"}
        assert (await jane.http.post("/tickets/ticket_old/edit", data=form)).status_code in (200, 303)
        assert (await jane.get("/api/tickets/ticket_old")).data["title"] == "one two"

    async def test_a_new_one_has_no_break(self, jane: Client, end: str) -> None:
        reply = await jane.post("/api/tickets", {"title": f"one{end}two", "projectId": "WEB"})
        assert (reply.status, list(reply.details)) == (400, ["title"])


class TestUndo:
    async def test_a_text_comes_back_and_is_edited_again(
        self, jane: Client, new_ticket: AsyncCall[Any], db: Database, end: str
    ) -> None:
        ticket = await new_ticket(description=body(end))
        await jane.put(f"/api/tickets/{ticket['id']}", {"description": f"a{end}b"})
        event_id = (await jane.get(f"/api/tickets/{ticket['id']}/history")).data[0]["id"]
        assert (await jane.post(f"/api/events/{event_id}/undo")).status == 200
        assert (await jane.get(f"/api/tickets/{ticket['id']}")).data["description"] == body("\n")
        form = {"field": "description", "seen": body("\r\n"), "value": "New"}
        assert (await jane.http.post(f"/tickets/{ticket['id']}/edit", data=form)).status_code in (200, 303)

    async def test_what_was_sent_again_with_other_line_ends_is_nothing_newer(
        self, jane: Client, new_ticket: AsyncCall[Any], end: str
    ) -> None:
        ticket = await new_ticket(description="before")
        await jane.put(f"/api/tickets/{ticket['id']}", {"description": "a\nb"})
        event_id = (await jane.get(f"/api/tickets/{ticket['id']}/history")).data[0]["id"]
        await jane.put(f"/api/tickets/{ticket['id']}", {"description": f"a{end}b"})
        assert (await jane.post(f"/api/events/{event_id}/undo")).status == 200


class TestReplays:
    async def test_a_request_that_is_sent_again_is_answered_alike(self, jane: Client, end: str) -> None:
        body_of = {"title": "Once", "projectId": "WEB", "description": body(end)}
        sent = [
            await jane.request("POST", "/api/tickets", body_of, headers={"idempotency-key": "once"}) for _ in range(2)
        ]
        assert sent[0].data == sent[1].data
        assert sent[1].data["description"] == body("\n")


class TestOtherTexts:
    async def test_comments(self, jane: Client, new_ticket: AsyncCall[Any], end: str) -> None:
        ticket = await new_ticket()
        path = f"/api/tickets/{ticket['id']}/comments"
        comment = (await jane.post(path, {"content": body(end)})).data
        assert comment["content"] == body("\n")
        changed = (await jane.put(f"{path}/{comment['id']}", {"content": f"a{end}b"})).data
        assert changed["content"] == "a\nb"

    async def test_projects_groups_and_time(self, client: People, new_ticket: AsyncCall[Any], end: str) -> None:
        ada, ticket = client("ada"), await new_ticket()
        project = {"name": "New", "description": f"a{end}b", "workspaceId": "workspace_789"}
        assert (await ada.post("/api/projects", project)).data["description"] == "a\nb"
        group = {"name": "New", "description": f"a{end}b", "workspaceId": "workspace_789"}
        assert (await ada.post("/api/groups", group)).data["description"] == "a\nb"
        time = {"minutes": 1, "description": f"a{end}b"}
        assert (await ada.post(f"/api/tickets/{ticket['id']}/time-logs", time)).data["description"] == "a\nb"
