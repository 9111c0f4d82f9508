"""Undoing as someone of the cast."""

from typing import Any

import pytest
import sqlalchemy as sa

from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.model.events import events
from tests.calls import AsyncCall
from tests.clients import People


@pytest.fixture
def logged(db: Database) -> AsyncCall[list[tuple[str, str, str]]]:
    """Give the events of Acme, oldest first: (id, type, batch)."""
    columns = events.c
    statement = Statement(
        sa.select(columns.id, columns.type, columns.batch_id)
        .where(columns.workspace_id == "workspace_789")
        .order_by(columns.version)
    )

    async def read() -> list[tuple[str, str, str]]:
        return [(row[0], row[1], row[2]) for row in await db.read(lambda tx: tx.fetch_all(statement))]

    return read


@pytest.fixture
def undo_last(client: People, logged: AsyncCall[list[tuple[str, str, str]]]) -> AsyncCall[Any]:
    """Undo the last event, or the whole batch of it."""

    async def run(who: str = "jane", *, batch: bool = False) -> Any:
        event_id, _, batch_id = (await logged())[-1]
        return await client(who).post(f"/api/batches/{batch_id}/undo" if batch else f"/api/events/{event_id}/undo")

    return run
