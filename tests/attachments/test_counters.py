"""The counters of a ticket after any mixture of adding and deleting."""

import asyncio
import random
from typing import Any

import sqlalchemy as sa

from codimir.database.core import Database
from codimir.database.statements import Statement
from codimir.model.attachments import attachments
from codimir.model.comments import comments
from codimir.model.timelogs import time_logs
from tests.calls import AsyncCall
from tests.clients import Client

TABLES = {"comments": comments, "attachments": attachments, "timeLogs": time_logs}
PATHS = {"comments": "comments", "attachments": "attachments", "timeLogs": "time-logs"}


async def add(jane: Any, attach: Any, ticket: str, noun: str) -> Any:
    path = f"/api/tickets/{ticket}/{PATHS[noun]}"
    if noun == "attachments":
        return await attach(path)
    return await jane.post(path, {"content": "x"} if noun == "comments" else {"minutes": 1})


async def rows_of(db: Database, ticket: str) -> dict[str, int]:
    counted = {}
    for noun, table in TABLES.items():
        count = Statement(
            sa.select(sa.func.count())
            .select_from(table)
            .where(table.c.ticket_id == sa.bindparam("ticket"), table.c.deleted_at.is_(None))
        )
        counted[noun] = await db.read(lambda tx, count=count: tx.fetch_value(count, ticket=ticket))
    return counted


class TestCounters:
    async def test_they_equal_the_rows_after_any_mixture(
        self, jane: Client, db: Database, new_ticket: AsyncCall[Any], attach: AsyncCall[Any]
    ) -> None:
        chance = random.Random(7)
        tickets = [(await new_ticket())["id"] for _ in range(2)]
        there: list[str] = []
        for _ in range(60):
            if there and chance.random() < 0.4:
                gone = there.pop(chance.randrange(len(there)))
                assert (await jane.delete(gone)).status == 204
                assert (await jane.delete(gone)).status == 404
            else:
                reply = await add(jane, attach, chance.choice(tickets), chance.choice(list(TABLES)))
                there.append(reply.headers["location"])
        for ticket in tickets:
            counts = (await jane.get(f"/api/tickets/{ticket}")).data["_count"]
            totals = {
                noun: (await jane.get(f"/api/tickets/{ticket}/{path}", limit=1)).total for noun, path in PATHS.items()
            }
            assert counts == totals == await rows_of(db, ticket)

    async def test_they_equal_the_rows_when_all_happens_at_once(
        self, jane: Client, db: Database, new_ticket: AsyncCall[Any], attach: AsyncCall[Any]
    ) -> None:
        ticket = (await new_ticket())["id"]
        added = await asyncio.gather(*[add(jane, attach, ticket, noun) for noun in TABLES for _ in range(5)])
        paths = [reply.headers["location"] for reply in added]
        deleted = await asyncio.gather(*[jane.delete(path) for path in paths[::2] * 2])
        assert sorted(reply.status for reply in deleted) == [204] * 8 + [404] * 8
        counts = (await jane.get(f"/api/tickets/{ticket}")).data["_count"]
        assert counts == await rows_of(db, ticket)
        assert sum(counts.values()) == 7
