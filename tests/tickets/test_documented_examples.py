"""What the documentation of the Tickets API shows, with its ids, as it shows it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.calls import AsyncCall
from tests.clients import Client, People

LIST_ITEM = {
    "id": "ticket_123",
    "title": "Fix login authentication bug",
    "description": "Users are unable to login with valid credentials",
    "key": "WEB-45",
    "type": "BUG",
    "status": "in_progress",
    "priority": "high",
    "stage": "DEVELOPMENT",
    "projectId": "project_456",
    "workspaceId": "workspace_789",
    "assigneeId": "user_101",
    "reporterId": "user_102",
    "groupId": "group_103",
    "assignee": {
        "id": "user_101",
        "name": "Jane Smith",
        "email": "jane@example.com",
        "image": "https://example.com/jane.jpg",
    },
    "reporter": {
        "id": "user_102",
        "name": "John Doe",
        "email": "john@example.com",
        "image": "https://example.com/john.jpg",
    },
    "dueDate": "2024-02-01T00:00:00Z",
    "createdAt": "2024-01-15T10:00:00Z",
    "updatedAt": "2024-01-20T14:30:00Z",
    "_count": {"comments": 5, "attachments": 2, "timeLogs": 3},
}
UPDATED_AT = datetime(2024, 1, 20, 14, 30, tzinfo=UTC)


@pytest.fixture
async def web_45(load_ticket: AsyncCall[None], set_user: AsyncCall[None]) -> None:
    """The ticket of the documentation."""
    await set_user("john", image="https://example.com/john.jpg")
    await load_ticket(
        "ticket_123", number=45, key="WEB-45", title=LIST_ITEM["title"], description=LIST_ITEM["description"],
        type="BUG", status="in_progress", priority="high", stage="DEVELOPMENT", assignee_id="user_101",
        reporter_id="user_102", group_id="group_103", due_date=datetime(2024, 2, 1, tzinfo=UTC),
        created_at=datetime(2024, 1, 15, 10, tzinfo=UTC), updated_at=UPDATED_AT, comment_count=5, attachment_count=2,
        time_log_count=3,
    )  # fmt: skip


@pytest.mark.usefixtures("web_45")
class TestDocumentedExamples:
    async def test_list_is_the_documented_json(self, jane: Client, load_ticket: AsyncCall[None]) -> None:
        for n in range(1, 45):
            await load_ticket(f"ticket_{n}", updated_at=UPDATED_AT - timedelta(days=n))
        body = (await jane.get("/api/tickets")).body
        assert set(body) == {"data", "pagination"}
        assert body["pagination"] == {"page": 1, "limit": 20, "total": 45, "totalPages": 3}
        first = body["data"][0]
        assert {name: first[name] for name in LIST_ITEM} == LIST_ITEM
        assert len(body["data"]) == 20

    async def test_curl_creates_the_ticket(self, jane: Client) -> None:
        body = {
            "title": "Login page crashes on mobile",
            "description": "The login page crashes when accessed on mobile devices",
            "type": "BUG",
            "priority": "high",
            "projectId": "project_456",
            "assigneeId": "user_101",
        }
        reply = await jane.post("/api/tickets", body)
        assert reply.status == 201
        assert reply.data.items() >= body.items()
        assert reply.data["key"] == "WEB-46"

    async def test_documented_create_body_is_taken(self, jane: Client) -> None:
        body = {
            "title": "Implement user dashboard",
            "description": "Create a comprehensive user dashboard with analytics and recent activity",
            "type": "FEATURE",
            "priority": "medium",
            "projectId": "project_456",
            "assigneeId": "user_101",
            "dueDate": "2024-02-15T00:00:00Z",
        }
        reply = await jane.post("/api/tickets", {**body, "labelIds": ["label_1", "label_2"]})
        assert reply.status == 201
        assert reply.data.items() >= body.items()
        assert {label["id"] for label in reply.data["labels"]} == {"label_1", "label_2"}

    async def test_curl_lists_what_is_in_progress(self, client: People, load_ticket: AsyncCall[None]) -> None:
        await load_ticket("ticket_low", status="in_progress", priority="low", assignee_id="user_101")
        path = "/api/tickets?status=in_progress&priority=high&assignee=user_101&page=1&limit=10"
        reply = await client("john").request("GET", path)
        assert [ticket["id"] for ticket in reply.data] == ["ticket_123"]
        assert reply.body["pagination"] == {"page": 1, "limit": 10, "total": 1, "totalPages": 1}

    async def test_curl_finishes_the_ticket(self, jane: Client) -> None:
        reply = await jane.put("/api/tickets/ticket_123/status", {"status": "done"})
        assert (reply.status, reply.data["status"], reply.data["stage"]) == (200, "done", "COMPLETED")
        assert reply.data["key"] == "WEB-45"

    async def test_curl_comments_on_the_ticket(self, jane: Client) -> None:
        reply = await jane.post(
            "/api/tickets/ticket_123/comments", {"content": "Fixed the issue and deployed to staging"}
        )
        assert reply.status == 201
        assert reply.data["content"] == "Fixed the issue and deployed to staging"
        assert (reply.data["ticketId"], reply.data["authorId"]) == ("ticket_123", "user_101")
        assert reply.data["author"] == LIST_ITEM["assignee"]
        ticket = (await jane.get("/api/tickets/ticket_123")).data
        assert (ticket["_count"]["comments"], ticket["comments"][0]["content"]) == (6, reply.data["content"])

    async def test_documented_assignment_is_taken(self, jane: Client) -> None:
        reply = await jane.put("/api/tickets/ticket_123/assignee", {"assigneeId": "user_102"})
        assert (reply.status, reply.data["assignee"]) == (200, LIST_ITEM["reporter"])

    async def test_documented_errors_are_as_shown(self, client: People, jane: Client) -> None:
        assert (await client().get("/api/tickets/ticket_123")).body == {
            "error": {"code": "UNAUTHORIZED", "message": "Authentication required"}
        }
        assert (await client("victor").delete("/api/tickets/ticket_123")).body == {
            "error": {"code": "FORBIDDEN", "message": "Insufficient permissions to access this ticket"}
        }
        assert (await client("eve").get("/api/tickets/ticket_123")).body == {
            "error": {"code": "NOT_FOUND", "message": "Ticket not found"}
        }
        assert (await jane.post("/api/tickets", {"assigneeId": "user_999"})).body == {
            "error": {
                "code": "VALIDATION_ERROR",
                "message": "Invalid input data",
                "details": {"title": ["Title is required"], "assigneeId": ["Invalid assignee ID"]},
            }
        }
