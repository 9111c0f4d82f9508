"""Whether an instance is well."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar import Litestar

from codimir.database.core import Database, Unavailable
from codimir.database.sqlite import SqliteDatabase
from codimir.monitoring import health
from codimir.monitoring.health import Health
from tests.calls import AsyncCall
from tests.clients import Client, People

TOKEN = "a-token-of-metrics"
BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def with_token(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.state, "settings", msgspec.structs.replace(app.state.settings, metrics_token=TOKEN))


class TestHealth:
    async def test_anybody_is_told_that_it_is_well(self, client: People) -> None:
        reply = await client().get("/healthz")
        assert (reply.status, reply.body) == (200, {"status": "ok"})
        assert reply.headers["cache-control"] == "no-store"

    async def test_what_is_not_well_is_told_to_who_has_the_token(
        self, client: People, with_token: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(health, "MIN_FREE_BYTES", 2**80)
        stranger = await client().get("/healthz")
        assert (stranger.status, stranger.body) == (503, {"status": "failing"})
        reply = await client().request("GET", "/healthz", headers=BEARER)
        assert (reply.status, reply.body) == (503, {"status": "failing", "failing": ["disk"]})

    async def test_a_database_that_takes_no_write_is_not_well(
        self, app: Litestar, client: People, with_token: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fail(*_: Any) -> None:
            raise Unavailable("no room")

        monkeypatch.setattr(type(app.state.database), "write", fail)
        reply = await client().request("GET", "/healthz", headers=BEARER)
        assert (reply.status, reply.body["failing"]) == (503, ["writer"])

    async def test_nor_is_one_of_another_schema(self, app: Litestar, client: People, with_token: None) -> None:
        app.state.health = Health(app.state.database, app.state.settings, schema="9999")
        reply = await client().request("GET", "/healthz", headers=BEARER)
        assert (reply.status, reply.body["failing"]) == (503, ["migration"])

    async def test_it_is_looked_at_once_a_second_whoever_asks(self, app: Litestar, db: Database) -> None:
        asked = 0

        class Counted:
            async def write(self, unit: Any) -> Any:
                nonlocal asked
                asked += 1
                return await db.write(unit)

        looked: Any = Health(Counted(), app.state.settings)  # type: ignore[arg-type]
        assert [await looked.failing() for _ in range(50)] == [[]] * 50
        assert asked == 1


class TestReadiness:
    async def test_anybody_is_told(self, client: People) -> None:
        reply = await client().get("/readyz")
        assert (reply.status, reply.body) == (200, {"status": "ready"})
        assert reply.headers["cache-control"] == "no-store"

    async def test_a_process_that_stops_is_well_and_takes_nothing_more(
        self, app: Litestar, client: People, with_token: None
    ) -> None:
        app.state.health.stop()
        assert (await client().get("/healthz")).status == 200
        reply = await client().get("/readyz")
        assert (reply.status, reply.body) == (503, {"status": "not ready"})
        told = await client().request("GET", "/readyz", headers=BEARER)
        assert told.body == {"status": "not ready", "failing": ["stopping"]}

    async def test_what_is_not_well_is_not_ready(
        self, client: People, with_token: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(health, "MIN_FREE_DESCRIPTORS", 2**40)
        for path in ("/healthz", "/readyz"):
            reply = await client().request("GET", path, headers=BEARER)
            assert (reply.status, reply.body["failing"]) == (503, ["descriptors"])


class TestMetrics:
    @pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer \u00e9"])
    async def test_there_are_none_without_the_token(self, client: People, with_token: None, given: str) -> None:
        reply = await client().request("GET", "/metrics", headers={"authorization": given.encode()})
        assert (reply.status, reply.error["code"]) == (404, "NOT_FOUND")

    async def test_nor_where_no_token_is_set(self, client: People) -> None:
        for given in ("", "Bearer ", "Bearer None"):
            assert (await client().request("GET", "/metrics", headers={"authorization": given})).status == 404

    async def test_the_token_shows_them(self, client: People, with_token: None) -> None:
        reply = await client().http.get("/metrics", headers=BEARER)
        assert reply.status_code == 200
        assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        size = next(line for line in reply.text.splitlines() if line.startswith("codimir_database_bytes "))
        assert int(size.split()[1]) > 100_000
        for name in ("codimir_memory_bytes", "codimir_descriptors", "codimir_descriptors_limit"):
            [line] = [line for line in reply.text.splitlines() if line.startswith(f"{name} ")]
            assert float(line.split()[1]) > 1


class TestDamage:
    @pytest.fixture
    def database_name(self) -> str:
        return "sqlite"

    async def test_a_damaged_file_is_503_and_not_a_defect(
        self, app: Litestar, jane: Client, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        path = app.state.settings.sqlite_path
        await app.state.database.close()
        _damage(path, "tickets")
        app.state.database = SqliteDatabase(path)
        reply = await jane.get("/api/tickets")
        await app.state.database.close()
        assert (reply.status, reply.error["code"]) == (503, "UNAVAILABLE")


def _damage(path: Path, table: str) -> None:
    """Write over the first page of a table."""
    with closing(sqlite3.connect(path)) as connection:
        [page] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        [size] = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
