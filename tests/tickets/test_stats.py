"""GET /api/tickets/stats."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from codimir.tickets.statistics.numbers import one_period_before
from tests.calls import AsyncCall
from tests.clients import Client, People

STATS = "/api/tickets/stats"
NO_STATUS = {"backlog": 0, "todo": 0, "in_progress": 0, "in_review": 0, "done": 0, "cancelled": 0}
NO_PRIORITY = {"lowest": 0, "low": 0, "medium": 0, "high": 0, "highest": 0}
NO_TYPE = {"TASK": 0, "BUG": 0, "FEATURE": 0, "IMPROVEMENT": 0, "EPIC": 0}


def ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def done(created: float, completed: float) -> dict[str, Any]:
    """Say that a ticket was created and completed so many days ago."""
    return {"status": "done", "stage": "COMPLETED", "created_at": ago(created), "completed_at": ago(completed)}


@pytest.fixture
async def six_tickets(load_ticket: AsyncCall[None]) -> None:
    """Six tickets that Acme sees, three that only the members of SEC see, and two of Globex."""
    await load_ticket("ticket_1", **done(5, 3), type="BUG", priority="high", assignee_id="user_101")
    await load_ticket("ticket_2", **done(64, 60), type="BUG", priority="high", due_date=ago(61))
    await load_ticket("ticket_3", **done(210, 200.5), assignee_id="user_102")
    await load_ticket("ticket_4", status="cancelled", priority="low", created_at=ago(2), due_date=ago(1))
    await load_ticket("ticket_5", status="in_progress", type="EPIC", due_date=ago(1), assignee_id="user_101")
    await load_ticket("ticket_6", project_id=None, priority="highest", created_at=ago(20), due_date=ago(-1))
    await load_ticket("ticket_gone", status="todo", created_at=ago(1), due_date=ago(1), deleted_at=ago(0.5))
    await load_ticket("ticket_s1", project_id="project_sec", **done(9, 1), assignee_id="user_101")
    await load_ticket("ticket_s2", project_id="project_sec", status="todo", created_at=ago(1), due_date=ago(0.5))
    await load_ticket("ticket_s3", project_id="project_sec", status="cancelled", created_at=ago(700))
    globex = {"workspace_id": "workspace_globex", "reporter_id": "user_eve"}
    await load_ticket("ticket_e1", project_id="project_evil", **globex, **done(30, 2), type="IMPROVEMENT")
    await load_ticket("ticket_e2", project_id=None, **globex, status="in_review", due_date=ago(3), priority="lowest")


@pytest.mark.usefixtures("six_tickets")
class TestStatistics:
    async def test_nobody_must_sign_in(self, client: People) -> None:
        assert (await client().get(STATS)).status == 401

    async def test_outsider_counts_only_their_own(self, client: People) -> None:
        data = (await client("eve").get(STATS)).data
        assert data["total"] == 2
        assert data["byStatus"] == NO_STATUS | {"done": 1, "in_review": 1}
        assert data["byType"] == NO_TYPE | {"IMPROVEMENT": 1, "TASK": 1}
        assert data["byPriority"] == NO_PRIORITY | {"medium": 1, "lowest": 1}
        assert data["metrics"]["completedThisPeriod"] == 1
        assert data["metrics"]["averageCompletionTime"] == "28.0 days"

    @pytest.mark.parametrize("who", ["mia", "victor"])
    async def test_nothing_of_a_private_project_is_in_any_number(self, client: People, who: str) -> None:
        data = (await client(who).get(STATS)).data
        assert list(data) == [
            "period", "startDate", "endDate", "total", "byStatus", "byPriority", "byType", "metrics",
        ]  # fmt: skip
        assert data["period"] == "month"
        assert data["total"] == 6
        assert data["byStatus"] == NO_STATUS | {"backlog": 1, "in_progress": 1, "done": 3, "cancelled": 1}
        assert data["byPriority"] == NO_PRIORITY | {"low": 1, "medium": 2, "high": 2, "highest": 1}
        assert data["byType"] == NO_TYPE | {"TASK": 3, "BUG": 2, "EPIC": 1}
        assert data["metrics"] == {
            "averageCompletionTime": "2.0 days",
            "completionRate": 60.0,
            "overdue": 1,
            "createdThisPeriod": 3,
            "completedThisPeriod": 1,
        }

    async def test_member_of_the_private_project_counts_it_too(self, client: People) -> None:
        for who in ("jane", "john", "ada"):
            data = (await client(who).get(STATS)).data
            assert data["total"] == 9
            assert data["byStatus"] == NO_STATUS | {
                "backlog": 1,
                "todo": 1,
                "in_progress": 1,
                "done": 4,
                "cancelled": 2,
            }
            assert data["metrics"] == {
                "averageCompletionTime": "5.0 days",
                "completionRate": 57.1,
                "overdue": 2,
                "createdThisPeriod": 5,
                "completedThisPeriod": 2,
            }

    async def test_administrator_counts_everything(self, client: People) -> None:
        data = (await client("root").get(STATS)).data
        assert data["total"] == 11
        assert data["metrics"]["averageCompletionTime"] == "12.7 days"

    @pytest.mark.parametrize(
        ("period", "created", "completed", "average"),
        [("week", 2, 1, "2.0 days"), ("month", 3, 1, "2.0 days"), ("quarter", 4, 2, "3.0 days"),
         ("year", 5, 3, "5.2 days")],
    )  # fmt: skip
    async def test_each_period_moves_the_metrics_but_not_the_counts(
        self, client: People, period: str, created: int, completed: int, average: str
    ) -> None:
        data = (await client("mia").get(STATS, period=period)).data
        metrics = data["metrics"]
        assert (data["period"], data["total"], data["byStatus"]["done"]) == (period, 6, 3)
        assert (metrics["createdThisPeriod"], metrics["completedThisPeriod"]) == (created, completed)
        assert metrics["averageCompletionTime"] == average
        assert (metrics["completionRate"], metrics["overdue"]) == (60.0, 1)
        start, end = datetime.fromisoformat(data["startDate"]), datetime.fromisoformat(data["endDate"])
        assert timedelta(0) <= datetime.now(UTC) - end < timedelta(minutes=1)
        assert start == one_period_before(end, period)  # type: ignore[arg-type]
        assert data["startDate"].endswith("Z")

    async def test_project_is_named_by_id_or_key(self, client: People) -> None:
        mia, jane = client("mia"), client("jane")
        assert (await mia.get(STATS, project="project_456")).data["total"] == 5
        assert (await mia.get(STATS, project="web")).data["total"] == 5
        assert (await jane.get(STATS, project="WEB,SEC")).data["total"] == 8

    async def test_project_that_is_not_seen_is_as_one_that_does_not_exist(self, client: People) -> None:
        mia = client("mia")
        replies = [await mia.get(STATS, project=name) for name in ("project_sec", "EVIL", "project_none")]
        assert {reply.status for reply in replies} == {400}
        assert {reply.response.content for reply in replies} == {replies[0].response.content}
        assert replies[0].details == {"project": ["Invalid project ID"]}

    async def test_assignee_may_be_me_or_none(self, client: People) -> None:
        jane, mia = client("jane"), client("mia")
        assert (await jane.get(STATS, assignee="me")).data["total"] == 3
        assert (await mia.get(STATS, assignee="user_101")).data["total"] == 2
        assert (await mia.get(STATS, assignee="none")).data["total"] == 3
        assert (await mia.get(STATS, assignee="none,user_102")).data["total"] == 4
        assert (await mia.get(STATS, assignee="me")).data["total"] == 0
        assert (await jane.get(STATS, assignee="me", project="SEC")).data["byStatus"] == NO_STATUS | {"done": 1}

    async def test_wrong_parameters_are_all_named(self, client: People) -> None:
        reply = await client("mia").get(STATS, period="decade", asignee="me")
        assert (reply.status, reply.error["code"]) == (400, "VALIDATION_ERROR")
        assert reply.details["period"] == ["Must be one of: week, month, quarter, year"]
        assert reply.details["asignee"] == ["Unknown parameter; did you mean assignee?"]
        assert (await client("mia").get(STATS, assignee="user_eve")).details == {"assignee": ["Invalid assignee ID"]}


class TestStatisticsOfNothing:
    async def test_every_word_is_there_with_zero(self, client: People) -> None:
        data = (await client("mia").get(STATS)).data
        assert (data["total"], data["byStatus"], data["byPriority"], data["byType"]) == (
            0, NO_STATUS, NO_PRIORITY, NO_TYPE,
        )  # fmt: skip
        assert data["metrics"] == {
            "averageCompletionTime": "0.0 days",
            "completionRate": 0,
            "overdue": 0,
            "createdThisPeriod": 0,
            "completedThisPeriod": 0,
        }

    async def test_rate_is_zero_when_all_are_cancelled(self, client: People, load_ticket: AsyncCall[None]) -> None:
        await load_ticket("ticket_1", status="cancelled")
        assert (await client("mia").get(STATS)).data["metrics"]["completionRate"] == 0

    async def test_completion_counts_what_the_status_route_completes(
        self, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        await jane.put(f"/api/tickets/{ticket['key']}/status", {"status": "done"})
        metrics = (await jane.get(STATS, period="week")).data["metrics"]
        assert (metrics["completedThisPeriod"], metrics["createdThisPeriod"]) == (1, 1)
        assert (metrics["averageCompletionTime"], metrics["completionRate"]) == ("0.0 days", 100)


class TestPeriod:
    @pytest.mark.parametrize(
        ("period", "end", "start"),
        [
            ("week", "2024-03-05T10:30", "2024-02-27T10:30"),
            ("month", "2024-03-15T10:30", "2024-02-15T10:30"),
            ("month", "2024-03-31T10:30", "2024-02-29T10:30"),
            ("month", "2023-03-31T10:30", "2023-02-28T10:30"),
            ("month", "2024-01-31T00:00", "2023-12-31T00:00"),
            ("quarter", "2024-05-31T10:30", "2024-02-29T10:30"),
            ("quarter", "2024-02-10T10:30", "2023-11-10T10:30"),
            ("year", "2024-02-29T10:30", "2023-02-28T10:30"),
            ("year", "2024-12-31T23:59", "2023-12-31T23:59"),
        ],
    )
    def test_goes_back_by_the_calendar(self, period: Any, end: str, start: str) -> None:
        assert one_period_before(datetime.fromisoformat(end), period) == datetime.fromisoformat(start)
