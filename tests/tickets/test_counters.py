"""The counters of tickets are what a count of the tickets gives, whatever was done to these."""

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from litestar import Litestar

from codimir.database.core import Database
from codimir.database.expressions import AnyColumn
from codimir.database.statements import DIALECTS, Statement
from codimir.model.enums import CLOSED_STATUSES, PRIORITIES, STATUSES, TYPES
from codimir.model.tickets import ticket_labels, tickets
from codimir.tickets.counters import find_wrong_counters
from codimir.tickets.listing.counting import select_counts
from codimir.tickets.listing.shape import Filter, FilterShape
from codimir.tickets.statistics.numbers import one_period_before
from codimir.trash.purging import empty_trash
from tests.calls import AsyncCall
from tests.clients import Answer, Client, People

STEPS = int(os.environ.get("CODIMIR_COUNTER_STEPS", "500"))
STEPS_OF_AN_EXAMPLE, AT_ONCE = 20, 5
WRITERS = ("jane", "john", "ada")
PROJECTS = ("project_456", "project_sec", None)
ASSIGNEES = ("user_101", "user_102", None)
LABELS: tuple[tuple[str, ...], ...] = ((), ("label_1",))
SEES = {
    "mia": {"project_456", "workspace_789"},
    "ada": {"project_456", "project_sec", "workspace_789"},
    "root": {"project_456", "project_sec", "workspace_789", "project_evil", "workspace_globex"},
}

COPIED = (
    "workspace_id, title_sort, type, status, priority, stage, assignee_id, reporter_id, due_date, comment_count,"
    " attachment_count, time_log_count, created_at, updated_at, completed_at"
)
STATEMENTS = (
    "UPDATE tickets SET status = (status + 1) % 6",
    "UPDATE tickets SET priority = 4, type = (type + 1) % 5, comment_count = 3",
    "UPDATE tickets SET comment_count = 4",
    "UPDATE tickets SET status = 4, completed_at = coalesce(completed_at, updated_at)",
    "UPDATE tickets SET due_date = updated_at, assignee_id = 'user_102'",
    "UPDATE tickets SET status = status - 3, completed_at = NULL, assignee_id = NULL",
    "UPDATE tickets SET project_id = CASE WHEN project_id = 'project_456' THEN NULL ELSE 'project_456' END",
    "UPDATE tickets SET deleted_at = updated_at, status = 2",
    "UPDATE tickets SET project_id = 'project_sec'",
    "UPDATE tickets SET deleted_at = NULL, due_date = NULL",
    f"INSERT INTO tickets (id, title, {COPIED}) SELECT id || '_copy', 'A copy', {COPIED} FROM tickets",
    "DELETE FROM tickets WHERE title = 'A copy'",
)


@pytest.fixture
def wrong_counters(db: Database) -> AsyncCall[list[str]]:
    async def find() -> list[str]:
        return await db.read(find_wrong_counters)

    return find


@pytest.fixture
def undo_last(jane: Client, db: Database) -> AsyncCall[Answer]:
    """Let Jane take back the last thing that happened in Acme."""
    newest = Statement(
        sa.text("SELECT id FROM events WHERE workspace_id = 'workspace_789' ORDER BY version DESC LIMIT 1")
    )

    async def undo() -> Answer:
        event_id = await db.read(lambda tx: tx.fetch_value(newest))
        return await jane.post(f"/api/events/{event_id}/undo")

    return undo


class TestKept:
    async def test_by_every_change_of_a_ticket(
        self,
        jane: Client,
        new_ticket: AsyncCall[Any],
        wrong_counters: AsyncCall[list[str]],
        undo_last: AsyncCall[Answer],
    ) -> None:
        ticket = await new_ticket(status="todo", priority="high", type="BUG", dueDate="2024-02-29T00:00:00Z")
        at = f"/api/tickets/{ticket['id']}"
        changes: list[tuple[str, str, Any]] = [
            ("PUT", at, {"priority": "low", "type": "EPIC"}),
            ("PUT", at, {"dueDate": "2024-03-01T10:00:00Z"}),
            ("PUT", f"{at}/status", {"status": "done"}),
            ("PUT", f"{at}/status", {"status": "in_review"}),
            ("PUT", at, {"dueDate": None}),
            ("PUT", at, {"projectId": "project_sec"}),
            ("PUT", at, {"projectId": None}),
            ("POST", f"{at}/comments", {"content": "Seen"}),
            ("DELETE", at, None),
            ("POST", f"/api/trash/{ticket['id']}/restore", None),
        ]
        assert await wrong_counters() == []
        for method, path, body in changes:
            assert (await jane.request(method, path, body)).status in (200, 201, 204), (method, path, body)
            assert await wrong_counters() == [], (method, path, body)
        assert (await undo_last()).status == 200
        assert await wrong_counters() == []

    async def test_when_a_project_goes_into_the_trash_comes_back_and_goes_for_good(
        self,
        client: People,
        app: Litestar,
        db: Database,
        new_ticket: AsyncCall[Any],
        wrong_counters: AsyncCall[list[str]],
    ) -> None:
        for status in ("todo", "done", "done"):
            await new_ticket(status=status)
        ada = client("ada")
        for method, path in (
            ("DELETE", "/api/project/project_456"),
            ("POST", "/api/trash/project_456/restore"),
            ("DELETE", "/api/project/project_456"),
        ):
            assert (await ada.request(method, path)).status in (200, 204), path
            assert await wrong_counters() == []
        await empty_trash(db, app.state.files, timedelta(0))
        assert await wrong_counters() == []
        left = Statement(sa.text("SELECT count(*) FROM ticket_totals WHERE container_id = 'project_456'"))
        assert await db.read(lambda tx: tx.fetch_value(left)) == 0

    @pytest.mark.parametrize("count", [1, 30])
    async def test_by_statements_that_change_several_tickets(
        self, db: Database, load_ticket: AsyncCall[None], wrong_counters: AsyncCall[list[str]], count: int
    ) -> None:
        moment = datetime(2024, 2, 28, tzinfo=UTC)
        for n in range(count):
            at = moment + timedelta(hours=7 * n)
            await load_ticket(
                f"ticket_{n}", label_ids=LABELS[n % 2], project_id=PROJECTS[n % 3], status=STATUSES[n % 6],
                assignee_id=ASSIGNEES[n % 3], type=TYPES[n % 5], created_at=at, updated_at=at,
                completed_at=at if n % 2 else None, due_date=at if n % 3 else None,
            )  # fmt: skip
        for statement in STATEMENTS:
            await db.write(lambda tx, text=statement: tx.execute(Statement(sa.text(text))))
            assert await wrong_counters() == [], statement
        left = Statement(sa.text("SELECT count(*) FROM tickets WHERE title = 'A copy'"))
        assert await db.read(lambda tx: tx.fetch_value(left)) == 0


class TestCheck:
    async def test_what_went_past_the_triggers_is_named(
        self, db: Database, new_ticket: AsyncCall[Any], wrong_counters: AsyncCall[list[str]]
    ) -> None:
        await new_ticket(type="BUG")
        for statement in (
            "UPDATE ticket_totals SET total = 1234, status_todo = 2 WHERE container_id = 'project_456'",
            "DELETE FROM ticket_counts",
        ):
            await db.write(lambda tx, text=statement: tx.execute(Statement(sa.text(text))))
        assert await wrong_counters() == [
            "ticket_totals of project_456: total is 1,234 in place of 1, status_todo is 2 in place of 0",
            "ticket_counts of project_456 backlog medium BUG: count is 0 in place of 1",
        ]


ALL = FilterShape("containers", single_workspace=True, names_workspaces=False, filters=())
OF_PROJECT = Filter("project", "container_id", several=False, or_none=False, has_values=True)
OF_STATUS = Filter("status", "status", several=True, or_none=False, has_values=True)
OF_TYPE = Filter("type", "type", several=True, or_none=False, has_values=True)
OF_SOMEONE = Filter("assignee", "assignee_id", several=False, or_none=False, has_values=True)


class TestStatements:
    @pytest.mark.parametrize("dialect", DIALECTS)
    @pytest.mark.parametrize(
        ("filters", "read", "unread"),
        [
            ((), "ticket_totals", "tickets"),
            ((OF_PROJECT,), "ticket_totals", "tickets"),
            ((OF_STATUS,), "ticket_counts", "tickets"),
            ((OF_PROJECT, OF_STATUS), "ticket_counts", "tickets"),
            ((OF_STATUS, OF_SOMEONE), "ticket_facets", "tickets"),
            ((OF_PROJECT, OF_SOMEONE), "ticket_facets", "tickets"),
            ((OF_TYPE, OF_SOMEONE), "tickets", "ticket_facets"),
        ],
    )
    def test_a_total_is_read_from_the_smallest_table_that_has_it(
        self, dialect: str, filters: tuple[Filter, ...], read: str, unread: str
    ) -> None:
        names = Statement(select_counts(msgspec.structs.replace(ALL, filters=filters))).compiled(dialect).names
        assert read in names
        assert unread not in names


class Step(NamedTuple):
    """What someone does to one of the tickets."""

    who: str
    verb: str
    which: int
    project: str | None
    status: str
    priority: str
    type: str
    days: int
    assignee: str | None
    labels: tuple[str, ...]


MADE = st.builds(
    Step,
    st.sampled_from(WRITERS),
    st.sampled_from(
        (
            "create",
            "create",
            "load",
            "update",
            "update",
            "status",
            "status",
            "move",
            "delete",
            "restore",
            "undo",
            "purge",
        )
    ),
    st.integers(0, 1_000_000),
    st.sampled_from(PROJECTS),
    st.sampled_from(STATUSES),
    st.sampled_from(PRIORITIES),
    st.sampled_from(TYPES),
    st.integers(-400, 40),
    st.sampled_from(ASSIGNEES),
    st.sampled_from(LABELS),
)


@pytest.fixture
def take(client: People, app: Litestar, db: Database, load_ticket: AsyncCall[None]) -> AsyncCall[None]:
    """Take a step; that it is refused because of what others did before is as good."""
    made: list[str] = []
    people = {who: client(who) for who in WRITERS}
    events = Statement(
        sa.text("SELECT id FROM events WHERE workspace_id = 'workspace_789' ORDER BY version DESC LIMIT 8")
    )

    async def load(step: Step) -> None:
        moment = datetime.now(UTC) + timedelta(days=step.days, seconds=step.which % 86_400)
        completed = moment + timedelta(days=step.which % 30) if step.status == "done" else None
        ticket_id = f"ticket_loaded_{len(made)}"
        made.append(ticket_id)
        await load_ticket(
            ticket_id, project_id=step.project, status=step.status, priority=step.priority, type=step.type,
            created_at=moment, updated_at=moment, due_date=moment + timedelta(days=9), completed_at=completed,
        )  # fmt: skip

    async def run(step: Step) -> None:
        if step.verb == "load":
            return await load(step)
        if step.verb == "purge":
            await empty_trash(db, app.state.files, timedelta(0))
            return None
        person = people[step.who]
        day = (datetime.now(UTC) + timedelta(days=step.days)).date().isoformat() + "T00:00:00Z"
        fields = {
            "priority": step.priority, "type": step.type, "dueDate": None if step.which % 3 else day,
            "assigneeId": step.assignee, "labelIds": step.labels, "groupId": None if step.which % 2 else "group_103",
        }  # fmt: skip
        if step.verb == "create" or not made:
            body = {"title": "Fix login", "projectId": step.project, "status": step.status, **fields}
            answer = await person.post(
                "/api/tickets", body if step.project else {**body, "workspaceId": "workspace_789"}
            )
            assert answer.status == 201, answer.body
            made.append(answer.data["id"])
            return None
        at = f"/api/tickets/{made[step.which % len(made)]}"
        if step.verb == "undo":
            found = await db.read(lambda tx: tx.fetch_column(events))
            answer = await person.post(f"/api/events/{found[step.which % len(found)]}/undo")
        else:
            deeds: dict[str, tuple[str, str, Any]] = {
                "update": ("PUT", at, fields),
                "status": ("PUT", f"{at}/status", {"status": step.status}),
                "move": ("PUT", at, {"projectId": step.project}),
                "delete": ("DELETE", at, None),
                "restore": ("POST", f"/api/trash/{made[step.which % len(made)]}/restore", None),
            }
            method, path, body = deeds[step.verb]
            answer = await person.request(method, path, body)
        assert answer.status < 500, (step, answer.body)
        return None

    return run


class Row(NamedTuple):
    """What is counted of a ticket."""

    container_id: str
    status: str
    priority: str
    type: str
    created_at: datetime
    completed_at: datetime | None
    due_date: datetime | None
    id: str
    assignee: str | None
    reporter: str | None
    group: str | None
    label: str | None


def _column(name: str) -> AnyColumn:
    return ticket_labels.c.label_id if name == "label" else tickets.c.get(name, tickets.c.get(f"{name}_id"))


_LIVE = Statement(
    sa.select(*map(_column, Row._fields))
    .select_from(tickets.outerjoin(ticket_labels))
    .where(tickets.c.deleted_at.is_(None))
)
"""No ticket has more than one label here."""


def _is_late(row: Row, now: datetime) -> bool:
    if row.due_date is None or row.status in CLOSED_STATUSES:
        return False
    is_day = row.due_date.time() == datetime.min.time()
    return row.due_date.date() < now.date() if is_day else row.due_date < now


def _tally(rows: Sequence[Row], field: str, words: Sequence[str]) -> dict[str, int]:
    return {word: sum(getattr(row, field) == word for row in rows) for word in words}


class TestAnySequence:
    @settings(
        max_examples=max(1, STEPS // STEPS_OF_AN_EXAMPLE),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=STEPS <= 500,
        phases=[Phase.generate],
        database=None,
    )
    @given(
        steps=st.lists(MADE, min_size=STEPS_OF_AN_EXAMPLE, max_size=STEPS_OF_AN_EXAMPLE),
        status=st.sampled_from(STATUSES),
        priority=st.sampled_from(PRIORITIES),
        period=st.sampled_from(("week", "month", "quarter", "year")),
    )
    async def test_ends_with_numbers_that_a_count_gives(
        self,
        client: People,
        db: Database,
        take: AsyncCall[None],
        wrong_counters: AsyncCall[list[str]],
        steps: list[Step],
        status: str,
        priority: str,
        period: Any,
    ) -> None:
        for start in range(0, len(steps), AT_ONCE):
            await asyncio.gather(*(take(step) for step in steps[start : start + AT_ONCE]))
        assert await wrong_counters() == []
        found = [Row(*row) for row in await db.read(lambda tx: tx.fetch_all(_LIVE))]
        for who, places in SEES.items():
            rows = [row for row in found if row.container_id in places]
            viewer = client(who)
            for asked in self.filters(status, priority):
                total = (await viewer.get("/api/tickets", limit=1, **asked)).total
                assert total == sum(_matches(row, asked) for row in rows), (who, asked)
            await self.compare_statistics((await viewer.get("/api/tickets/stats", period=period)).data, rows, period)

    def filters(self, status: str, priority: str) -> list[dict[str, str]]:
        """Return what is asked: by what counters tell, and by more."""
        of_someone = [{"assignee": "user_101"}, {"assignee": "none"}, {"reporter": "user_102"}, {"group": "none"}]
        of_kinds = [{}, {"status": status}, {"priority": priority, "status": status}, {"project": "none"}]
        in_places = [{"project": "project_456", "assignee": "user_101"}, {"project": "none", "label": "label_1"}]
        labelled = [
            {"label": "label_1"},
            {"label": "label_1", "status": status},
            {"assignee": "none", "status": status},
        ]
        of_more = [{"label": "label_1", "priority": priority}, {"assignee": "none", "label": "label_1"}]
        return [*of_someone, *of_kinds, *in_places, *labelled, *of_more]

    async def compare_statistics(self, data: Any, rows: list[Row], period: Any) -> None:
        end = datetime.fromisoformat(data["endDate"])
        start = one_period_before(end, period)
        completed = [row for row in rows if row.completed_at and start <= row.completed_at <= end]
        assert data["total"] == len(rows)
        assert data["byStatus"] == _tally(rows, "status", STATUSES)
        assert data["byPriority"] == _tally(rows, "priority", PRIORITIES)
        assert data["byType"] == _tally(rows, "type", TYPES)
        metrics = data["metrics"]
        assert metrics["overdue"] == sum(_is_late(row, end) for row in rows)
        assert metrics["createdThisPeriod"] == sum(start <= row.created_at <= end for row in rows)
        assert metrics["completedThisPeriod"] == len(completed)
        took = [(row.completed_at - row.created_at) / timedelta(days=1) for row in completed if row.completed_at]
        average = sum(took) / len(took) if took else 0.0
        assert float(metrics["averageCompletionTime"].removesuffix(" days")) == pytest.approx(average, abs=0.0501)


def _matches(row: Row, asked: dict[str, str]) -> bool:
    return all(_has(row, field, word) for field, word in asked.items())


def _has(row: Row, field: str, word: str) -> bool:
    if field == "project":
        return row.container_id.startswith("workspace_") if word == "none" else row.container_id == word
    return bool(getattr(row, field) == (None if word == "none" else word))
