"""What the tests of attachments need besides the cast: a small limit, uploads, and a look into the store."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from codimir.config import Settings
from tests.calls import AsyncCall, Call
from tests.clients import Client

LIMIT = 200_000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of every test, with a limit that is reached soon."""
    return msgspec.structs.replace(settings, max_file_bytes=LIMIT)


@pytest.fixture
def stored(settings: Settings) -> Call[list[int]]:
    """Give the sizes of all files in the store, unfinished ones too."""

    def look() -> list[int]:
        return sorted(path.stat().st_size for path in Path(settings.files_dir).rglob("*") if path.is_file())

    return look


@pytest.fixture
def attach(jane: Client) -> AsyncCall[Any]:
    """Let Jane, or someone else, attach a file to a ticket."""

    async def send(
        path: str, content: Any = b"hello", name: Any = "notes.txt", kind: str = "text/plain", by: Any = None
    ) -> Any:
        return await (by or jane).request("POST", path, files={"file": (name, content, kind)})

    return send


@pytest.fixture
def new_file(attach: AsyncCall[Any]) -> AsyncCall[Any]:
    """Let Jane attach a file and give the attachment."""

    async def make(ticket: Any, *args: Any, **options: Any) -> Any:
        reply = await attach(f"/api/tickets/{ticket['id']}/attachments", *args, **options)
        assert reply.status == 201, reply.body
        return reply.data

    return make
