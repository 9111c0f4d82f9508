"""GET /api/trash and POST /api/trash/{id}/restore."""

from typing import Any

import pytest

from codimir.database.core import Database
from tests.calls import AsyncCall, Recorded
from tests.clients import Client, People
from tests.plans import query_plan

TRASH = "/api/trash"
PLACE_OF = {"comment": "comments", "attachment": "attachments", "timelog": "time-logs"}
EVENT_OF = {"comment": "comment.restored", "attachment": "attachment.restored", "timelog": "time.restored"}


def restore(item_id: str) -> str:
    return f"{TRASH}/{item_id}/restore"


class TestList:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        assert (await client().get(TRASH)).status == 401

    async def test_it_is_empty_at_first(self, jane: Client, full_ticket: AsyncCall[tuple[Any, dict[str, str]]]) -> None:
        await full_ticket()
        assert (await jane.get(TRASH)).body == {
            "data": [], "pagination": {"page": 1, "limit": 20, "total": 0, "totalPages": 0}
        }  # fmt: skip

    async def test_deleted_ticket_says_who_deleted_it_and_when_it_goes(
        self, jane: Client, full_ticket: AsyncCall[tuple[Any, dict[str, str]]]
    ) -> None:
        ticket, _ = await full_ticket()
        await jane.delete("/api/tickets/WEB-1")
        [item] = (await jane.get(TRASH)).data
        assert item["deletedForGoodAt"] > item["deletedAt"]
        assert {name: item[name] for name in ("id", "type", "title", "projectId", "ticketId", "workspaceId")} == {
            "id": ticket["id"], "type": "ticket", "title": "Fix login", "projectId": "project_456",
            "ticketId": ticket["id"], "workspaceId": "workspace_789",
        }  # fmt: skip
        assert item["deletedBy"]["name"] == "Jane Smith"

    @pytest.mark.parametrize("database_name", ["sqlite"])
    @pytest.mark.parametrize("who", ["root", "ada", "jane"])
    async def test_only_what_was_deleted_is_looked_at(
        self, client: People, db: Database, who: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not every live ticket, to see whether something on it was deleted."""
        counted: list[str] = []
        read_long = db.read_long

        async def traced(unit: Any) -> Any:
            async def inside(tx: Any) -> Any:
                tx.connection.set_trace_callback(lambda sql: counted.append(sql) if "count(*)" in sql else None)
                return await unit(tx)

            return await read_long(inside)

        monkeypatch.setattr(db, "read_long", traced)
        await client(who).get(TRASH)
        plan = await query_plan(db, counted[-1])
        assert [step for step in plan if "ix_tickets_live" in step] == []
        assert len([step for step in plan if "_trash (deleted_at>?)" in step]) >= len(PLACE_OF)

    @pytest.mark.parametrize("kind", PLACE_OF)
    async def test_what_hangs_on_a_live_ticket_is_listed_by_itself(
        self, jane: Client, full_ticket: AsyncCall[tuple[Any, dict[str, str]]], kind: str
    ) -> None:
        ticket, ids = await full_ticket()
        await jane.delete(f"/api/tickets/WEB-1/{PLACE_OF[kind]}/{ids[kind]}")
        [item] = (await jane.get(TRASH)).data
        assert (item["id"], item["type"], item["ticketId"]) == (ids[kind], kind, ticket["id"])
        assert item["deletedBy"]["id"] == "user_101"
        await jane.delete("/api/tickets/WEB-1")
        assert [each["type"] for each in (await jane.get(TRASH)).data] == ["ticket"]

    async def test_filters_and_pages(
        self, jane: Client, full_ticket: AsyncCall[tuple[Any, dict[str, str]]], new_ticket: AsyncCall[Any]
    ) -> None:
        _, ids = await full_ticket()
        await new_ticket()
        await jane.delete(f"/api/tickets/WEB-1/comments/{ids['comment']}")
        await jane.delete("/api/tickets/WEB-2")
        everything = await jane.get(TRASH)
        assert (everything.total, [each["type"] for each in everything.data]) == (2, ["ticket", "comment"])
        assert (await jane.get(TRASH, type="comment")).total == 1
        assert (await jane.get(TRASH, type="comment,project")).total == 1
        second = await jane.get(TRASH, limit="1", page="2")
        assert (second.total, second.data) == (2, everything.data[1:])
        assert (await jane.get(TRASH, workspace="workspace_789")).total == 2

    async def test_only_what_would_be_seen_is_there(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(projectId="SEC")
        await jane.delete("/api/tickets/SEC-1")
        seen = {who: (await client(who).get(TRASH)).total for who in ("jane", "john", "ada", "root", "mia", "eve")}
        assert seen == {"jane": 1, "john": 1, "ada": 1, "root": 1, "mia": 0, "eve": 0}
        foreign = await client("eve").get(TRASH, workspace="workspace_789")
        assert (foreign.status, foreign.details) == (400, {"workspace": ["Invalid workspace ID"]})


class TestRestore:
    async def test_nobody_must_sign_in(
        self, client: People, jane: Client, full_ticket: AsyncCall[tuple[Any, dict[str, str]]]
    ) -> None:
        ticket, _ = await full_ticket()
        await jane.delete("/api/tickets/WEB-1")
        assert (await client().post(restore(ticket["id"]))).status == 401

    async def test_outsider_finds_what_does_not_exist(
        self, client: People, jane: Client, full_ticket: AsyncCall[tuple[Any, dict[str, str]]]
    ) -> None:
        ticket, _ = await full_ticket()
        await jane.delete("/api/tickets/WEB-1")
        foreign = await client("eve").post(restore(ticket["id"]))
        missing = await client("eve").post(restore("ticket_none"))
        assert foreign.status == 404
        assert foreign.response.content == missing.response.content

    async def test_who_may_not_delete_may_not_restore(
        self, client: People, jane: Client, full_ticket: AsyncCall[tuple[Any, dict[str, str]]]
    ) -> None:
        ticket, ids = await full_ticket()
        await jane.delete(f"/api/tickets/WEB-1/comments/{ids['comment']}")
        assert (await client("john").post(restore(ids["comment"]))).status == 403
        await jane.delete("/api/tickets/WEB-1")
        for who in ("victor", "mia", "john"):
            assert (await client(who).post(restore(ticket["id"]))).status == 403, who

    async def test_ticket_comes_back_with_everything_on_it(
        self, client: People, jane: Client, full_ticket: AsyncCall[tuple[Any, dict[str, str]]], recorded: Recorded
    ) -> None:
        ticket, ids = await full_ticket()
        await jane.delete("/api/tickets/WEB-1")
        assert (await client("ada").post(restore(ticket["id"]))).status == 200
        again = (await jane.get("/api/tickets/WEB-1")).data
        assert {**again, "updatedAt": None} == {**ticket, "updatedAt": None}
        assert again["updatedAt"] > ticket["updatedAt"]
        assert (await jane.get("/api/tickets/search", q="zanzibar")).data[0]["id"] == ticket["id"]
        file = await jane.http.get(f"/api/tickets/WEB-1/attachments/{ids['attachment']}")
        assert file.content == b"Traceback"
        kind, changes = (await recorded(ticket["id"]))[-1]
        assert (kind, list(changes)) == ("ticket.restored", ["deletedAt"])
        assert (await jane.get(TRASH)).total == 0

    @pytest.mark.parametrize("kind", PLACE_OF)
    async def test_what_hangs_on_a_ticket_comes_back(
        self, jane: Client, full_ticket: AsyncCall[tuple[Any, dict[str, str]]], recorded: Recorded, kind: str
    ) -> None:
        ticket, ids = await full_ticket()
        listed = (await jane.get(f"/api/tickets/WEB-1/{PLACE_OF[kind]}")).data
        await jane.delete(f"/api/tickets/WEB-1/{PLACE_OF[kind]}/{ids[kind]}")
        assert (await jane.get("/api/tickets/WEB-1")).data["_count"] != ticket["_count"]
        assert (await jane.post(restore(ids[kind]))).data["type"] == kind
        assert (await jane.get("/api/tickets/WEB-1")).data["_count"] == ticket["_count"]
        assert (await jane.get(f"/api/tickets/WEB-1/{PLACE_OF[kind]}")).data == listed
        assert (await recorded(ids[kind]))[-1][0] == EVENT_OF[kind]

    async def test_restored_comment_is_found_again(
        self, jane: Client, full_ticket: AsyncCall[tuple[Any, dict[str, str]]]
    ) -> None:
        _, ids = await full_ticket()
        await jane.delete(f"/api/tickets/WEB-1/comments/{ids['comment']}")
        assert (await jane.get("/api/tickets/search", q="staging")).data == []
        await jane.post(restore(ids["comment"]))
        assert len((await jane.get("/api/tickets/search", q="staging")).data) == 1

    async def test_what_is_not_in_the_trash_is_not_found(
        self, jane: Client, full_ticket: AsyncCall[tuple[Any, dict[str, str]]]
    ) -> None:
        ticket, _ = await full_ticket()
        await jane.delete("/api/tickets/WEB-1")
        assert (await jane.post(restore(ticket["id"]))).status == 200
        assert (await jane.post(restore(ticket["id"]))).status == 404
