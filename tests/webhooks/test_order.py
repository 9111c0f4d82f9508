"""The order of deliveries: those about one ticket come as things happened, as long as nothing fails twice."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.kit.clock import utc_now
from codimir.model.webhooks import OPEN, webhook_deliveries
from codimir.webhooks import queue, schedule
from codimir.webhooks.worker import running_delivery_worker
from tests.calls import AsyncCall
from tests.clients import Client
from tests.webhooks.conftest import HERE, OK, Receiver

NEXT = webhook_deliveries.c.next_attempt_at
WAITING = Statement(sa.select(NEXT).where(OPEN).order_by(webhook_deliveries.c.version))
REFUSED = b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n"


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what failed be tried again soon."""
    monkeypatch.setattr(schedule, "DELAYS", (timedelta(seconds=0.3), timedelta(minutes=5), timedelta(hours=1)))


def titles(receiver: Any, ticket: Any) -> list[str]:
    """Give the titles of a ticket in the order in which they arrived."""
    events = [request.event for request in receiver.requests]
    return [
        event["data"]["changes"]["title"][1] for event in events
        if event["type"] == "ticket.updated" and event["data"]["ticket"]["id"] == ticket["id"]
    ]  # fmt: skip


async def rename(jane: Any, ticket: Any, names: list[str]) -> None:
    for name in names:
        assert (await jane.put(f"/api/tickets/{ticket['id']}", {"title": name})).status == 200


class TestOrder:
    async def test_many_changes_of_one_ticket_arrive_as_they_happened(
        self, jane: Client, db: Database, new_ticket: AsyncCall[Any], new_webhook: AsyncCall[Any], receiver: Receiver
    ) -> None:
        ticket, names = await new_ticket(), [f"title {number:02}" for number in range(20)]
        await new_webhook(events=["ticket.updated"])
        waits = iter([0.05, 0.0] * 10)

        async def late(writer: Any) -> None:
            await asyncio.sleep(next(waits))
            writer.write(OK)

        receiver.reply = late
        await rename(jane, ticket, names)
        async with running_delivery_worker(db, HERE), running_delivery_worker(db, HERE):
            await receiver.got(len(names))
        assert titles(receiver, ticket) == names
        assert receiver.most_under_way == 1

    async def test_different_tickets_do_not_wait_for_each_other(
        self,
        jane: Client,
        new_ticket: AsyncCall[Any],
        new_webhook: AsyncCall[Any],
        receiver: Receiver,
        delivery_worker: None,
    ) -> None:
        tickets = [await new_ticket() for _ in range(4)]
        await new_webhook(events=["ticket.updated"])
        all_here = asyncio.Event()

        async def when_all_are_here(writer: Any) -> None:
            if receiver.under_way == len(tickets):
                all_here.set()
            await all_here.wait()
            writer.write(OK)

        receiver.reply = when_all_are_here
        for ticket in tickets:
            await rename(jane, ticket, ["other"])
        await receiver.got(len(tickets))

    async def test_the_order_holds_over_one_failure(
        self,
        jane: Client,
        new_ticket: AsyncCall[Any],
        new_webhook: AsyncCall[Any],
        receiver: Receiver,
        delivery_worker: None,
        soon: None,
    ) -> None:
        ticket = await new_ticket()
        await new_webhook(events=["ticket.updated"])
        answers = iter([REFUSED, OK, OK, OK])

        async def fail_once(writer: Any) -> None:
            writer.write(next(answers))

        receiver.reply = fail_once
        await rename(jane, ticket, ["one", "two", "three"])
        await receiver.got(4)
        assert titles(receiver, ticket) == ["one", "one", "two", "three"]

    async def test_what_fails_twice_lets_the_others_go_on(
        self,
        jane: Client,
        new_ticket: AsyncCall[Any],
        new_webhook: AsyncCall[Any],
        receiver: Receiver,
        delivery_worker: None,
        soon: None,
    ) -> None:
        ticket = await new_ticket()
        await new_webhook(events=["ticket.updated"])

        async def never_the_first(writer: Any) -> None:
            is_first = receiver.requests[-1].event["data"]["changes"]["title"][1] == "one"
            writer.write(REFUSED if is_first else OK)

        receiver.reply = never_the_first
        await rename(jane, ticket, ["one", "two", "three"])
        await receiver.got(4)
        assert titles(receiver, ticket) == ["one", "one", "two", "three"]

    async def test_a_receiver_that_asks_for_patience_holds_nothing_up(
        self,
        jane: Client,
        new_ticket: AsyncCall[Any],
        new_webhook: AsyncCall[Any],
        receiver: Receiver,
        delivery_worker: None,
    ) -> None:
        ticket = await new_ticket()
        await new_webhook(events=["ticket.updated"])
        patience = b"HTTP/1.1 503 Busy\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n"
        answers = iter([patience, OK])

        async def busy_first(writer: Any) -> None:
            writer.write(next(answers))

        receiver.reply = busy_first
        await rename(jane, ticket, ["one", "two"])
        await receiver.got(2)
        assert titles(receiver, ticket) == ["one", "two"]

    async def test_what_waits_for_an_earlier_one_is_not_looked_at_again_and_again(
        self, jane: Client, db: Database, new_ticket: AsyncCall[Any], new_webhook: AsyncCall[Any], receiver: Receiver,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(queue, "LOOKED_AT", 3)
        ticket, receiver.reply = await new_ticket(), REFUSED
        await new_webhook(events=["ticket.updated"])
        await rename(jane, ticket, [f"title {number}" for number in range(10)])
        async with running_delivery_worker(db, HERE):
            await receiver.got(1)
            waiting = await db.fetch_all(WAITING)
        assert len(waiting) == 10
        assert all(due > utc_now() for (due,) in waiting)

    async def test_what_was_put_aside_goes_as_soon_as_the_earlier_one_has_ended(
        self,
        jane: Client,
        db: Database,
        new_ticket: AsyncCall[Any],
        new_webhook: AsyncCall[Any],
        receiver: Receiver,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(queue, "LEASE", timedelta(hours=1))
        ticket, names = await new_ticket(), [f"title {number}" for number in range(10)]
        await new_webhook(events=["ticket.updated"])
        await rename(jane, ticket, names)
        async with running_delivery_worker(db, HERE):
            await receiver.got(len(names))
        assert titles(receiver, ticket) == names
