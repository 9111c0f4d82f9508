"""The totals of activities come from counters of the log, and are what one finds page by page."""

from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.model.events import event_counts, events
from codimir.model.tickets import tickets
from codimir.trash.purging import empty_trash
from tests.clients import Client, People

WORKSPACE = "/api/workspaces/workspace_789/activity"
PROJECTS = ("/api/projects/project_456/activity", "/api/projects/project_sec/activity")
PEOPLE = ("ada", "jane", "john", "mia", "victor", "root")
PLACES = ("project_456", "project_sec", None)
PAGE = 25
STEPS = 60

_KEPT = Statement(
    sa.select(event_counts.c.place_id, event_counts.c.ticket_place_id, event_counts.c.count).where(
        event_counts.c.count != sa.literal_column("0")
    )
)
_PLACE = sa.func.coalesce(events.c.project_id, events.c.workspace_id)
_TICKET_PLACE = sa.func.coalesce(tickets.c.container_id, sa.literal_column("''"))
_COUNTED = Statement(
    sa.select(_PLACE, _TICKET_PLACE, sa.func.count())
    .select_from(events.outerjoin(tickets, tickets.c.id == events.c.ticket_id))
    .group_by(_PLACE, _TICKET_PLACE)
)


class Company:
    """People who work at random."""

    def __init__(self, app: Litestar, client: People, seed: int) -> None:
        self._random = Random(seed)
        self._app = app
        self._jane, self._ada = client("jane"), client("ada")
        self._there: list[str] = []
        self._deleted: list[str] = []

    async def work(self) -> None:
        """Do something that is told in the log, or that changes who may see what is told there."""
        deeds = [self._write] * 4 + [self._move] * 3 + [self._delete] * 2 + [self._restore, self._publish, self._purge]
        await self._random.choice(deeds)()

    async def _write(self) -> None:
        body = {"title": "A ticket", "projectId": self._random.choice(PLACES)}
        self._there.append((await self._jane.post("/api/tickets", body)).data["id"])

    async def _move(self) -> None:
        if self._there:
            ref = self._random.choice(self._there)
            await self._jane.put(f"/api/tickets/{ref}", {"projectId": self._random.choice(PLACES)})
            await self._jane.post(f"/api/tickets/{ref}/comments", {"content": "Here now"})

    async def _delete(self) -> None:
        if self._there:
            self._deleted.append(self._there.pop(self._random.randrange(len(self._there))))
            assert (await self._jane.delete(f"/api/tickets/{self._deleted[-1]}")).status == 204

    async def _restore(self) -> None:
        if self._deleted:
            ref = self._deleted.pop()
            assert (await self._jane.post(f"/api/trash/{ref}/restore")).status == 200
            self._there.append(ref)

    async def _publish(self) -> None:
        visibility = self._random.choice(("public", "private"))
        assert (await self._ada.put("/api/project/project_sec", {"visibility": visibility})).status == 200

    async def _purge(self) -> None:
        await empty_trash(self._app.state.database, self._app.state.files, timedelta(0))
        self._deleted.clear()


async def count_page_by_page(who: Client, path: str) -> int:
    found, page = 0, 1
    while rows := (await who.get(path, limit=PAGE, page=page)).data:
        found, page = found + len(rows), page + 1
    return found


class TestCounters:
    @pytest.mark.parametrize("seed", range(3))
    async def test_totals_are_what_one_finds_page_by_page(
        self, app: Litestar, client: People, db: Database, seed: int
    ) -> None:
        company = Company(app, client, seed)
        for _ in range(STEPS):
            await company.work()
        kept, counted = [await db.read(lambda tx, s=statement: tx.fetch_all(s)) for statement in (_KEPT, _COUNTED)]
        assert sorted(kept) == sorted(counted)
        for who in PEOPLE:
            for path in (WORKSPACE, *PROJECTS):
                reply = await client(who).get(path)
                if reply.status == 200:
                    assert reply.total == await count_page_by_page(client(who), path), (who, path)
