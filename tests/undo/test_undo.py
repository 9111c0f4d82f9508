"""POST /api/events/{id}/undo and POST /api/batches/{id}/undo."""

from typing import Any

import pytest

from tests.calls import AsyncCall
from tests.cast import LONG_AGO
from tests.clients import Client, People

WEB_1 = "/api/tickets/WEB-1"
MOVED = {"updatedAt": None}


class TestUndoEvent:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        assert (await client().post("/api/events/evt_x/undo")).status == 401

    async def test_outsider_finds_what_does_not_exist(
        self,
        client: People,
        new_ticket: AsyncCall[Any],
        undo_last: AsyncCall[Any],
        logged: AsyncCall[list[tuple[str, str, str]]],
    ) -> None:
        await new_ticket()
        before = await logged()
        foreign, missing = await undo_last("eve"), await client("eve").post("/api/events/evt_none/undo")
        assert foreign.status == 404
        assert foreign.response.content == missing.response.content
        assert await logged() == before

    async def test_who_may_not_change_may_not_undo(
        self, jane: Client, new_ticket: AsyncCall[Any], undo_last: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        changed = await jane.put(WEB_1, {"priority": "high"})
        for who in ("victor", "mia"):
            assert (await undo_last(who)).status == 403, who
        assert (await jane.get(WEB_1)).data == changed.data

    @pytest.mark.parametrize(
        "update",
        [
            {"title": "Other", "description": "Text", "priority": "high", "type": "BUG"},
            {"assigneeId": "user_102"},
            {"status": "in_progress"},
            {"dueDate": "2027-01-01T00:00:00Z"},
            {"labelIds": ["label_1", "label_2"]},
            {"groupId": "group_103"},
            {"projectId": "SEC"},
            {"projectId": None},
        ],
    )
    async def test_fields_get_their_old_values_exactly(
        self, jane: Client, new_ticket: AsyncCall[Any], undo_last: AsyncCall[Any], update: Any
    ) -> None:
        ticket = await new_ticket(labelIds=["label_1"])
        assert (await jane.put(WEB_1, update)).data != ticket
        reply = await undo_last()
        assert reply.status == 200, reply.body
        assert {**(await jane.get(WEB_1)).data, **MOVED} == {**ticket, **MOVED}

    async def test_ticket_that_was_done_is_done_since_then(
        self, jane: Client, new_ticket: AsyncCall[Any], undo_last: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        done = await jane.put(f"{WEB_1}/status", {"status": "done"})
        await jane.put(f"{WEB_1}/status", {"status": "todo"})
        assert (await undo_last()).status == 200
        assert {**(await jane.get(WEB_1)).data, **MOVED} == {**done.data, **MOVED}

    async def test_undo_is_undone(
        self, jane: Client, new_ticket: AsyncCall[Any], client: People, undo_last: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        changed = await jane.put(WEB_1, {"title": "Other"})
        undone = await undo_last()
        assert (await client("john").post(f"/api/batches/{undone.data['batchId']}/undo")).status == 200
        assert {**(await jane.get(WEB_1)).data, **MOVED} == {**changed.data, **MOVED}

    async def test_newer_value_is_not_lost(
        self,
        client: People,
        jane: Client,
        new_ticket: AsyncCall[Any],
        undo_last: AsyncCall[Any],
        logged: AsyncCall[list[tuple[str, str, str]]],
    ) -> None:
        await new_ticket()
        await jane.put(WEB_1, {"title": "Mine"})
        event_id = (await logged())[-1][0]
        theirs = await client("john").put(WEB_1, {"title": "Theirs"})
        reply = await jane.post(f"/api/events/{event_id}/undo")
        assert (reply.status, reply.error["code"]) == (409, "CONFLICT")
        assert reply.details["title"]["now"] == "Theirs"
        assert reply.details["title"]["changedBy"]["name"] == "John Doe"
        assert (await jane.get(WEB_1)).data == theirs.data

    async def test_change_of_another_field_since_stays(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any], logged: AsyncCall[list[tuple[str, str, str]]]
    ) -> None:
        ticket = await new_ticket()
        await jane.put(WEB_1, {"title": "Mine"})
        event_id = (await logged())[-1][0]
        await client("john").put(WEB_1, {"priority": "highest"})
        assert (await jane.post(f"/api/events/{event_id}/undo")).status == 200
        now = (await jane.get(WEB_1)).data
        assert (now["title"], now["priority"]) == (ticket["title"], "highest")

    async def test_undoing_twice_is_a_conflict(
        self, jane: Client, new_ticket: AsyncCall[Any], logged: AsyncCall[list[tuple[str, str, str]]]
    ) -> None:
        await new_ticket()
        await jane.put(WEB_1, {"title": "Mine"})
        event_id = (await logged())[-1][0]
        assert (await jane.post(f"/api/events/{event_id}/undo")).status == 200
        assert (await jane.post(f"/api/events/{event_id}/undo")).status == 409

    async def test_old_value_that_is_not_possible_any_more_is_a_conflict(
        self, jane: Client, new_ticket: AsyncCall[Any], undo_last: AsyncCall[Any], set_user: AsyncCall[None]
    ) -> None:
        await new_ticket(assigneeId="user_102")
        await jane.put(f"{WEB_1}/assignee", {"assigneeId": None})
        await set_user("john", disabled_at=LONG_AGO)
        reply = await undo_last()
        assert (reply.status, list(reply.details)) == (409, ["assigneeId"])

    async def test_new_ticket_goes_to_the_trash(
        self, jane: Client, new_ticket: AsyncCall[Any], undo_last: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        assert (await undo_last()).status == 200
        assert (await jane.get(WEB_1)).status == 404
        assert (await undo_last()).status == 200
        assert (await jane.get(WEB_1)).status == 200

    async def test_ticket_on_which_others_worked_stays(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any], logged: AsyncCall[list[tuple[str, str, str]]]
    ) -> None:
        await new_ticket()
        created = (await logged())[-1][0]
        await client("john").post(f"{WEB_1}/comments", {"content": "I saw this too"})
        reply = await jane.post(f"/api/events/{created}/undo")
        assert (reply.status, reply.error["code"]) == (409, "CONFLICT")
        assert (await jane.get(WEB_1)).status == 200

    async def test_comment_goes_and_comes_back(
        self, jane: Client, new_ticket: AsyncCall[Any], undo_last: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        comment = (await jane.post(f"{WEB_1}/comments", {"content": "First"})).data
        await jane.put(f"{WEB_1}/comments/{comment['id']}", {"content": "Second"})
        assert (await undo_last()).status == 200
        assert (await jane.get(f"{WEB_1}/comments")).data[0]["content"] == "First"
        await jane.delete(f"{WEB_1}/comments/{comment['id']}")
        assert (await undo_last()).status == 200
        assert (await jane.get(f"{WEB_1}/comments")).total == 1
        assert (await undo_last()).status == 200
        assert (await jane.get(f"{WEB_1}/comments")).total == 0

    async def test_logged_time_gets_its_old_values(
        self, jane: Client, new_ticket: AsyncCall[Any], undo_last: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        old = (await jane.post(f"{WEB_1}/time-logs", {"minutes": 30})).data
        path = f"{WEB_1}/time-logs/{old['id']}"
        await jane.put(path, {"minutes": 45, "description": "More", "startedAt": "2026-01-01T00:00:00Z"})
        assert (await undo_last()).status == 200
        assert (await jane.get(path)).data == old


class TestUndoBatch:
    async def test_everything_that_one_request_changed_is_taken_back(
        self,
        jane: Client,
        new_ticket: AsyncCall[Any],
        undo_last: AsyncCall[Any],
        logged: AsyncCall[list[tuple[str, str, str]]],
    ) -> None:
        ticket = await new_ticket()
        update = {"title": "Other", "status": "done", "assigneeId": "user_102", "labelIds": ["label_1"]}
        await jane.put(WEB_1, update)
        batch = [event_id for event_id, _, _ in await logged()][1:]
        reply = await undo_last(batch=True)
        assert reply.data["eventIds"] == batch[::-1]
        assert {**(await jane.get(WEB_1)).data, **MOVED} == {**ticket, **MOVED}
        again = await undo_last(batch=True)
        assert len(again.data["eventIds"]) == 3
        assert (await jane.get(WEB_1)).data["status"] == "done"

    async def test_all_of_it_or_nothing(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any], logged: AsyncCall[list[tuple[str, str, str]]]
    ) -> None:
        await new_ticket()
        await jane.put(WEB_1, {"title": "Other", "status": "done"})
        batch_id = (await logged())[-1][2]
        theirs = await client("john").put(WEB_1, {"title": "Theirs"})
        assert (await jane.post(f"/api/batches/{batch_id}/undo")).status == 409
        assert (await jane.get(WEB_1)).data == theirs.data
