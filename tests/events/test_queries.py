"""Reading the log after a position."""

from datetime import timedelta
from typing import Any

import pytest

from codimir.authorization.actor import Actor
from codimir.database.core import Database, Transaction
from codimir.events.queries import advance, get_log_reader, present_versions, read_after
from codimir.events.recording import record
from codimir.events.types import GroupCreated
from tests.calls import AsyncCall
from tests.clients import Client

ACME, GLOBEX = "workspace_789", "workspace_globex"


@pytest.fixture
def happen(db: Database) -> AsyncCall[None]:
    """Let something happen in a workspace."""

    async def write(workspace_id: str, name: str) -> None:
        async def unit(tx: Transaction) -> None:
            event = GroupCreated(workspace_id=workspace_id, subject_id="group_103", changes={"name": (None, name)})
            await record(tx, "user_ada", event)

        await db.write(unit)

    return write


async def names_after(db: Database, positions: Any, limit: int = 100) -> tuple[list[str], dict[str, int], bool]:
    read, more = await db.read(lambda tx: read_after(tx, positions, limit))
    return [event.changes["name"][1] for event in read], advance(positions, read), more


class TestReadAfter:
    async def test_it_gives_every_event_once_and_in_order(self, db: Database, happen: AsyncCall[None]) -> None:
        for n in range(5):
            await happen(ACME, str(n))
        positions, seen = {ACME: 0}, []
        for left in (True, True, False):
            names, positions, more = await names_after(db, positions, limit=2)
            seen += names
            assert more is left
        assert seen == ["0", "1", "2", "3", "4"]
        assert await names_after(db, positions) == ([], {ACME: 5}, False)

    async def test_workspaces_are_merged_by_time(self, db: Database, happen: AsyncCall[None]) -> None:
        for n, workspace_id in enumerate((ACME, GLOBEX, ACME, GLOBEX)):
            await happen(workspace_id, str(n))
        assert await names_after(db, {ACME: 0, GLOBEX: 0}) == (["0", "1", "2", "3"], {ACME: 2, GLOBEX: 2}, False)
        assert await names_after(db, {ACME: 0, GLOBEX: 0}, 3) == (["0", "1", "2"], {ACME: 2, GLOBEX: 1}, True)

    async def test_other_workspaces_are_left_out(self, db: Database, happen: AsyncCall[None]) -> None:
        await happen(GLOBEX, "secret")
        assert await names_after(db, {ACME: 0}) == ([], {ACME: 0}, False)

    async def test_it_says_who_did_it_and_when(self, db: Database, happen: AsyncCall[None]) -> None:
        await happen(ACME, "Platform")
        [event], _ = await db.read(lambda tx: read_after(tx, {ACME: 0}, 10))
        assert event.actor is not None
        assert (event.actor.name, event.type, event.version) == ("Ada Owner", "group.created", 1)
        assert event.created_at.utcoffset() == timedelta(0)

    async def test_the_present_is_where_it_ends(self, db: Database, happen: AsyncCall[None]) -> None:
        await happen(ACME, "Platform")
        present = await db.read(lambda tx: present_versions(tx, [ACME, GLOBEX, "workspace_none"]))
        assert present == {ACME: 1, GLOBEX: 0}


class TestViewer:
    ROLES = {"ada": "OWNER", "jane": "MEMBER", "mia": "MEMBER", "eve": None}

    async def can_read(self, db: Database, who: str, user_id: str) -> list[str]:
        workspaces = {ACME: self.ROLES[who]} if self.ROLES[who] else {GLOBEX: "OWNER"}
        actor = Actor(user_id, who, "EDITOR", workspaces)  # type: ignore[arg-type]

        async def unit(tx: Transaction) -> list[str]:
            viewer = await get_log_reader(tx, actor)
            read, _ = await read_after(tx, {ACME: 0}, 100)
            return [event.type for event in read if viewer.can_read(event)]

        return await db.read(unit)

    async def test_a_private_project_is_seen_by_its_members_and_by_who_runs_the_workspace(
        self, db: Database, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket(projectId="project_sec")
        assert await self.can_read(db, "jane", "user_101") == ["ticket.created"]
        assert await self.can_read(db, "ada", "user_ada") == ["ticket.created"]
        assert await self.can_read(db, "mia", "user_mia") == []
        assert await self.can_read(db, "eve", "user_eve") == []

    async def test_a_ticket_takes_its_past_along_into_a_private_project(
        self, db: Database, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket()
        assert await self.can_read(db, "mia", "user_mia") == ["ticket.created"]
        await jane.put(f"/api/tickets/{ticket['id']}", {"projectId": "project_sec"})
        assert await self.can_read(db, "mia", "user_mia") == []
        assert await self.can_read(db, "jane", "user_101") == ["ticket.created", "ticket.updated"]

    async def test_what_happened_in_a_private_project_stays_there(
        self, db: Database, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        ticket = await new_ticket(projectId="project_sec")
        await jane.put(f"/api/tickets/{ticket['id']}", {"projectId": "project_456"})
        assert await self.can_read(db, "mia", "user_mia") == ["ticket.updated"]
