"""Whatever a write changes of what tags are made from, it raises the version that they name."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.authentication.passwords import hash_password
from codimir.database.core import Database, Transaction, Unit
from codimir.database.schema import metadata
from codimir.database.statements import Statement
from codimir.model.jobs import background_jobs
from codimir.revisions.versions import PEOPLE
from codimir.trash.purging import empty_trash
from tests.access.matrix import ROWS, Row
from tests.access.test_matrix import send, things, url_of
from tests.calls import AsyncCall
from tests.clients import People

__all__ = ["things"]

VERSIONED = {name for name, table in metadata.tables.items() if table.info.get("versioned")}
TABLES = [metadata.tables[name] for name in sorted(VERSIONED)]
COLUMNS = {"workspaces": "id", "users": None, "people_version": None}
"""What names the workspace of a row, where that is not `workspace_id`; people are in none."""
ALL = {table.name: Statement(sa.select(*table.columns)) for table in TABLES}
WORLD = dict[tuple[str, str], set[str]]
"""The rows of every table by their workspaces."""

PASSWORD = "correct horse"
NEWCOMER = {"name": "Grace", "password": PASSWORD}
MORE = [
    Row("PUT /api/tickets/{ref}", "", {"projectId": "WEB", "labelIds": ["label_1"], "assigneeId": "user_102"}),
    Row("PUT /api/tickets/{ref}", "", {"labelIds": ["label_sec"]}),
    Row("PUT /api/project/{ref}", "", {"key": "SAFE"}),
    Row("PUT /api/project/{ref}", "", {"visibility": "public", "status": "archived"}),
    Row("PUT /api/project/{ref}/members/{user_id}", "", {"role": "OWNER"}),
    Row("PUT /api/users/{user_id}", "", {"disabled": True}),
    Row("PUT /api/user/password", "", {"current": PASSWORD, "new": "battery staple"}),
    Row("DELETE /api/workspaces/{empty}", ""),
    Row("POST /api/invitations/{token}/join", "", NEWCOMER),
    Row("POST /api/auth/reset/{reset}", "", {"password": PASSWORD}),
]
"""Writes besides those of the matrix, or with more in their bodies."""
REFUSED = {"PUT /api/user/password", "DELETE /api/workspaces/{ref}"}
"""Writes that the matrix only tries in vain."""
PEOPLE_IN_TURN = ("jane", "ada", "root", "eve", None)


class Notes:
    """What every write changed, and what of it no version tells."""

    def __init__(self) -> None:
        self.stays = False
        self.changed: set[str] = set()
        self.silent: list[tuple[str, str]] = []

    def take(self) -> tuple[set[str], list[tuple[str, str]]]:
        """Give what was noted, and begin anew."""
        taken = self.changed, self.silent
        self.changed, self.silent = set(), []
        return taken

    async def around(self, tx: Transaction, unit: Unit[Any]) -> Any:
        before = await world_in(tx)
        result = await unit(tx)
        after = await world_in(tx)
        different = {key for key in before | after if before.get(key) != after.get(key)}
        raised = {workspace for table, workspace in different if table in ("workspaces", "people_version")}
        self.changed |= {table for table, _ in different}
        self.silent += sorted(key for key in different if key[1] not in raised)
        return result


class UndoneError(Exception):
    def __init__(self, result: Any) -> None:
        self.result = result


async def world_in(tx: Transaction) -> WORLD:
    world: WORLD = {}
    for table in TABLES:
        column = COLUMNS.get(table.name, "workspace_id")
        place = None if column is None else [*table.columns.keys()].index(column)
        for row in await tx.fetch_all(ALL[table.name]):
            world.setdefault((table.name, PEOPLE if place is None else row[place]), set()).add(repr(row))
    return world


@pytest.fixture
def notes(db: Database, monkeypatch: pytest.MonkeyPatch) -> Notes:
    """Note what every write changes; nothing stays unless that is said."""
    write, noted = db.write, Notes()

    async def write_and_note(unit: Unit[Any]) -> Any:
        async def undone(tx: Transaction) -> Any:
            result = await noted.around(tx, unit)
            if noted.stays:
                return result
            raise UndoneError(result)

        try:
            return await write(undone)
        except UndoneError as done:
            return done.result

    monkeypatch.setattr(db, "write", write_and_note)
    return noted


class TestVersions:
    async def test_every_write_raises_the_version_of_what_it_changes(
        self,
        app: Litestar,
        client: People,
        things: dict[str, str],
        set_user: AsyncCall[None],
        notes: Notes,
        db: Database,
    ) -> None:
        notes.stays = True
        await set_user("jane", password_hash=hash_password(PASSWORD))
        named = await _links_and_an_empty_workspace(client)
        people = [client(who) for who in PEOPLE_IN_TURN]
        notes.take()
        notes.stays = False
        silent, never, changed = {}, set(), set()
        for row in (*ROWS, *MORE):
            if row.route.startswith("GET"):
                continue
            done = [(await send(someone, row, url_of(row.route, things | named)))[0] < 300 for someone in people]
            tables, unsaid = notes.take()
            changed |= tables
            if unsaid:
                silent[f"{row.route} {row.body}"] = unsaid
            if not any(done):
                never.add(row.route)
        assert silent == {}
        assert never <= REFUSED
        notes.stays = True
        assert await empty_trash(db, app.state.files, timedelta(days=-1)) > 0
        tables, unsaid = notes.take()
        assert unsaid == []
        jobs = {background_jobs.name}  # only changes of many tickets leave one: tests/jobs/test_jobs.py
        assert changed | tables | jobs == VERSIONED

    async def test_a_change_that_nobody_records_would_be_found(self, db: Database, notes: Notes) -> None:
        forgotten = Statement(sa.update(metadata.tables["labels"]).values(color="#000001"))
        await db.write(lambda tx: tx.execute(forgotten))
        changed, silent = notes.take()
        assert changed == {"labels"}
        assert silent == [("labels", "workspace_789"), ("labels", "workspace_globex")]


async def _links_and_an_empty_workspace(client: Any) -> dict[str, str]:
    ada = client("ada")
    invited = await ada.post("/api/workspaces/workspace_789/invitations", {"email": "grace@example.com"})
    reset = await client("root").post("/api/users/user_101/reset-link")
    empty = await ada.post("/api/workspaces", {"name": "Empty"})
    links = {"token": invited.data["url"], "reset": reset.data["url"]}
    return {name: url.rpartition("/")[2] for name, url in links.items()} | {"empty": empty.data["id"]}
