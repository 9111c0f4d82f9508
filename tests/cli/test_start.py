"""What a server has loaded, and how large it is, when it has given its first replies: counted, not timed."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import httpx
import pytest

from codimir.config import Settings, variables_of
from codimir.database.opening import migrate
from codimir.kit import libraries
from tests.calls import Call
from tests.cli.commands import PATIENCE_SECONDS
from tests.cli.conftest import Serving

MAX_MODULES = 1_400
"""They are 1,270; before libraries were loaded when they are used they were 1,640."""
MAX_MEGABYTES = 115
"""Of resident memory; it is 96, and 140 where everything is loaded at the start and threads compile templates."""
NOT_AT_THE_START = {
    "aiosmtplib", "alembic", "asyncpg", "cryptography", "httpcore", "httpx", "joserfc", "linkify_it", "markdown_it",
    "nh3", "PIL", "pygments", "rapidfuzz", "rich",
}  # fmt: skip
SERVING = """
import asyncio, sys
from codimir.cli.loading import load
load("serve")
from codimir.app import create_app
import codimir.server.protocol

async def serve():
    app, told = create_app(), []
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    async def receive():
        return next(messages)
    async def send(message):
        told.append(message["type"])
        if message["type"] == "lifespan.startup.complete":
            told.extend(sorted(sys.modules))
    await app({"type": "lifespan"}, receive, send)
    return told

print(*asyncio.run(serve()), sep="\\n")
"""


@pytest.fixture
def database_name() -> str:
    """SQLite alone: on PostgreSQL its driver is loaded too."""
    return "sqlite"


class TestLoaded:
    async def test_no_library_that_the_first_replies_do_not_need(
        self, settings: Settings, environment: dict[str, str]
    ) -> None:
        await migrate(settings)
        done = subprocess.run(  # noqa: ASYNC221, S603 - our own script
            [sys.executable, "-c", SERVING],
            env={**environment, **variables_of(settings)}, capture_output=True, text=True, check=False,
            timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        lines = done.stdout.split()
        assert lines[0] == "lifespan.startup.complete"
        assert lines[-1] == "lifespan.shutdown.complete"
        loaded = lines[1:-1]
        assert {name.partition(".")[0] for name in loaded} & NOT_AT_THE_START == set()
        assert [name for name in loaded if name.startswith("codimir.demo.")] == []
        assert len(loaded) < MAX_MODULES

    def test_each_of_these_libraries_can_be_loaded(self) -> None:
        assert all(import_module(getattr(libraries, name).__name__) for name in libraries.__all__)


class TestMemory:
    @pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system tells it otherwise")
    def test_after_a_page_and_a_reply_of_the_api_a_server_is_small(
        self, serve: Call[Serving], session_of: Call[dict[str, str]], visit: Call[httpx.Client]
    ) -> None:
        server = serve()
        client = visit(server, session_of())
        assert client.get("/tickets").status_code == 200
        assert client.get("/api/tickets").status_code == 200
        status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
        kilobytes = int(re.search(r"VmRSS:\s+(\d+)", status)[1])
        assert 20_000 < kilobytes < MAX_MEGABYTES * 1000
