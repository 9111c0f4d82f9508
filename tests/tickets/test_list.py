"""GET /api/tickets: what is in the list, and what is asked wrongly."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.calls import AsyncCall, Call
from tests.clients import Client, People

ACME, GLOBEX = "workspace_789", "workspace_globex"
FIELDS = {
    "id", "title", "description", "key", "type", "status", "priority", "stage", "projectId", "workspaceId",
    "assigneeId", "reporterId", "groupId", "dueDate", "completedAt", "createdAt", "updatedAt", "assignee", "reporter",
    "labels", "_count",
}  # fmt: skip


async def ids(someone: Any, **query: Any) -> set[str]:
    """List with these filters; the total must be exact."""
    reply = await someone.get("/api/tickets", limit=100, **query)
    assert reply.status == 200, reply.body
    assert reply.total == len(reply.data)
    return {ticket["id"] for ticket in reply.data}


class TestListTickets:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        reply = await client().get("/api/tickets", limit="abc")
        assert reply.status == 401
        assert reply.body == {"error": {"code": "UNAUTHORIZED", "message": "Authentication required"}}

    async def test_empty_list_has_no_pages(self, jane: Client) -> None:
        reply = await jane.get("/api/tickets")
        assert reply.body == {"data": [], "pagination": {"page": 1, "limit": 20, "total": 0, "totalPages": 0}}

    async def test_total_is_exact_for_each_viewer(self, client: People, visible: Call[list[dict[str, Any]]]) -> None:
        totals = {"root": 28, "ada": 16, "jane": 16, "mia": 11, "victor": 11, "eve": 12}
        for who, total in totals.items():
            someone = client(who)
            reply = await someone.get("/api/tickets", limit=10)
            assert reply.body["pagination"] == {
                "page": 1, "limit": 10, "total": total, "totalPages": -(-total // 10),
            }, who  # fmt: skip
            assert await ids(someone) == {row["ticket_id"] for row in visible(who)}, who

    async def test_instance_viewer_reads_the_same(
        self, jane: Client, many_tickets: list[dict[str, Any]], set_user: AsyncCall[None]
    ) -> None:
        before = await ids(jane)
        await set_user("jane", role="VIEWER")
        assert await ids(jane) == before

    async def test_person_in_two_workspaces_sees_both_and_no_private_project(
        self, client: People, visible: Call[list[dict[str, Any]]], join: AsyncCall[None]
    ) -> None:
        await join("mia", "MEMBER", GLOBEX)
        mia = client("mia")
        assert await ids(mia) == {row["ticket_id"] for row in visible("mia") + visible("eve")}
        assert await ids(mia, workspace=GLOBEX) == {row["ticket_id"] for row in visible("eve")}
        assert await ids(mia, workspace=f"{GLOBEX},{ACME}") == await ids(mia)

    async def test_project_and_another_workspace_have_nothing_in_common(
        self, client: People, many_tickets: list[dict[str, Any]], join: AsyncCall[None]
    ) -> None:
        await join("mia", "MEMBER", GLOBEX)
        for who in ("mia", "root"):
            assert await ids(client(who), project="WEB", workspace=GLOBEX) == set()
            assert await ids(client(who), project="WEB,EVIL", workspace=GLOBEX) == await ids(
                client(who), project="EVIL"
            )
            assert len(await ids(client(who), project="WEB", workspace=f"{ACME},{GLOBEX}")) == 5

    async def test_item_has_all_documented_fields(self, jane: Client, load_ticket: AsyncCall[None]) -> None:
        await load_ticket(
            "ticket_1", ["label_2", "label_1"], number=7, key="WEB-7", description="**Why**", type="BUG",
            status="in_review", priority="highest", stage="TESTING", assignee_id="user_101", reporter_id="user_102",
            group_id="group_103", due_date=datetime(2024, 2, 1, 12, 30, tzinfo=UTC), comment_count=5,
            attachment_count=2, time_log_count=3,
        )  # fmt: skip
        [item] = (await jane.get("/api/tickets")).data
        assert set(item) == FIELDS
        assert (item["key"], item["type"], item["status"], item["stage"]) == ("WEB-7", "BUG", "in_review", "TESTING")
        assert (item["projectId"], item["workspaceId"], item["groupId"]) == ("project_456", ACME, "group_103")
        assert (item["dueDate"], item["createdAt"]) == ("2024-02-01T12:30:00Z", "2024-01-01T00:00:00Z")
        assert item["assignee"] == {
            "id": "user_101", "name": "Jane Smith", "email": "jane@example.com", "image": "https://example.com/jane.jpg",
        }  # fmt: skip
        assert item["reporter"] == {
            "id": "user_102", "name": "John Doe", "email": "john@example.com", "image": None,
        }  # fmt: skip
        assert item["labels"] == [
            {"id": "label_1", "name": "bug", "color": "#d73a4a"},
            {"id": "label_2", "name": "frontend", "color": "#0e8a16"},
        ]
        assert item["_count"] == {"comments": 5, "attachments": 2, "timeLogs": 3}

    async def test_item_with_nothing_has_null_for_it(self, jane: Client, load_ticket: AsyncCall[None]) -> None:
        await load_ticket("ticket_1", project_id=None, reporter_id=None)
        [item] = (await jane.get("/api/tickets")).data
        empty = {"description", "key", "projectId", "assigneeId", "reporterId", "groupId", "dueDate", "completedAt"}
        assert {name for name, value in item.items() if value is None} == empty | {"assignee", "reporter"}
        assert item["labels"] == []

    async def test_deleted_ticket_is_gone(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        kept, gone = await new_ticket(), await new_ticket()
        await jane.delete(f"/api/tickets/{gone['id']}")
        assert await ids(jane) == {kept["id"]}
        assert await ids(jane, project="WEB", status="backlog") == {kept["id"]}


class TestFilters:
    @pytest.mark.parametrize(
        ("parameter", "column", "words"),
        [
            ("status", "status", "backlog todo in_progress in_review done cancelled"),
            ("priority", "priority", "lowest low medium high highest"),
            ("type", "type", "TASK BUG FEATURE IMPROVEMENT EPIC"),
            ("assignee", "assignee_id", "user_101 user_102 user_ada none"),
            ("reporter", "reporter_id", "user_101 user_102"),
            ("project", "project_id", "project_456 project_sec none"),
            ("workspace", "workspace_id", ACME),
            ("group", "group_id", "group_103 none"),
        ],
    )
    async def test_takes_one_value_or_several(
        self, jane: Client, visible: Call[list[dict[str, Any]]], parameter: str, column: str, words: str
    ) -> None:
        values = words.split()
        for wanted in (*([value] for value in values), values[:2], values):
            meant = [None if value == "none" else value for value in wanted]
            expected = {row["ticket_id"] for row in visible("jane") if row[column] in meant}
            assert expected
            assert await ids(jane, **{parameter: ",".join(wanted)}) == expected, wanted

    async def test_me_is_who_asks(self, client: People, many_tickets: list[dict[str, Any]]) -> None:
        jane = client("jane")
        assert await ids(jane, assignee="me") == await ids(jane, assignee="user_101")
        assert await ids(jane, reporter="me") == await ids(jane, reporter="user_101")
        assert await ids(jane, assignee="me,none") == await ids(jane, assignee="none,user_101")
        assert await ids(client("mia"), assignee="me") == set()

    async def test_project_may_be_named_by_its_key(self, client: People, many_tickets: list[dict[str, Any]]) -> None:
        for who in ("root", "ada", "jane"):
            someone = client(who)
            assert await ids(someone, project="web") == await ids(someone, project="project_456")
            assert len(await ids(someone, project="WEB, sec,project_456")) == 10

    async def test_label_filters_by_label(self, client: People, many_tickets: list[dict[str, Any]]) -> None:
        expected = {row["ticket_id"] for row in many_tickets if row["label_ids"]}
        for who in ("jane", "root"):
            assert await ids(client(who), label="label_1") == expected
            assert await ids(client(who), label="label_1,label_2") == expected
            assert await ids(client(who), label="label_2") == set()

    async def test_filters_combine(self, jane: Client, visible: Call[list[dict[str, Any]]]) -> None:
        found = await ids(
            jane, status="backlog,in_progress,todo", priority="lowest,medium", assignee="none,me", reporter="me"
        )
        assert found == {
            row["ticket_id"]
            for row in visible("jane")
            if row["status"] in ("backlog", "in_progress", "todo")
            and row["priority"] in ("lowest", "medium")
            and row["assignee_id"] in (None, "user_101")
            and row["reporter_id"] == "user_101"
        }
        assert found == {"ticket_00", "ticket_02", "ticket_26"}

    async def test_empty_parameter_counts_as_absent(self, jane: Client, many_tickets: list[dict[str, Any]]) -> None:
        reply = await jane.request("GET", "/api/tickets?status=&project=&search=&assignee=,&page=&limit=&sort=&order=")
        assert (reply.status, reply.total) == (200, 16)
        assert reply.body["pagination"]["limit"] == 20


class TestWrongFilters:
    @pytest.mark.parametrize(
        ("parameter", "allowed"),
        [
            ("status", "backlog, todo, in_progress, in_review, done, cancelled"),
            ("priority", "lowest, low, medium, high, highest"),
            ("type", "TASK, BUG, FEATURE, IMPROVEMENT, EPIC"),
            ("sort", "status, priority, updatedAt, createdAt, title, rank"),
            ("order", "asc, desc"),
        ],
    )
    async def test_unknown_word_lists_the_allowed_ones(self, jane: Client, parameter: str, allowed: str) -> None:
        reply = await jane.get("/api/tickets", **{parameter: "xyzzy"})
        assert (reply.status, reply.error["code"]) == (400, "VALIDATION_ERROR")
        [problem] = reply.details[parameter]
        assert problem.startswith(f"Must be one of: {allowed}")
        assert list(reply.details) == [parameter]

    async def test_one_unknown_word_among_known_ones_is_refused(self, jane: Client) -> None:
        reply = await jane.get("/api/tickets", status="done,dnoe")
        assert "did you mean done?" in reply.details["status"][0]

    async def test_unknown_parameter_suggests_the_nearest(self, jane: Client) -> None:
        reply = await jane.get("/api/tickets", asignee="me", per_page=10, zzz=1)
        assert reply.status == 400
        assert reply.details["asignee"] == ["Unknown parameter; did you mean assignee?"]
        assert set(reply.details) == {"asignee", "per_page", "zzz"}

    @pytest.mark.parametrize("number", ["0", "-1", "abc", "1.5", "99999999999999999999", "true", "null"])
    async def test_page_and_limit_are_numbers_in_their_range(self, jane: Client, number: str) -> None:
        reply = await jane.get("/api/tickets", page=number, limit=number)
        assert reply.status == 400
        assert set(reply.details) == {"page", "limit"}

    async def test_limit_is_at_most_one_hundred(self, jane: Client) -> None:
        assert (await jane.get("/api/tickets", limit=100)).status == 200
        for limit in (101, 10**9):
            reply = await jane.get("/api/tickets", limit=limit)
            assert reply.details == {"limit": ["Must be a whole number of at most 100"]}

    async def test_parameter_given_twice_is_refused(self, jane: Client) -> None:
        reply = await jane.request("GET", "/api/tickets?page=1&page=2")
        assert reply.details == {"page": ["Given more than once"]}

    @pytest.mark.parametrize(
        ("parameter", "invisible"),
        [
            ("project", ["project_sec", "SEC", "project_evil", "EVIL"]),
            ("workspace", [GLOBEX]),
            ("group", ["group_evil"]),
            ("label", ["label_evil", "label_sec"]),
            ("assignee", ["user_eve", "user_root"]),
            ("reporter", ["user_eve", "user_root"]),
        ],
    )
    async def test_what_is_not_seen_is_as_what_does_not_exist(
        self, client: People, many_tickets: list[dict[str, Any]], parameter: str, invisible: list[str]
    ) -> None:
        mia = client("mia")
        names = [*invisible, f"{parameter}_none", "user_mia" if parameter not in ("assignee", "reporter") else "x"]
        replies = [await mia.get("/api/tickets", **{parameter: name}) for name in names]
        assert {reply.status for reply in replies} == {400}, [reply.body for reply in replies]
        assert len({reply.response.content for reply in replies}) == 1
        assert replies[0].details == {parameter: [f"Invalid {parameter} ID"]}

    async def test_several_wrong_references_are_named_at_once(self, jane: Client) -> None:
        reply = await jane.get("/api/tickets", project="WEB,NONE", group="group_x", label="label_1,label_x")
        assert reply.details == {
            "project": ["Invalid project ID"], "group": ["Invalid group ID"], "label": ["Invalid label ID"],
        }  # fmt: skip
