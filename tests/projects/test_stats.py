"""GET /api/project/{id}/stats."""

from typing import Any

from tests.calls import AsyncCall
from tests.clients import Client, People


class TestStats:
    async def test_counts_the_tickets_of_the_project_and_its_members(
        self, client: People, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(status="done", type="BUG")
        await new_ticket()
        await new_ticket(projectId="SEC")
        stats = (await jane.get("/api/projects/web/stats", period="week")).data
        assert (stats["total"], stats["byStatus"]["done"], stats["byType"]["BUG"]) == (2, 1, 1)
        assert (stats["period"], stats["metrics"]["completionRate"]) == ("week", 50.0)
        assert (stats["members"], stats["membersByRole"]) == (3, {"OWNER": 0, "ADMIN": 0, "MEMBER": 2, "VIEWER": 1})
        assert (await client().get("/api/project/WEB/stats")).status == 401
        hidden, unknown = [await client("mia").get(f"/api/project/{name}/stats") for name in ("SEC", "none")]
        assert (hidden.status, hidden.response.content) == (404, unknown.response.content)
        assert (await jane.get("/api/project/WEB/stats", period="day")).status == 400
