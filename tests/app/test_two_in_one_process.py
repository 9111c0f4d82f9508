"""Two applications in one process, each with a database of its own, share nothing that belongs to either."""

import asyncio
import shutil
import socket
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar

from codimir.config import Settings
from codimir.database.core import Database, Unavailable
from codimir.database.forwarding import ForwardingDatabase
from codimir.database.statements import Statement
from codimir.kit.clock import utc_now
from codimir.kit.networks import Networks
from codimir.model.search import search_words
from codimir.webhooks.resolver import RESOLVER_THREADS
from codimir.webhooks.sending import NOT_ALLOWED, Sender
from tests.apps import RunApp
from tests.calls import AsyncCall
from tests.cast import LONG_AGO
from tests.clients import Client

TICKETS = "/api/tickets"


@pytest.fixture
async def other(run_app: RunApp, sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Litestar]:
    """Another application, whose database holds the same cast under the same ids."""
    folder = tmp_path / "other"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "codimir.db")
    async with run_app(Settings(data_dir=folder)) as app:
        yield app


@pytest.fixture
async def jane_there(other: Litestar, jane: Client) -> AsyncIterator[Client]:
    client = Client(other, dict(jane.http.headers))
    yield client
    await client.http.aclose()


class Away(ForwardingDatabase):
    """A database that cannot be reached."""

    async def read_long(self, _unit: Any) -> Any:
        raise Unavailable("away")

    async def read(self, _unit: Any) -> Any:
        raise Unavailable("away")


class TestSearch:
    async def test_words_that_one_database_knows_are_learnt_by_the_other(
        self, db: Database, new_ticket: AsyncCall[Any], jane_there: Client
    ) -> None:
        await new_ticket(title="Timeout")
        await db.write(lambda tx: tx.execute(Statement(sa.update(search_words).values(learnt_at=LONG_AGO))))
        await new_ticket(title="Timeout again")
        assert (await jane_there.post(TICKETS, {"title": "Timeout", "projectId": "project_456"})).status == 201
        found = (await jane_there.get(f"{TICKETS}/search", q="timout")).data
        assert [ticket["title"] for ticket in found] == ["Timeout"]


class TestRepeatedRequests:
    async def test_a_key_that_is_used_here_may_be_used_there(self, jane: Client, jane_there: Client) -> None:
        body = {"title": "Fix login", "projectId": "project_456"}
        sent = [who.request("POST", TICKETS, body, headers={"idempotency-key": "a"}) for who in (jane, jane_there)]
        replies = await asyncio.gather(*sent)
        assert [reply.status for reply in replies] == [201, 201]
        assert replies[0].data["id"] != replies[1].data["id"]


class TestOutage:
    async def test_each_is_logged(
        self, app: Litestar, other: Litestar, jane: Client, jane_there: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        for each, who in ((app, jane), (other, jane_there)):
            database = each.state.database
            each.state.database = Away(database)
            assert (await who.get(TICKETS)).status == 503
            each.state.database = database
        assert caplog.messages.count("the database is not available: away") == 2


class TestResolving:
    async def test_names_that_one_waits_for_do_not_hold_up_the_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answered, all_wait = threading.Event(), threading.Barrier(RESOLVER_THREADS + 1)

        def answer(host: str, port: int, **_: Any) -> list[Any]:
            if host == "slow.example":
                all_wait.wait()
                answered.wait()
            return [(socket.AF_INET, 1, 6, "", ("10.0.0.1", port))]

        monkeypatch.setattr(socket, "getaddrinfo", answer)
        busy, idle = Sender(Networks()), Sender(Networks())
        waiting = [
            asyncio.ensure_future(busy.post("http://slow.example/", {}, b"", utc_now()))
            for _ in range(RESOLVER_THREADS)
        ]
        await asyncio.to_thread(all_wait.wait)
        assert (await idle.post("http://fast.example/", {}, b"", utc_now())).error == NOT_ALLOWED
        assert not any(each.done() for each in waiting)
        answered.set()
        await asyncio.gather(*waiting)
        await busy.close()
        await idle.close()
