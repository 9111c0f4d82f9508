"""A disk is full: the worker waits for room and says so once, whatever else fails meanwhile."""

from collections import Counter
from typing import Any

import pytest

from codimir.database.core import Database
from codimir.database.forwarding import ForwardingDatabase
from codimir.webhooks.worker import running_delivery_worker
from tests.calls import AsyncCall
from tests.clients import Client
from tests.webhooks.conftest import HERE, Receiver

EVENTS = 40
MAX_TRIES = 20
"""Of a worker that waits twice as long each time; one that is woken by each failure makes hundreds."""


class Counting(ForwardingDatabase):
    """A database that counts what is asked of it."""

    def __init__(self, db: Any) -> None:
        super().__init__(db)
        self.asked: Counter[str] = Counter()

    async def read_long(self, unit: Any) -> Any:
        self.asked["read_long"] += 1
        return await super().read_long(unit)


@pytest.fixture
def database_name() -> str:
    return "sqlite"


class TestFullDisk:
    async def test_it_is_tried_seldom_and_logged_once_and_delivers_when_there_is_room(
        self,
        db: Database,
        new_webhook: AsyncCall[Any],
        new_ticket: AsyncCall[Any],
        jane: Client,
        receiver: Receiver,
        full_disk: AsyncCall[None],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        for _ in range(3):
            await new_webhook(events=["ticket.created"])
        for _ in range(EVENTS):
            await new_ticket(description="A longer story. " * 50)
        await full_disk()
        counting = Counting(db)
        async with running_delivery_worker(counting, HERE):
            statuses = [await _create(jane) for _ in range(200)]
            waits = [record.getMessage() for record in caplog.records if record.name == "codimir.webhooks"]
            tries = counting.asked["read_long"]
            assert (statuses[-1], waits) == (503, ["webhooks wait: database or disk is full"])
            assert tries < MAX_TRIES
            await full_disk(full=False)
            requests = await receiver.got(3 * EVENTS)
        assert len({each.headers["webhook-id"] for each in requests}) >= EVENTS
        unavailable = [each for each in caplog.messages if each.startswith("the database is not available")]
        assert len(unavailable) <= 1


async def _create(jane: Any) -> int:
    reply = await jane.post("/api/tickets", {"title": "One more", "description": "x" * 4_000})
    return int(reply.status)
