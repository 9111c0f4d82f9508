"""Many tickets created at once are what the same single creates would have made, in a handful of statements."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from codimir.authorization.actor import Actor
from codimir.database.core import Database, Transaction
from codimir.database.statements import Statement
from codimir.http.errors import Forbidden, InvalidInput
from codimir.model.events import events
from codimir.model.tickets import tickets
from codimir.notifications.fanout import read_log
from codimir.tickets.changing.creating import AT_A_TIME, InvalidTickets, create_ticket, create_tickets
from codimir.tickets.schemas import TicketCreate
from tests.calls import AsyncCall, Recorded, RowCounts
from tests.cast import LONG_AGO
from tests.clients import Client, People
from tests.prose import mentions_in

JANE = Actor("user_101", "Jane Smith", "EDITOR", {"workspace_789": "MEMBER"})
VICTOR = Actor("user_victor", "Victor Viewer", "EDITOR", {"workspace_789": "VIEWER"})
ROOT = Actor("user_root", "Root Admin", "ADMIN", {})
BODIES: list[dict[str, Any]] = [
    {"title": "Login crashes", "projectId": "WEB", "type": "BUG", "assigneeId": "user_102", "labelIds": ["label_1"]},
    {"title": "Käse mögen", "description": "Ask @ada about OAuth2Token", "projectId": "project_456", "status": "done"},
    {"title": "Rotate keys", "projectId": "SEC", "labelIds": ["label_sec", "label_1"], "priority": "highest"},
    {"title": "Nowhere yet", "groupId": "group_103", "dueDate": "2030-01-02T00:00:00Z", "stage": "TESTING"},
    {"title": "Last one", "projectId": "web", "assigneeId": "user_102", "labelIds": ["label_2", "label_2"]},
]
NUMBERS = Statement(sa.select(tickets.c.id, tickets.c.number, tickets.c.project_id).order_by(tickets.c.number))
LOG = Statement(sa.select(events).where(events.c.workspace_id == "workspace_789").order_by(events.c.version))
VOLATILE = ("id", "key", "createdAt", "updatedAt", "completedAt")
Written = Callable[..., Awaitable[list[str]]]


def new(*bodies: dict[str, Any]) -> list[TicketCreate]:
    return [msgspec.convert(body, TicketCreate) for body in bodies]


@pytest.fixture
def create(db: Database) -> AsyncCall[list[str]]:
    """Create tickets in one unit: `create(*bodies, actor=JANE)`."""

    async def write(*bodies: dict[str, Any], actor: Actor = JANE) -> list[str]:
        return await db.write(lambda tx: create_tickets(tx, actor, new(*bodies)))

    return write


@pytest.fixture
def log(db: Database) -> AsyncCall[list[dict[str, Any]]]:
    """Read the events of Acme, oldest first."""

    async def read() -> list[dict[str, Any]]:
        rows = await db.read(lambda tx: tx.fetch_all(LOG))
        return [dict(zip(events.c.keys(), row, strict=True)) for row in rows]

    return read


class TestLikeSingleCreates:
    async def test_the_tickets_are_the_same(self, jane: Client, create: Written) -> None:
        one_by_one = [(await jane.post("/api/tickets", body)).data for body in BODIES]
        together = [(await jane.get(f"/api/tickets/{each}")).data for each in await create(*BODIES)]
        assert [each["key"] for each in one_by_one] == ["WEB-1", "WEB-2", "SEC-1", None, "WEB-3"]
        assert [each["key"] for each in together] == ["WEB-4", "WEB-5", "SEC-2", None, "WEB-6"]
        assert [bool(each["completedAt"]) for each in together] == [False, True, False, False, False]
        assert len({each["createdAt"] for each in together}) == 1
        for each in (*one_by_one, *together):
            for name in VOLATILE:
                each.pop(name)
        assert together == one_by_one

    async def test_so_are_their_events_which_are_one_batch(
        self, jane: Client, create: Written, log: AsyncCall[list[dict[str, Any]]]
    ) -> None:
        singles = [(await jane.post("/api/tickets", body)).data["id"] for body in BODIES]
        batch = await create(*BODIES)
        events = await log()
        one_by_one, together = events[: len(BODIES)], events[len(BODIES) :]
        assert [each["subject_id"] for each in one_by_one] == singles
        assert [each["subject_id"] for each in together] == batch
        assert len({each["batch_id"] for each in one_by_one}) == len(BODIES)
        assert {each["batch_id"] for each in together} == {together[0]["id"]}
        assert [each["version"] for each in events] == list(range(1, 2 * len(BODIES) + 1))
        for mine, its in zip(one_by_one, together, strict=True):
            for changes in (mine["changes"], its["changes"]):
                changes.pop("key", None)
                changes.pop("completedAt", None)
            same = ("type", "actor_id", "project_id", "workspace_id", "changes", "from_project_id")
            assert {name: mine[name] for name in same} == {name: its[name] for name in same}

    async def test_search_finds_them(self, jane: Client, create: Written) -> None:
        ids = await create(*BODIES)
        for words, position in [("login crashes", 0), ("kase", 1), ("oauth", 1), ("SEC-1", 2), ("nowhere", 3)]:
            found = (await jane.get("/api/tickets/search", q=words)).data
            assert [each["id"] for each in found] == [ids[position]], words
        mistyped = (await jane.get("/api/tickets/search", q="nowhre")).data
        assert [each["id"] for each in mistyped] == [ids[3]]

    async def test_lists_and_statistics_count_them(self, jane: Client, create: Written) -> None:
        await create(*BODIES)
        assert (await jane.get("/api/tickets")).total == 5
        assert (await jane.get("/api/tickets", project="WEB", label="label_1")).total == 1
        statistics = (await jane.get("/api/tickets/stats")).data
        assert (statistics["total"], statistics["byStatus"]["done"]) == (5, 1)

    async def test_the_later_ones_are_above_in_the_order_by_hand(self, jane: Client, create: Written) -> None:
        ids = await create(*({"title": str(n), "projectId": "WEB" if n < 40 else None} for n in range(80)))
        for place, expected in (("WEB", ids[:40]), (None, ids[40:])):
            query = {"project": place} if place else {}
            listed = (await jane.get("/api/tickets", sort="rank", order="asc", limit=100, **query)).data
            assert [each["id"] for each in listed if place or each["projectId"] is None] == expected

    async def test_who_is_concerned_is_told_of_each(self, client: People, db: Database, create: Written) -> None:
        await create(*BODIES)
        while await read_log(db, mentions_in, mails=True):
            pass
        inbox = (await client("john").get("/api/notifications")).body["data"]
        assert sorted(each["ticket"]["title"] for each in inbox) == ["Last one", "Login crashes"]
        assert [each["kind"] for each in (await client("ada").get("/api/notifications")).body["data"]] == ["mentioned"]

    async def test_undo_takes_all_of_them_back_or_one(
        self, jane: Client, create: Written, log: AsyncCall[list[dict[str, Any]]]
    ) -> None:
        await create(*BODIES)
        first, second, *_ = await log()
        assert (await jane.post(f"/api/events/{second['id']}/undo")).status == 200
        assert (await jane.get("/api/tickets")).total == 4
        assert (await jane.post(f"/api/batches/{first['batch_id']}/undo")).status == 409
        assert (await jane.get("/api/tickets")).total == 4

        await create(*BODIES)
        last = (await log())[-1]
        assert (await jane.post(f"/api/batches/{last['batch_id']}/undo")).status == 200
        assert (await jane.get("/api/tickets")).total == 4

    async def test_they_were_not_there_before(self, jane: Client, create: Written) -> None:
        [ticket_id] = await create(BODIES[0])
        before = LONG_AGO.isoformat().replace("+00:00", "Z")
        assert (await jane.get(f"/api/tickets/{ticket_id}", asOf=before)).status == 404

    async def test_none_is_nothing(self, create: Written, row_counts: RowCounts) -> None:
        before = await row_counts()
        assert await create() == []
        assert await row_counts() == before


class TestWrongOnes:
    async def test_each_is_named_and_none_is_created(self, create: Written, row_counts: RowCounts) -> None:
        before = await row_counts()
        with pytest.raises(InvalidTickets) as raised:
            await create(
                BODIES[0],
                {"title": "x", "projectId": "WEB", "assigneeId": "user_eve", "labelIds": ["label_1", "label_sec"]},
                {"title": "x", "projectId": "EVIL"},
                {"title": "x", "projectId": "WEB", "workspaceId": "workspace_globex"},
                {"title": "x", "projectId": "WEB", "groupId": "group_evil"},
                BODIES[1],
            )
        assert {name: [str(each) for each in wrong] for name, wrong in (raised.value.details or {}).items()} == {
            "[1].assigneeId": ["Invalid assignee ID"],
            "[1].labelIds": ["Invalid label ID: label_sec"],
            "[2].projectId": ["Invalid project ID"],
            "[3].workspaceId": ["Must be the workspace of the project"],
            "[4].groupId": ["Invalid group ID"],
        }
        assert list(raised.value.problems) == [1, 2, 3, 4]
        assert await row_counts() == before

    async def test_a_single_one_is_named_as_it_was(self, db: Database) -> None:
        [wrong] = new({"title": "x", "projectId": "WEB", "assigneeId": "user_eve"})
        with pytest.raises(InvalidInput) as raised:
            await db.write(lambda tx: create_ticket(tx, JANE, wrong))
        assert list(raised.value.details or ()) == ["assigneeId"]

    async def test_who_may_not_create_in_one_place_creates_none(self, create: Written, row_counts: RowCounts) -> None:
        before = await row_counts()
        with pytest.raises(Forbidden, match="Website"):
            await create({"title": "x", "projectId": "WEB"}, actor=VICTOR)
        assert await row_counts() == before

    async def test_archived_projects_take_none(self, client: People, create: Written, row_counts: RowCounts) -> None:
        assert (await client("ada").put("/api/projects/SEC", {"status": "archived"})).status == 200
        before = await row_counts()
        with pytest.raises(Forbidden, match="archived"):
            await create(BODIES[0], BODIES[2])
        assert await row_counts() == before


class TestManyAtOnce:
    async def test_more_than_are_held_at_once_have_no_gap(
        self, db: Database, create: Written, log: AsyncCall[list[dict[str, Any]]], recorded: Recorded
    ) -> None:
        count = 2 * AT_A_TIME + 7
        ids = await create(*({"title": f"Ticket {n}", "projectId": "WEB"} for n in range(count)))
        assert len(set(ids)) == count
        assert ids == sorted(ids)
        rows = await db.read(lambda tx: tx.fetch_all(NUMBERS))
        assert [row[0] for row in rows] == ids
        assert [row[1] for row in rows] == list(range(1, count + 1))
        [(kind, changes)] = await recorded(ids[-1])
        assert (kind, changes["key"]) == ("ticket.created", [None, f"WEB-{count}"])
        told = await log()
        assert [each["version"] for each in told] == list(range(1, count + 1))
        assert {each["batch_id"] for each in told} == {told[0]["id"]}

    async def test_batches_and_single_creates_at_once_leave_no_gap(
        self, db: Database, jane: Client, create: Written, log: AsyncCall[list[dict[str, Any]]]
    ) -> None:
        body = {"title": "At once", "projectId": "WEB"}
        singles = [jane.post("/api/tickets", body) for _ in range(20)]
        batches = [create(*[body, {**body, "projectId": "SEC"}] * 5) for _ in range(4)]
        await asyncio.gather(*singles, *batches)
        rows = await db.read(lambda tx: tx.fetch_all(NUMBERS))
        assert sorted(row[1] for row in rows if row[2] == "project_456") == list(range(1, 41))
        assert sorted(row[1] for row in rows if row[2] == "project_sec") == list(range(1, 21))
        assert [each["version"] for each in await log()] == list(range(1, 61))


class Counted:
    """A transaction that counts its statements; a statement that is run for many rows is one."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.statements: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._tx, name)
        if not name.startswith(("fetch_", "execute")):
            return found

        async def run(statement: Statement, *rows: Any, **values: Any) -> Any:
            self.statements[statement.compiled(self._tx.dialect).sql.split("\n")[0].strip()] += 1
            return await found(statement, *rows, **values)

        return run


class TestStatements:
    @pytest.fixture
    def statements(self, db: Database) -> AsyncCall["Counter[str]"]:
        """Create tickets, and give the statements that it took."""

        async def count(*bodies: dict[str, Any]) -> "Counter[str]":
            async def unit(tx: Transaction) -> "Counter[str]":
                counted: Any = Counted(tx)
                await create_tickets(counted, JANE, new(*bodies))
                found: Counter[str] = counted.statements
                return found

            return await db.write(unit)

        return count

    async def test_a_single_create_takes_nine(self, statements: AsyncCall["Counter[str]"], database_name: str) -> None:
        body = {"title": "bug", "projectId": "WEB"}
        first, again = await statements(body), await statements(body)
        words = 2 if database_name == "sqlite" else 0
        assert again.total() == 7 + words, again
        assert first.total() == again.total() + 2  # of words that nobody used before

    async def test_fifty_take_as_many_as_one(self, statements: AsyncCall["Counter[str]"]) -> None:
        body = {"title": "bug", "projectId": "WEB", "labelIds": ["label_1"], "assigneeId": "user_102"}
        await statements(body)
        one, fifty = await statements(body), await statements(*[body] * 50)
        assert fifty == one
        assert set(fifty.values()) == {1}

    async def test_each_further_place_takes_two_more(self, statements: AsyncCall["Counter[str]"]) -> None:
        web, sec = {"title": "bug", "projectId": "WEB"}, {"title": "bug", "projectId": "SEC"}
        await statements(web)
        one, two = await statements(*[web] * 20), await statements(*[web, sec] * 10)
        assert two.total() == one.total() + 2


class TestAnyone:
    async def test_root_creates_where_they_are_not_a_member(self, create: Written, jane: Client) -> None:
        [ticket_id] = await create({"title": "From above", "projectId": "SEC"}, actor=ROOT)
        assert (await jane.get(f"/api/tickets/{ticket_id}")).data["reporterId"] == "user_root"
