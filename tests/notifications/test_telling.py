"""Whom an event concerns."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.model.events import events
from codimir.model.notifications import notification_positions
from codimir.notifications import fanout
from codimir.notifications.fanout import MAX_EVENT_AGE, read_log
from tests.calls import AsyncCall
from tests.clients import Client, People
from tests.prose import mentions_in

JANE, JOHN = "Jane Smith", "John Doe"


class TestAssigned:
    async def test_the_new_assignee_is_told(
        self, inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]], new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(assigneeId="user_102")
        assert await inbox("john") == [("assigned", JANE, "Fix login")]
        assert ticket["title"] == "Fix login"

    async def test_nobody_is_told_of_what_they_did(
        self, inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]], jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(assigneeId="user_101")
        await jane.put(f"/api/tickets/{ticket['id']}/status", {"status": "done"})
        await jane.post(f"/api/tickets/{ticket['id']}/comments", {"content": "Done, @jane"})
        assert await inbox("jane") == []

    async def test_the_former_assignee_is_not(
        self, inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]], jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(assigneeId="user_102")
        await jane.put(f"/api/tickets/{ticket['id']}/assignee", {"assigneeId": "user_ada"})
        assert await inbox("ada") == [("assigned", JANE, "Fix login")]
        assert len(await inbox("john")) == 1


class TestMentioned:
    async def test_in_a_description_and_in_a_comment(
        self, inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]], jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(description="Ask @mia")
        await jane.post(f"/api/tickets/{ticket['id']}/comments", {"content": "@Mia.Member, please"})
        assert await inbox("mia") == [("mentioned", JANE, "Fix login")] * 2

    async def test_only_when_the_mention_is_new(
        self, inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]], jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(description="Ask @mia")
        await jane.put(f"/api/tickets/{ticket['id']}", {"description": "Ask @mia, or @ada"})
        assert len(await inbox("mia")) == len(await inbox("ada")) == 1

    async def test_not_in_code(
        self, inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(description="Run `mail @mia` or\n```\n@mia\n```")
        assert await inbox("mia") == []

    async def test_who_does_not_see_the_ticket_is_not_told(
        self, inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]], new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(projectId="project_sec", description="@mia @john @eve")
        assert await inbox("mia") == await inbox("eve") == []
        assert await inbox("john") == [("mentioned", JANE, "Fix login")]


class TestFollowed:
    async def test_reporter_assignee_and_earlier_commenters_are_told(
        self, inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]], client: People, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(assigneeId="user_102")
        at = f"/api/tickets/{ticket['id']}"
        await client("mia").post(f"{at}/comments", {"content": "I saw it too"})
        await client("john").post(f"{at}/comments", {"content": "Found it"})
        await client("john").put(f"{at}/status", {"status": "in_review"})
        commented, changed = ("commented", JOHN, "Fix login"), ("status_changed", JOHN, "Fix login")
        assert await inbox("jane") == [changed, commented, ("commented", "Mia Member", "Fix login")]
        assert await inbox("mia") == [changed, commented]
        assert await inbox("john") == [("commented", "Mia Member", "Fix login"), ("assigned", JANE, "Fix login")]

    async def test_a_mention_is_the_nearer_reason(
        self, inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]], client: People, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        await client("john").post(f"/api/tickets/{ticket['id']}/comments", {"content": "@jane?"})
        assert await inbox("jane") == [("mentioned", JOHN, "Fix login")]


class TestAdded:
    async def test_to_a_project(self, inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]], client: People) -> None:
        await client("ada").post("/api/projects/SEC/members", {"userId": "user_mia"})
        assert await inbox("mia") == [("added", "Ada Owner", None)]


class TestReading:
    async def test_who_wants_none_gets_none(
        self,
        inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]],
        set_user: AsyncCall[None],
        new_ticket: AsyncCall[Any],
    ) -> None:
        await set_user("john", preferences={"notifications": False})
        await new_ticket(assigneeId="user_102")
        assert await inbox("john") == []

    async def test_servers_that_read_at_once_tell_once(
        self, inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]], db: Database, new_ticket: AsyncCall[Any]
    ) -> None:
        for _ in range(5):
            await new_ticket(assigneeId="user_102")
        await asyncio.gather(*[read_log(db, mentions_in, mails=False) for _ in range(8)])
        assert len(await inbox("john")) == 5

    async def test_the_log_read_again_tells_nothing_twice(
        self, inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]], db: Database, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(assigneeId="user_102")
        assert len(await inbox("john")) == 1
        forget = Statement(sa.delete(notification_positions))
        await db.write(lambda tx: tx.execute(forget))
        assert len(await inbox("john")) == 1

    async def test_more_than_one_portion_is_read(
        self,
        inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]],
        new_ticket: AsyncCall[Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("codimir.notifications.fanout.MAX_EVENTS", 2)
        for _ in range(5):
            await new_ticket(assigneeId="user_102")
        assert len(await inbox("john")) == 5

    async def test_what_is_long_past_concerns_nobody(
        self, inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]], db: Database, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(assigneeId="user_102")
        earlier = Statement(sa.update(events).values(created_at=sa.bindparam("then", type_=events.c.created_at.type)))
        await db.write(lambda tx: tx.execute(earlier, then=tx.now - MAX_EVENT_AGE - timedelta(minutes=1)))
        assert await inbox("john") == []


class TestLongLog:
    async def test_it_is_read_a_part_at_a_time_where_hardly_anything_concerns_anybody(
        self,
        db: Database,
        inbox: Callable[..., Awaitable[list[tuple[Any, ...]]]],
        new_ticket: AsyncCall[Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """An import brings millions of old events; looked through at once they take longer than reads may."""
        monkeypatch.setattr(fanout, "MAX_VERSIONS", 2)
        for number in range(6):
            await new_ticket(title=f"Ticket {number}")
        await new_ticket(title="Hers", assigneeId="user_102")
        await read_log(db, mentions_in, mails=True)
        position = Statement(sa.select(notification_positions.c.read_version))
        assert await db.read(lambda tx: tx.fetch_column(position)) == [2]
        assert await inbox("john") == [("assigned", JANE, "Hers")]
