"""PUT and PATCH /api/tickets/{id}."""

from typing import Any

import pytest

from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People

READ_ONLY = (
    "id", "key", "number", "workspaceId", "reporterId", "reporter", "assignee", "completedAt", "createdAt", "updatedAt",
    "deletedAt", "_count",
)  # fmt: skip


def differences(old: Any, new: Any) -> dict[str, Any]:
    return {name: new[name] for name in old if old[name] != new[name]}


class TestUpdate:
    async def test_nobody_must_sign_in(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        assert (await client().put("/api/tickets/WEB-1", {"title": "x"})).status == 401

    async def test_who_only_reads_may_not(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any], set_user: AsyncCall[None]
    ) -> None:
        ticket = await new_ticket()
        await set_user("john", role="VIEWER")
        for who in ("victor", "mia", "john"):
            reply = await client(who).put("/api/tickets/WEB-1", {"title": "x"})
            assert (reply.status, reply.error) == (
                403, {"code": "FORBIDDEN", "message": "Insufficient permissions to access this ticket"},
            ), who  # fmt: skip
        assert (await jane.get("/api/tickets/WEB-1")).data == ticket

    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    async def test_changes_what_is_given_and_keeps_the_rest(
        self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded, method: str
    ) -> None:
        ticket = await new_ticket(description="Old", assigneeId="user_102", labelIds=["label_1"])
        reply = await jane.request(method, "/api/tickets/web-1", {"title": "New", "priority": "high"})
        assert reply.status == 200
        changed = differences(ticket, reply.data)
        assert changed.pop("updatedAt") > ticket["updatedAt"]
        assert changed == {"title": "New", "priority": "high"}
        assert (await jane.get("/api/tickets/WEB-1")).data == reply.data
        assert (await recorded(ticket["id"]))[1:] == [
            ("ticket.updated", {"title": ["Fix login", "New"], "priority": ["medium", "high"]})
        ]

    @pytest.mark.parametrize("body", [{}, {"title": " Fix login ", "labelIds": ["label_1"], "projectId": "web"}])
    async def test_nothing_new_changes_and_records_nothing(
        self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded, body: Any
    ) -> None:
        ticket = await new_ticket(dueDate="2024-02-15T01:00:00+01:00", labelIds=["label_1"])
        same = {**body, "dueDate": "2024-02-15T00:00:00Z", "status": "backlog"} if body else body
        reply = await jane.put("/api/tickets/WEB-1", same)
        assert (reply.status, reply.data) == (200, ticket)
        assert len(await recorded(ticket["id"])) == 1

    async def test_null_clears_what_is_optional(
        self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded
    ) -> None:
        optional = {
            "description": "Text", "assigneeId": "user_102", "groupId": "group_103", "dueDate": "2024-02-15T00:00:00Z",
        }  # fmt: skip
        ticket = await new_ticket(**optional)
        for name, value in optional.items():
            reply = await jane.put("/api/tickets/WEB-1", {name: None})
            assert reply.status == 200
            assert reply.data[name] is None
            assert (await recorded(ticket["id"]))[-1][1] == {name: [value, None]}
        assert (reply.data["assignee"], reply.data["group"]) == (None, None)

    async def test_null_is_refused_where_something_must_be(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        required = ("title", "type", "status", "priority", "stage", "labelIds")
        reply = await jane.put("/api/tickets/WEB-1", dict.fromkeys(required))
        assert (reply.status, set(reply.details)) == (400, set(required))
        assert (await jane.get("/api/tickets/WEB-1")).data == ticket

    @pytest.mark.parametrize("name", READ_ONLY)
    async def test_what_is_not_writable_is_refused(self, jane: Client, new_ticket: AsyncCall[Any], name: str) -> None:
        ticket = await new_ticket()
        reply = await jane.put("/api/tickets/WEB-1", {"title": "New", name: ticket.get(name)})
        assert (reply.status, list(reply.details)) == (400, [name])
        assert reply.details[name][0].startswith("Unknown field")
        assert (await jane.get("/api/tickets/WEB-1")).data == ticket

    async def test_title_is_measured_after_trimming(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        longest = "é" * 255
        assert (await jane.put("/api/tickets/WEB-1", {"title": f"  {longest}\n"})).data["title"] == longest
        for title, problem in (
            (longest + "x", "Must have at most 255 characters, has 256"),
            (" \t", "Title is required"),
        ):
            reply = await jane.put("/api/tickets/WEB-1", {"title": title})
            assert (reply.status, reply.details) == (400, {"title": [problem]})
        assert (await jane.get("/api/tickets/WEB-1")).data["title"] == longest

    async def test_every_wrong_field_is_named_at_once(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        ticket = await new_ticket()
        wrong = {
            "title": "", "priority": 3, "dueDate": "tomorrow", "assigneeId": "user_eve", "groupId": "group_evil",
            "labelIds": ["label_1", "label_sec"], "colour": "red",
        }  # fmt: skip
        reply = await jane.put("/api/tickets/WEB-1", wrong)
        assert reply.status == 400
        assert set(reply.details) == set(wrong)
        assert reply.details["assigneeId"] == ["Invalid assignee ID"]
        assert reply.details["groupId"] == ["Invalid group ID"]
        assert reply.details["labelIds"] == ["Invalid label ID: label_sec"]
        assert (await jane.get("/api/tickets/WEB-1")).data == ticket

    @pytest.mark.parametrize("body", [[], "text", 1, True])
    async def test_body_must_be_an_object(self, jane: Client, new_ticket: AsyncCall[Any], body: Any) -> None:
        await new_ticket()
        assert (await jane.put("/api/tickets/WEB-1", body)).details == {"body": ["Must be a JSON object"]}

    async def test_labels_are_replaced_as_a_whole(
        self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded
    ) -> None:
        ticket = await new_ticket(labelIds=["label_1"])
        reply = await jane.put("/api/tickets/WEB-1", {"labelIds": ["label_2", "label_2"]})
        assert [label["id"] for label in reply.data["labels"]] == ["label_2"]
        assert reply.data["updatedAt"] > ticket["updatedAt"]
        assert (await jane.put("/api/tickets/WEB-1", {"labelIds": []})).data["labels"] == []
        assert (await recorded(ticket["id"]))[1:] == [
            ("ticket.updated", {"labelIds": [["label_1"], ["label_2"]]}),
            ("ticket.updated", {"labelIds": [["label_2"], []]}),
        ]

    async def test_each_kind_of_change_has_its_event(
        self, jane: Client, new_ticket: AsyncCall[Any], recorded: Recorded
    ) -> None:
        ticket = await new_ticket()
        await jane.put("/api/tickets/WEB-1", {"title": "New", "status": "todo", "assigneeId": "user_102"})
        assert sorted((await recorded(ticket["id"]))[1:]) == [
            ("ticket.assigned", {"assigneeId": [None, "user_102"]}),
            ("ticket.status_changed", {"status": ["backlog", "todo"]}),
            ("ticket.updated", {"title": ["Fix login", "New"]}),
        ]

    async def test_nul_character_is_refused(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        reply = await jane.put("/api/tickets/WEB-1", {"title": "a\0b", "description": "\0", "assigneeId": "\0"})
        assert (reply.status, set(reply.details)) == (400, {"title", "description", "assigneeId"})
