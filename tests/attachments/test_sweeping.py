"""Files that uploads left behind are deleted; files of tickets never are."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from codimir.attachments import sweeping
from codimir.attachments.sweeping import TooManyUnnamed, sweep
from codimir.config import Settings
from codimir.kit.clock import utc_now
from tests.calls import AsyncCall, Call
from tests.clients import Client

DAY = 24 * 3600
LEFT = "ab/" + "ab" * 20


@pytest.fixture
def leave(settings: Settings) -> Call[Path]:
    """Leave a file in the store that was last written to some time ago."""

    def make(key: str, age: float = 2 * DAY) -> Path:
        path = settings.files_dir / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half of i")
        os.utime(path, (path.stat().st_mtime - age,) * 2)
        return path

    return make


@pytest.fixture
def swept(app: Litestar) -> AsyncCall[int]:
    async def run() -> int:
        return await sweep(app.state.database, app.state.files)

    return run


class TestSweep:
    async def test_what_broke_off_goes_and_everything_else_stays(
        self,
        jane: Client,
        new_ticket: AsyncCall[Any],
        new_file: AsyncCall[Any],
        leave: Call[Path],
        swept: AsyncCall[int],
        settings: Settings,
    ) -> None:
        attachment = await new_file(await new_ticket(), b"hello")
        for path in settings.files_dir.rglob("*"):
            os.utime(path, (path.stat().st_mtime - 3 * DAY,) * 2)
        gone = [leave(LEFT), leave(f"{LEFT}#1"), leave("cd/" + "cd" * 20 + "#12")]
        kept = [
            leave("ef/" + "ef" * 20, age=DAY / 2), leave("01/" + "01" * 20 + "#1", age=60),
            leave("pictures/ab/" + "ab" * 20), leave("notes.txt"), leave("ab/other"),
        ]  # fmt: skip
        assert await swept() == 3
        assert [path.exists() for path in (*gone, *kept)] == [False] * 3 + [True] * 5
        assert (await jane.http.get(attachment["url"])).content == b"hello"
        assert await swept() == 0

    async def test_files_in_the_trash_stay(
        self,
        jane: Client,
        new_ticket: AsyncCall[Any],
        new_file: AsyncCall[Any],
        swept: AsyncCall[int],
        settings: Settings,
        stored: Call[list[int]],
    ) -> None:
        await new_file(await new_ticket())
        await jane.delete("/api/tickets/WEB-1")
        for path in settings.files_dir.rglob("*"):
            os.utime(path, (path.stat().st_mtime - 3 * DAY,) * 2)
        assert await swept() == 0
        assert len(stored()) == 1

    async def test_so_many_are_no_accident(
        self, leave: Call[Path], swept: AsyncCall[int], stored: Call[list[int]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sweeping, "MAX_SWEPT", 2)
        for number in range(3):
            leave(f"{number:02}/{number:040}")
        with pytest.raises(TooManyUnnamed, match="3 of 3 have none; is this the database of these files"):
            await swept()
        assert len(stored()) == 3

    async def test_a_clock_that_jumped_deletes_nothing(
        self, app: Litestar, leave: Call[Path], swept: AsyncCall[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert await swept() == 0
        left = leave(LEFT, age=60)
        ahead = utc_now() + timedelta(days=31)
        monkeypatch.setattr(app.state.database, "_clock", lambda: ahead)
        assert await swept() == 0
        assert left.read_bytes()
