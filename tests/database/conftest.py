"""A database by itself, with one workspace in it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from codimir.config import Settings
from codimir.database.core import Database, Transaction
from codimir.database.opening import open_database
from codimir.database.statements import Statement, insert_into
from codimir.kit.collation import name_keys
from codimir.model.groups import groups
from codimir.model.workspaces import workspaces
from tests.calls import AsyncCall

NAMES = Statement(sa.select(groups.c.name).order_by(groups.c.name))
BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """An open database that knows the workspace `workspace_1`."""
    opened = await open_database(settings)
    await opened.write(_add_workspace)
    yield opened
    await opened.close()


@pytest.fixture
def add() -> AsyncCall[None]:
    """Write a group, which is a row like any other; rows of one name collide."""

    async def write(tx: Transaction, name: str, created_at: datetime = BEGINNING) -> None:
        row = {
            "id": f"group_{name}",
            "workspace_id": "workspace_1",
            "name": name,
            "description": None,
            "deleted_at": None,
        }
        await tx.execute(insert_into(groups), **row, **name_keys(name), created_at=created_at, updated_at=created_at)

    return write


@pytest.fixture
def names(database: Database) -> AsyncCall[list[str]]:
    """Give the names of all groups, in order."""

    async def read() -> list[str]:
        return [row[0] for row in await database.read(lambda tx: tx.fetch_all(NAMES))]

    return read


async def _add_workspace(tx: Transaction) -> None:
    stamps = {"created_at": BEGINNING, "updated_at": BEGINNING, "deleted_at": None}
    await tx.execute(
        insert_into(workspaces), id="workspace_1", name="One", slug="one", version=0, **stamps, **name_keys("One")
    )
