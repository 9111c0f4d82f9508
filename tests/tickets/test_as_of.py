"""?asOf=: tickets, lists and statistics as they were."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.model.events import events
from codimir.model.tickets import past_tickets, ticket_labels, tickets
from codimir.tickets.history.rebuild import rebuild_versions
from tests.calls import AsyncCall
from tests.clients import Client, People

WEB_1 = "/api/tickets/WEB-1"
LISTS: list[dict[str, str]] = [
    {},
    {"sort": "title", "order": "asc"},
    {"sort": "priority"},
    {"sort": "status", "order": "asc"},
    {"sort": "createdAt"},
    {"project": "WEB"},
    {"status": "done,todo"},
    {"priority": "high", "type": "BUG"},
    {"assignee": "user_102"},
    {"assignee": "none"},
    {"label": "label_1"},
    {"group": "group_103"},
    {"workspace": "workspace_789", "limit": "1", "page": "2"},
]
Step = Callable[[Any], Awaitable[Any]]


def put(path: str, **fields: Any) -> Step:
    return lambda jane: jane.put(f"/api/tickets/{path}", fields)


async def _edits_its_comment(jane: Any) -> Any:
    [comment] = (await jane.get(f"{WEB_1}/comments")).data
    return await jane.put(f"{WEB_1}/comments/{comment['id']}", {"content": "Edited"})


async def _deletes_its_comment(jane: Any) -> Any:
    [comment] = (await jane.get(f"{WEB_1}/comments")).data
    return await jane.delete(f"{WEB_1}/comments/{comment['id']}")


async def _restores_the_last(jane: Any) -> Any:
    item = (await jane.get("/api/trash")).data[0]
    return await jane.post(f"/api/trash/{item['id']}/restore")


STORY: list[Step] = [
    lambda jane: jane.post("/api/tickets", {"title": "Beta", "projectId": "WEB", "labelIds": ["label_1"]}),
    lambda jane: jane.post("/api/tickets", {"title": "alpha", "projectId": "SEC", "priority": "high", "type": "BUG"}),
    put("WEB-1", status="todo", assigneeId="user_102"),
    lambda jane: jane.post(f"{WEB_1}/comments", {"content": "First"}),
    put("WEB-1", title="Gamma", description="Now with words", labelIds=["label_2"]),
    _edits_its_comment,
    put("SEC-1", status="done", groupId="group_103", dueDate="2024-02-01T00:00:00Z"),
    put("WEB-1", description="Other words", priority="high", type="BUG"),
    _deletes_its_comment,
    put("WEB-1", projectId="SEC"),
    lambda jane: jane.delete("/api/tickets/SEC-1"),
    _restores_the_last,
    _restores_the_last,
    put("WEB-1", projectId=None, assigneeId=None),
    lambda jane: jane.post("/api/tickets", {"title": "Delta", "labelIds": ["label_1"]}),
]


class View:
    """Everything that someone sees of the tickets, now or as of a moment."""

    def __init__(self, jane: Any, **as_of: str) -> None:
        self.jane, self.as_of = jane, as_of

    async def everything(self, ids: list[str]) -> Any:
        lists = [(await self.jane.get("/api/tickets", **query, **self.as_of)).body for query in LISTS]
        statistics = (await self.jane.get("/api/tickets/stats", **self.as_of)).data
        counted = {name: value for name, value in statistics.items() if not name.endswith("Date")}
        each = [(await self.jane.get(f"/api/tickets/{ticket_id}", **self.as_of)).body for ticket_id in ids]
        return lists, counted, each


@pytest.fixture
async def told(jane: Client) -> Any:
    """Let the story happen; give what was seen after each step, and when that was."""
    ids: list[str] = []
    seen = []
    for step in STORY:
        reply = await step(jane)
        assert reply.status < 300, reply.body
        if reply.status == 201 and "title" in reply.data:
            ids.append(reply.data["id"])
        seen.append((datetime.now(UTC).isoformat(), list(ids), await View(jane).everything(ids)))
    return seen


class TestAsOf:
    async def test_every_moment_is_seen_again_as_it_was(self, jane: Client, told: Any) -> None:
        for number, (moment, ids, seen) in enumerate(told):
            assert await View(jane, asOf=moment).everything(ids) == seen, f"after step {number}"

    async def test_before_the_beginning_there_is_nothing(self, jane: Client, told: Any) -> None:
        _, ids, _ = told[-1]
        early = {"asOf": "2020-01-01T00:00:00Z"}
        assert (await jane.get("/api/tickets", **early)).body["pagination"]["total"] == 0
        assert (await jane.get(f"/api/tickets/{ids[0]}", **early)).status == 404
        assert (await jane.get("/api/tickets/stats", **early)).data["total"] == 0

    async def test_who_may_not_see_it_now_does_not_see_it_then(self, client: People, told: Any) -> None:
        moment, ids, _ = told[4]
        for who in ("eve", "mia"):
            reply = await client(who).get("/api/tickets", asOf=moment)
            assert [each["id"] for each in reply.data] == ([ids[0]] if who == "mia" else []), who
            assert reply.total == len(reply.data)
        missing = await client("eve").get("/api/tickets/ticket_none", asOf=moment)
        foreign = await client("eve").get(f"/api/tickets/{ids[0]}", asOf=moment)
        assert (foreign.status, foreign.response.content) == (404, missing.response.content)

    async def test_nobody_must_sign_in(self, client: People) -> None:
        for path in ("/api/tickets", "/api/tickets/stats", WEB_1):
            assert (await client().get(path, asOf="2024-01-01T00:00:00Z")).status == 401

    @pytest.mark.parametrize("path", ["/api/tickets", "/api/tickets/stats", WEB_1])
    @pytest.mark.parametrize("moment", ["2200-01-01T00:00:00Z", "yesterday", "2024-01-01", "2024-02-30T00:00:00Z"])
    async def test_moment_that_cannot_be_is_refused(
        self, jane: Client, new_ticket: AsyncCall[Any], path: str, moment: str
    ) -> None:
        await new_ticket()
        reply = await jane.get(path, asOf=moment)
        assert (reply.status, list(reply.details)) == (400, ["asOf"])

    async def test_words_are_found_as_they_are_now(self, jane: Client) -> None:
        reply = await jane.get("/api/tickets", asOf="2024-01-01T00:00:00Z", search="login")
        assert (reply.status, list(reply.details)) == (400, ["search"])


class TestPast:
    async def test_events_tell_the_same_states_as_were_kept(self, db: Database, told: Any) -> None:
        def read(statement: Statement, ticket_id: str) -> Any:
            return db.read(lambda tx: tx.fetch_all(statement, ticket_id=ticket_id))

        _, ids, _ = told[-1]
        for ticket_id in ids:
            [row] = await read(TICKET, ticket_id)
            kept, labels, log = [await read(statement, ticket_id) for statement in (KEPT, LABELS, LOG)]
            logged = [{**dict(zip(LOGGED, event, strict=True)), "changes": _typed(event[-1])} for event in log]
            ticket = dict(zip([column.name for column in tickets.c], row, strict=True))
            told_states = rebuild_versions(ticket, [label for (label,) in labels], logged)
            names = [name for name in PAST_COLUMNS if name not in ("number", "key")]
            assert [[state[name] for name in names] for state in told_states] == [
                [dict(zip(PAST_COLUMNS, state, strict=True))[name] for name in names] for state in kept
            ]


PAST_COLUMNS = [column.name for column in past_tickets.c]
LOGGED = ("type", "ticket_id", "subject_id", "created_at", "changes")
TICKET = Statement(sa.select(tickets).where(tickets.c.id == sa.bindparam("ticket_id")))
KEPT = Statement(
    sa.select(past_tickets)
    .where(past_tickets.c.id == sa.bindparam("ticket_id"))
    .order_by(past_tickets.c.valid_to.desc())
)
LABELS = Statement(
    sa.select(ticket_labels.c.label_id)
    .where(ticket_labels.c.ticket_id == sa.bindparam("ticket_id"))
    .order_by(ticket_labels.c.label_id)
)
LOG = Statement(
    sa.select(*[events.c[name] for name in LOGGED])
    .where(events.c.ticket_id == sa.bindparam("ticket_id"))
    .order_by(events.c.version)
)
MOMENTS = {"dueDate", "completedAt", "deletedAt"}


def _typed(changes: Any) -> Any:
    return {
        name: [datetime.fromisoformat(value) if value and name in MOMENTS else value for value in change]
        for name, change in changes.items()
    }
