"""The demo is what the verbs would have made of the same story."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
import typer
from litestar import Litestar
from typeid import TypeID
from typer.testing import CliRunner

from codimir.authentication.tokens import start_session
from codimir.cli.demo import demo
from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.demo.company import DEMO_EMAIL, LAST_DAYS, Company, Plan, found_company
from codimir.demo.ids import id_at
from codimir.demo.lives import Life, creation_times, live
from codimir.demo.loading import PORTION, DemoExists, load_demo
from codimir.model.events import events
from codimir.model.notifications import notifications
from codimir.model.projects import projects
from codimir.model.tickets import tickets
from codimir.model.users import users
from codimir.model.workspaces import workspaces
from codimir.notifications.fanout import MAX_MAIL_AGE, read_log
from tests.calls import AsyncCall
from tests.clients import Client, People
from tests.prose import mentions_in

PLAN = Plan(tickets=PORTION + 50, projects=3, people=12)
OF_THE_DEMO = sa.select(workspaces.c.id).where(workspaces.c.slug == "demo").scalar_subquery()
MEMBERS = Statement(sa.select(users.c.id, users.c.email).order_by(users.c.email))
EVENTS = Statement(
    sa.select(events.c.version, events.c.created_at, events.c.ticket_id, events.c.type, events.c.changes)
    .where(events.c.workspace_id == OF_THE_DEMO)
    .order_by(events.c.version)
)
TOLD = Statement(
    sa.select(notifications.c.kind, sa.func.count())
    .join(users, users.c.id == notifications.c.user_id)
    .where(users.c.email == sa.bindparam("email"))
    .group_by(notifications.c.kind)
)
TO_MAIL = Statement(sa.select(sa.func.count()).where(notifications.c.mail_due_at.is_not(None)))
VERSION = Statement(sa.select(workspaces.c.version).where(workspaces.c.slug == "demo"))
KEYS = Statement(
    sa.select(projects.c.key, projects.c.ticket_counter, tickets.c.number, tickets.c.key)
    .join(tickets, tickets.c.project_id == projects.c.id)
    .where(projects.c.workspace_id == OF_THE_DEMO)
    .order_by(projects.c.key, tickets.c.number)
)


def tell(plan: Plan) -> tuple[Company, list[Life]]:
    rng = Random(plan.seed)
    company = found_company(rng, plan)
    return company, [live(rng, company, moment) for moment in creation_times(rng, plan)]


def rows_of(company: Company, name: str) -> list[dict[str, Any]]:
    [rows] = [rows for table, rows in company.rows if table.name == name]
    return rows


@pytest.fixture
async def sign_in(app: Litestar, db: Database) -> AsyncCall[Client]:
    """Load the demo and give a client for one of its people."""
    await load_demo(db, PLAN)
    people = {email: user_id for user_id, email in await db.read(lambda tx: tx.fetch_all(MEMBERS))}

    async def make(email: str) -> Client:
        token, _ = await db.write(lambda tx: start_session(tx, people[email]))
        return Client(app, {"cookie": f"next-auth.session-token={token}"})

    return make


@pytest.fixture
async def owner(sign_in: AsyncCall[Client]) -> Client:
    client: Client = await sign_in(DEMO_EMAIL)
    return client


class TestLoad:
    async def test_the_others_see_nothing_of_it(self, owner: Client, client: People) -> None:
        assert (await client("ada").get("/api/tickets")).total == 0

    async def test_its_owner_sees_every_ticket(self, owner: Client) -> None:
        assert (await owner.get("/api/tickets")).total == PLAN.tickets

    async def test_a_member_does_not_see_private_projects_of_others(self, sign_in: AsyncCall[Client]) -> None:
        company, _ = tell(PLAN)
        people, members = rows_of(company, "users"), rows_of(company, "project_members")
        hidden = company.teams[1].project_id
        inside = {row["user_id"] for row in members if row["project_id"] == hidden}
        stranger = next(row for row in people[3:] if row["id"] not in inside)
        reply = await (await sign_in(stranger["email"])).get("/api/tickets", limit=100)
        assert 0 < reply.total < PLAN.tickets
        assert hidden not in {ticket["projectId"] for ticket in reply.body["data"]}

    async def test_keys_have_no_gap_and_the_next_ticket_goes_on(self, owner: Client, db: Database) -> None:
        rows = await db.read(lambda tx: tx.fetch_all(KEYS))
        assert len(rows) == PLAN.tickets
        for name in {row[0] for row in rows}:
            own = [row for row in rows if row[0] == name]
            assert [row[2] for row in own] == list(range(1, own[0][1] + 1))
            assert [row[3] for row in own] == [f"{name}-{row[2]}" for row in own]
        name, counter, *_ = rows[0]
        made = await owner.post("/api/tickets", {"title": "One more", "projectId": name})
        assert made.data["key"] == f"{name}-{counter + 1}"

    async def test_versions_have_no_gap_and_follow_time(self, owner: Client, db: Database) -> None:
        rows = await db.read(lambda tx: tx.fetch_all(EVENTS))
        assert [row[0] for row in rows] == list(range(1, await db.read(lambda tx: tx.fetch_value(VERSION)) + 1))
        assert all(earlier[1] <= later[1] for earlier, later in pairwise(rows))

    async def test_events_tell_how_every_ticket_became_what_it_is(self, owner: Client, db: Database) -> None:
        told: dict[str, dict[str, Any]] = {}
        counted: dict[str, dict[str, int]] = {}
        for _, at, ticket_id, kind, changes in await db.read(lambda tx: tx.fetch_all(EVENTS)):
            if ticket_id is not None and kind.startswith("ticket."):
                assert_follows(told.setdefault(ticket_id, {}), changes)
            elif ticket_id is not None:
                counts = counted.setdefault(ticket_id, {"comments": 0, "attachments": 0, "timeLogs": 0})
                counts["comments" if kind == "comment.created" else "timeLogs"] += 1
            if ticket_id is not None:
                told[ticket_id]["updatedAt"] = max(at, told[ticket_id].get("updatedAt", at))
        listed = [
            ticket
            for page in range(1, 4)
            for ticket in (await owner.get("/api/tickets", limit=100, page=page)).body["data"]
        ]
        assert len(listed) == len(told) == PLAN.tickets
        for ticket in listed:
            last = told[ticket["id"]]
            assert {label["id"] for label in ticket["labels"]} == set(last.pop("labelIds", []))
            assert ticket["updatedAt"] == last.pop("updatedAt").isoformat().replace("+00:00", "Z")
            assert {name: ticket[name] for name in last} == last
            assert ticket["_count"] == counted.get(ticket["id"], {"comments": 0, "attachments": 0, "timeLogs": 0})

    async def test_search_finds_words_of_titles_and_comments(self, owner: Client) -> None:
        _, lives = tell(PLAN)
        life = next(life for life in lives if life.comments)
        for words in (life.ticket["title"], life.comments[0]["content"]):
            found = await owner.get("/api/tickets", search=words, limit=100)
            assert life.ticket["id"] in {ticket["id"] for ticket in found.body["data"]}

    async def test_one_that_ends_now_fills_the_inbox_of_its_owner_and_mails_nobody(self, db: Database) -> None:
        ends = datetime.now(UTC) - MAX_MAIL_AGE
        await load_demo(db, Plan(tickets=500, projects=3, people=12, ends=ends))
        while await read_log(db, mentions_in, mails=True):
            pass
        kinds: dict[str, Any] = dict(await db.read(lambda tx: tx.fetch_all(TOLD, email=DEMO_EMAIL)))
        assert {"mentioned", "assigned"} <= set(kinds)
        assert await db.read(lambda tx: tx.fetch_value(TO_MAIL)) == 0

    async def test_is_refused_where_it_is_already(self, owner: Client, db: Database) -> None:
        with pytest.raises(DemoExists, match='"demo" exists already'):
            await load_demo(db, PLAN)
        assert (await owner.get("/api/tickets")).total == PLAN.tickets


def assert_follows(state: dict[str, Any], changes: Mapping[str, Any]) -> None:
    """Each change begins with what the one before it left."""
    for name, (old, new) in changes.items():
        assert state.get(name) == old
        state[name] = new


class TestStory:
    def test_is_the_same_for_the_same_plan(self) -> None:
        assert tell(PLAN) == tell(PLAN)

    def test_ends_when_it_shall(self) -> None:
        _, lives = tell(PLAN)
        moments = [event["created_at"] for life in lives for event in life.events]
        assert min(moments) >= PLAN.begins
        assert max(moments) <= PLAN.ends

    def test_is_of_the_same_tickets_whenever_it_ends(self) -> None:
        _, lives = tell(PLAN)
        _, later = tell(replace(PLAN, ends=PLAN.ends + timedelta(days=17, hours=5)))
        assert [life.ticket["title"] for life in lives] == [life.ticket["title"] for life in later]

    def test_has_something_for_its_owner_in_the_last_days(self) -> None:
        plan = Plan(2_000, projects=8, people=40)
        company, lives = tell(plan)
        recent = [event for life in lives for event in life.events if event["created_at"] > plan.ends - LAST_DAYS]
        given = [event for event in recent if event["changes"].get("assigneeId", [None])[-1] == company.owner_id]
        called = [event for event in recent if "@demo " in str(event["changes"].get("content"))]
        assert 5 < len(given) < 30
        assert 5 < len(called) < 30

    def test_has_about_one_comment_for_a_ticket(self) -> None:
        _, lives = tell(Plan(2_000, projects=5, people=30))
        counts = [life.ticket["comment_count"] for life in lives]
        assert 0.7 < sum(counts) / len(counts) < 1.3
        assert max(counts) > 10

    @pytest.mark.parametrize(("projects", "people"), [(1, 1), (30, 4), (2, 50)])
    def test_is_told_of_companies_of_any_size(self, projects: int, people: int) -> None:
        company, lives = tell(Plan(20, projects, people))
        assert len(lives) == 20
        assert {member for team in company.teams for member in team.writers} <= set(company.people)

    def test_everyone_is_in_a_project(self) -> None:
        company, _ = tell(Plan(1, projects=5, people=60))
        assert {row["user_id"] for row in rows_of(company, "project_members")} >= set(company.people[1:])


class TestIds:
    def test_are_typeids_of_their_moment(self) -> None:
        moment = datetime(2026, 2, 3, 4, 5, 6, 789_000, tzinfo=UTC)
        made = TypeID.from_string(id_at(Random(1), "ticket", moment))
        uuid = made.uuid
        assert (made.prefix, uuid.version, uuid.variant) == ("ticket", 7, "specified in RFC 4122")
        assert uuid.int >> 80 == moment.timestamp() * 1000


class TestCommand:
    def test_loads_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CODIMIR_DATABASE_URL", raising=False)
        app = typer.Typer()
        app.command()(demo)
        asked = ["--tickets", "30", "--projects", "2", "--people", "5", "--data-dir", str(tmp_path / "data")]
        first = CliRunner().invoke(app, asked)
        assert (first.exit_code, "session demo@example.com" in first.stdout) == (0, True), first.output
        second = CliRunner().invoke(app, asked)
        assert second.exit_code == 2
        assert second.stderr == 'codimir: the demo cannot be loaded here: the workspace "demo" exists already\n'
